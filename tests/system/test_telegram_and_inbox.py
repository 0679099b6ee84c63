"""What an agent does in the inbox, over HTTP, as two customers in Telegram see it; and what the
agent sees of a customer who has blocked the bot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.conversations.models import Conversation
from bot.texts import text
from tests.connectors.telegram.fake import ANNA, TOKEN, Call, FakeTelegram, fake_telegram
from tests.desk import DESK, answer
from tests.inbox import AgentBrowser
from tests.server import Server, open_server

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]
SECOND: dict[str, Any] = {"id": 88, "is_bot": False, "first_name": "Marysia", "language_code": "en"}


@asynccontextmanager
async def inbox_of(server: Server, name: str) -> AsyncIterator[AgentBrowser]:
    """Their browser, signed in."""
    accounts, db = server.app.state.parts.accounts, server.app.state.parts.db
    password = await accounts.add_agent(f"{name.lower()}@acme.example", name, [DESK])
    async with db.write() as tx:
        await tx.session.execute(update(Agent).values(must_change_password=False))
    token = await accounts.sign_in(f"{name.lower()}@acme.example", password)
    who = await accounts.who(token)
    headers = {"Origin": server.url}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30) as http:
        http.cookies.set("firstline_session", token)
        yield AgentBrowser(http, who.agent, who.csrf)


async def conversation_of(server: Server, person: dict[str, Any]) -> Conversation:
    async with server.app.state.parts.db.read() as session:
        of_them = Conversation.thread == str(person["id"])
        found: Conversation = (await session.scalars(select(Conversation).where(of_them))).one()
        return found


async def act(
    server: Server, agent: AgentBrowser, person: dict[str, Any], what: str, **fields: Any
) -> None:
    """One press of the agent's, on the page as it is now."""
    found = await conversation_of(server, person)
    done = await agent.act(found.id, what, epoch=found.epoch, **fields)
    assert done.status_code in (200, 204), (what, done.text)


async def waits(fake: FakeTelegram, person: dict[str, Any], place: int) -> Call:
    """Asks for a person, and is told the place."""
    await fake.says("/human", who=person)
    return await fake.wait_for(f"Your place in the queue: {place}", chat=person["id"])


def is_now_first(call: Call, told: Call) -> bool:
    """The same message says another place."""
    return (
        call.method == "editMessageText"
        and int(call.given["chat_id"]) == SECOND["id"]
        and call.given["message_id"] == told.given["message_id"]
        and call.text.startswith("Your place in the queue: 1")
    )


async def test_what_the_agent_does_in_the_inbox_is_seen_in_telegram(tmp_path: Path) -> None:
    async with (
        fake_telegram() as fake,
        open_server(tmp_path, telegram_token=TOKEN, telegram_api_url=fake.url) as server,
        inbox_of(server, "Ola") as ola,
    ):
        server.engine.at_once = answer("Two working days.")
        await waits(fake, ANNA, 1)
        told = await waits(fake, SECOND, 2)
        await act(server, ola, ANNA, "claim")
        await fake.wait_for("Ola has joined", chat=ANNA["id"])
        await fake.until(
            lambda: any(is_now_first(call, told) for call in fake.calls), "the second one's move"
        )
        before = len(fake.called("sendChatAction"))
        await act(server, ola, ANNA, "typing")
        typing = await fake.wait_for_call("sendChatAction", times=before + 1)
        assert (int(typing.given["chat_id"]), typing.given["action"]) == (ANNA["id"], "typing")
        asked = await fake.says("Where is it?")
        await fake.until_confirmed()
        await act(server, ola, ANNA, "reply", text="In **Kraków**.", key="k1")
        said = await fake.wait_for("Kraków", chat=ANNA["id"])
        assert said.text == "<b>Ola</b>\nIn <b>Kraków</b>."
        assert said.given["parse_mode"] == "HTML"
        assert said.given["reply_parameters"]["message_id"] == asked["message_id"]
        assert not any("Kraków" in call.text for call in fake.sent(SECOND["id"]))


async def test_the_agents_page_says_that_the_customer_has_blocked_the_bot(tmp_path: Path) -> None:
    async with (
        fake_telegram() as fake,
        open_server(tmp_path, telegram_token=TOKEN, telegram_api_url=fake.url) as server,
        inbox_of(server, "Ola") as ola,
    ):
        await waits(fake, ANNA, 1)
        await act(server, ola, ANNA, "claim")
        await fake.wait_for("Ola has joined")
        page = f"/inbox/conversations/{(await conversation_of(server, ANNA)).id}"
        problem = text("inbox.problem.blocked", "en")
        assert problem not in await ola.page(page)
        fake.refuse("sendMessage", 403, "Forbidden: bot was blocked by the user")
        await act(server, ola, ANNA, "reply", text="Are you there?", key="k1")
        await fake.wait_for_call("refused:sendMessage")
        async with asyncio.timeout(20):
            while problem not in await ola.page(page):
                await asyncio.sleep(0.1)
        assert not any("Are you there?" in call.text for call in fake.sent())
        assert len(fake.called("refused:sendMessage")) == 1  # and it is not tried again
