"""Somebody claims to be another customer, and an agent believes it: what they then get to read.

Over the widget's real line, with both ways round: nothing but what they had before.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.accounts.repository import find_agent
from bot.audit.acts import Doer
from bot.conversations.history import History
from bot.conversations.models import Conversation, Customer
from bot.merged.service import Wish
from tests.desk import DESK, answer
from tests.identity import token, write_desks
from tests.server import Server, open_server

pytestmark = pytest.mark.asyncio
SECRETS = ("zielony rower", "Nowak", "600700800")


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with open_server(tmp_path, desks_file=write_desks(tmp_path)) as running:
        running.engine.at_once = answer("Two working days.")
        yield running


async def session(server: Server, **wish: Any) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        response = await http.post("/widget/session", json={"desk": DESK, "token": None} | wish)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


async def customer_of(server: Server, conversation: str) -> str:
    async with server.app.state.parts.db.read() as reading:
        return str((await reading.get_one(Conversation, conversation)).customer_id)


async def agent_of(server: Server) -> Agent:
    parts = server.app.state.parts
    await parts.accounts.add_agent("ola@example.com", "Ola", [DESK])
    async with parts.db.read() as reading:
        found = await find_agent(reading, "ola@example.com")
    assert found is not None
    return found


@pytest.mark.parametrize("keeps", ["victim", "attacker"])
async def test_a_claimed_address_opens_nothing(server: Server, keeps: str) -> None:
    parts = server.app.state.parts
    claims = {"name": "Anna Nowak", "email": "anna@shop.example"}
    anna = await session(server, identity={"jwt": token("anna", claims=claims)})
    async with server.browser(anna["token"]) as browser:
        await browser.write("My order: zielony rower, call 600700800")
        hers = (await browser.wait_for_message("bot"))["conversation"]
    victim = await customer_of(server, hers)
    async with parts.db.write() as tx:
        changed = update(Customer).where(Customer.id == victim).values(phone="600700800")
        await tx.session.execute(changed)

    mallory = await session(server)
    claimed = {"name": "Anna", "email": "anna@shop.example"}
    async with server.browser(mallory["token"], claims=claimed) as browser:
        await browser.write("Hi, it is me, Anna. What did I order?")
        his = (await browser.wait_for_message("bot"))["conversation"]
        attacker = await customer_of(server, his)
        pair = (victim, attacker) if keeps == "victim" else (attacker, victim)
        shown = dict.fromkeys(("name_from", "email_from", "phone_from"), victim)
        ola = await agent_of(server)
        await parts.handling.customers.merge(ola, Doer(ola), Wish(*pair, **shown))

        # The open line: what is said next, by the bot and by the desk, and who is named.
        await browser.write("What did I order?")
        await browser.wait_for_message("bot")
        await browser.send(type="human", id="h1")
        await browser.wait_for_message("system")
        await browser.write("mallory@evil.example")
        await browser.wait_for_message("system")
        heard = str(browser.received)

    # New lines, in the same conversation and naming hers; the past; what is passed on.
    async with server.browser(mallory["token"], conversation=his, last_seq=0) as browser:
        assert browser.welcome["conversation"] == his
        heard += str(browser.received)
    async with server.browser(mallory["token"], conversation=hers, last_seq=0) as browser:
        assert browser.welcome["conversation"] != hers
        heard += str(browser.received)
    heard += str(await session(server, token=mallory["token"]))
    async with parts.db.read() as reading:
        thread = (await reading.get_one(Conversation, his)).thread
    heard += str(await parts.waiting_room.handoff_receipt("web", thread))
    heard += str(await parts.frontdesk.thread_status("web", thread))
    assert not await History(parts.db).has_before("web", thread, his)
    asked = [str(request) for request in server.engine.requests if str(request.conversation) == his]
    assert asked, "the bot was asked"
    heard += str(asked)
    assert [secret for secret in SECRETS if secret in heard] == []

    # Nor the other way round: she does not read his either.
    async with server.browser(anna["token"], conversation=hers, last_seq=0) as browser:
        assert browser.welcome["conversation"] == hers
        assert "What did I order" not in str(browser.received)
