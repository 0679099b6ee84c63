"""What was said before, page by page, and only to whom it belongs; how far it was read."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.accounts.models import Agent
from bot.dialogue.engine_client import EngineFailure
from bot.inbox import reading
from tests.desk import DESK, answer
from tests.long import talked
from tests.server import Browser, Server, open_server

pytestmark = pytest.mark.asyncio
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture(params=["socket", "stream"])
async def server(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    async with open_server(tmp_path) as running:
        running.engine.at_once = answer("Two working days.")
        running.streams = request.param == "stream"
        yield running


async def earlier(browser: Browser, conversation: str, before: int) -> tuple[str, list[int], bool]:
    await browser.send(type="earlier", conversation=conversation, before=before)
    page = await browser.wait_for("earlier", before=before, conversation=conversation)
    conversations = {message["conversation"] for message in page["messages"]}
    numbers = [message["seq"] for message in page["messages"]]
    return next(iter(conversations), ""), numbers, page["more"]


async def test_of_a_long_conversation_comes_the_end_and_the_rest_page_by_page(
    server: Server,
) -> None:
    token = await server.token()
    there = await talked(server.app.state.parts, token, messages=130, ago=3 * HOUR, closed=False)
    async with server.browser(token, tail=20) as browser:
        assert browser.welcome["last_seq"] == 130
        assert (browser.welcome["first_seq"], browser.welcome["earlier"]) == (111, True)
        await browser.wait_for("message", seq=130)
        told = [frame["seq"] for frame in browser.received if frame["type"] == "message"]
        assert told == list(range(111, 131))
        assert await earlier(browser, there, 111) == (there, list(range(61, 111)), True)
        assert await earlier(browser, there, 61) == (there, list(range(11, 61)), True)
        assert await earlier(browser, there, 11) == (there, list(range(1, 11)), False)
        assert await earlier(browser, there, 1) == ("", [], False)
        key = await browser.write("And now?")
        assert (await browser.wait_for("ack", id=key))["seq"] == 131


async def test_conversations_that_are_over_follow_behind_the_first_message(server: Server) -> None:
    token, parts = await server.token(), server.app.state.parts
    first = await talked(parts, token, messages=60, ago=50 * HOUR, closed=True)
    second = await talked(parts, token, messages=3, ago=20 * HOUR, closed=True)
    async with server.browser(token, tail=50) as browser:
        welcome = browser.welcome
        assert (welcome["conversation"], welcome["status"]) == (second, "closed")
        assert (welcome["first_seq"], welcome["earlier"]) == (1, True)
        await browser.write("A new question")
        third = (await browser.wait_for("conversation"))["id"]
        await browser.wait_for_message("bot")
        assert await earlier(browser, third, 1) == (second, [1, 2, 3], True)
        assert await earlier(browser, second, 1) == (first, list(range(11, 61)), True)
        assert await earlier(browser, first, 11) == (first, list(range(1, 11)), False)


async def test_a_new_visitor_has_nothing_earlier(server: Server) -> None:
    token = await server.token()
    async with server.browser(token, tail=50) as browser:
        assert (browser.welcome["first_seq"], browser.welcome["earlier"]) == (None, None)
        await browser.write("Hello?")
        await browser.wait_for_message("bot")
    async with server.browser(token, tail=50) as browser:
        assert (browser.welcome["first_seq"], browser.welcome["earlier"]) == (1, False)


async def test_nobody_pages_through_the_past_of_another_visitor_or_another_desk(
    server: Server,
) -> None:
    mine, other = await server.token(), await server.token()
    parts = server.app.state.parts
    theirs = await talked(parts, other, messages=9, ago=HOUR, closed=True)
    at_it = await talked(parts, mine, messages=9, ago=HOUR, closed=True, desk="it-help")
    here = await talked(parts, mine, messages=2, ago=HOUR / 2, closed=True)
    async with server.browser(mine) as browser:
        for stranger in (theirs, at_it, "no-such-conversation"):
            await browser.send(type="earlier", conversation=stranger, before=9)
            assert (await browser.wait_for("error"))["code"] == "not_found"
        assert await earlier(browser, here, 1) == ("", [], False)


@pytest.mark.parametrize(
    "fields", [{}, {"conversation": "c"}, {"conversation": "c", "before": -1}, {"before": 1}]
)
async def test_a_request_that_names_no_place_is_explained(
    server: Server, fields: dict[str, object]
) -> None:
    async with server.browser() as browser:
        await browser.send(type="earlier", **fields)
        assert (await browser.wait_for("error"))["code"] == "bad_frame"


async def test_what_the_bot_has_answered_was_read(server: Server) -> None:
    token = await server.token()
    async with server.browser(token) as browser:
        assert browser.welcome["read_seq"] == 0
        ack = await browser.wait_for("ack", id=await browser.write("Hello?"))
        assert (await browser.wait_for("read"))["seq"] == ack["seq"]
    async with server.browser(token) as back:
        assert back.welcome["read_seq"] == 1


async def test_what_no_engine_took_was_not_read(server: Server) -> None:
    server.engine.at_once = EngineFailure("engine_down", "gone")
    async with server.browser() as browser:
        await browser.write("Hello?")
        state = await browser.wait_for("status", status="queued")
        assert state["read_seq"] == 0


async def test_what_an_agent_has_opened_was_read(server: Server) -> None:
    parts = server.app.state.parts
    await parts.accounts.add_agent("anna@example.com", "Anna", [DESK])
    async with parts.db.read() as session:
        anna = (await session.scalars(select(Agent))).one()
    async with server.browser() as browser:
        await browser.send(type="human", id="h1")
        ack = await browser.wait_for("ack", id="h1")
        there = ack["conversation"]
        assert (await browser.wait_for("status", status="queued"))["read_seq"] == 0
        await reading.mark_read(parts.db, anna, there, 99, publish=parts.bus.publish)
        told = await browser.wait_for("read", conversation=there)
        assert ack["seq"] <= told["seq"] < 99
