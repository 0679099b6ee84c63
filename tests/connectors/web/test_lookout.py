"""A hint that was lost is made up for, without a reconnection."""

import asyncio
from pathlib import Path

import pytest

from bot.live import Subscription
from connectors.web.lookout import Lookout
from tests.desk import answer
from tests.server import open_server

pytestmark = pytest.mark.asyncio


async def test_a_socket_that_missed_the_last_hint_gets_the_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_server(tmp_path) as server, server.browser() as browser:
        lookout: Lookout = server.app.state.lookout
        outbox = server.app.state.parts.outbox
        await browser.write("Hello")
        await browser.wait_for("ack")
        while not server.engine.asked:
            await asyncio.sleep(0.01)
        assert [await lookout.look(), await lookout.look()] == [0, 0]
        with monkeypatch.context() as lost:
            lost.setattr(Subscription, "offer", lambda self, hint: None)
            server.engine.reply(0, answer("Good morning"))
            while not outbox._unwritten:
                await asyncio.sleep(0.01)
        assert await lookout.look() == 0, "it may be on its way"
        assert await lookout.look() == 1
        assert (await browser.wait_for_message("bot"))["text"] == "Good morning"
        assert [await lookout.look(), await lookout.look()] == [0, 0]


async def test_a_closing_that_was_missed_is_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_server(tmp_path) as server, server.browser() as browser:
        lookout: Lookout = server.app.state.lookout
        parts = server.app.state.parts
        frontdesk, outbox = parts.frontdesk, parts.outbox
        await browser.write("Hello")
        ack = await browser.wait_for("ack")
        thread = next(iter(lookout._open)).reached()[0]
        with monkeypatch.context() as lost:
            lost.setattr(Subscription, "offer", lambda self, hint: None)
            await frontdesk.end_conversation("web", thread, ack["conversation"])
            while not outbox._unwritten:
                await asyncio.sleep(0.01)
        assert [await lookout.look(), await lookout.look()] == [0, 1]
        assert (await browser.wait_for("status", status="closed"))["type"] == "status"
