"""Two agents close a conversation in one moment: its customer is told once, and asked once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.conversations.models import Conversation
from tests.connectors.telegram.fake import TOKEN, fake_telegram
from tests.desk import DESK, answer
from tests.inbox import AgentBrowser
from tests.server import Server, open_server

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]
CLOSED, RATE = "is closed", "How do you rate"
HANDED_OVER = answer(
    "Two working days.", handoff={"reason": "asked_for_human"}, intent="talk_to_human"
)


@asynccontextmanager
async def hired(server: Server, name: str) -> AsyncIterator[AgentBrowser]:
    accounts, db = server.app.state.parts.accounts, server.app.state.parts.db
    password = await accounts.add_agent(f"{name}@example.com", name, [DESK])
    async with db.write() as tx:
        await tx.session.execute(update(Agent).values(must_change_password=False))
    token = await accounts.sign_in(f"{name}@example.com", password)
    who = await accounts.who(token)
    assert who is not None
    async with httpx.AsyncClient(
        base_url=server.url, headers={"Origin": server.url}, timeout=60
    ) as http:
        http.cookies.set("firstline_session", token)
        yield AgentBrowser(http, who.agent, who.csrf)


async def waiting(server: Server) -> Conversation:
    """The conversation, once it is in the queue."""
    async with asyncio.timeout(15):
        while True:
            async with server.app.state.parts.db.read() as session:
                rows = await session.scalars(select(Conversation))
                found: Conversation | None = rows.one_or_none()
            if found is not None and found.status == "queued":
                return found
            await asyncio.sleep(0.02)


async def both_close(server: Server) -> None:
    """One does, and the other hears why not."""
    there = await waiting(server)
    async with hired(server, "Anna") as anna, hired(server, "Piotr") as piotr:
        answers = await asyncio.gather(
            *(agent.act(there.id, "close", epoch=there.epoch) for agent in (anna, piotr))
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = max(answers, key=lambda answer: answer.status_code)
    assert "changed hands" in refused.text


async def test_in_the_website(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server, server.browser() as browser:
        server.engine.at_once = HANDED_OVER
        await browser.write("Where is my parcel?")
        await browser.wait_for_message("bot")
        await both_close(server)
        asked = await browser.wait_for("survey")
        assert asked["parts"] == ["bot"]
        # What is answered to this comes behind everything that was set off before.
        await browser.send(type="fetch", after=0, conversation=asked["conversation"])
        await browser.wait_for("history")
        frames = browser.received[:-1]
        assert sum(frame["type"] == "survey" for frame in frames) == 1
        assert sum(CLOSED in frame.get("text", "") for frame in frames) == 1


async def test_in_telegram(tmp_path: Path) -> None:
    async with fake_telegram() as fake:
        place = {"telegram_token": TOKEN, "telegram_api_url": fake.url}
        async with open_server(tmp_path, **place) as server:
            server.engine.at_once = HANDED_OVER
            await fake.says(f"/start {DESK}")
            await fake.says("Where is my parcel?")
            await fake.wait_for("Two working days.")
            await both_close(server)
            await fake.wait_for(RATE)
            await fake.says("/copy")
            await fake.wait_for_call("sendDocument")
            said = [call.text for call in fake.sent()]
            assert sum(RATE in words for words in said) == 1
            assert sum(CLOSED in words for words in said) == 1
