"""Many sockets: as many as fit, and evenly back after a fall."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from bot.gate import Gate
from connectors.web.crowd import GREETINGS_PER_SECOND, Crowd
from tests.desk import answer
from tests.server import Server, open_server


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with open_server(tmp_path, max_sockets=2) as running:
        running.engine.at_once = answer("Two working days.")
        yield running


def test_all_sockets_of_a_fallen_desk_come_back_evenly() -> None:
    crowd = Crowd(10_000)
    crowd._open = 2000
    seconds = 2000 // GREETINGS_PER_SECOND
    pauses = [crowd.retry_ms() for _ in range(2000)]
    for second in range(seconds):
        back = sum(1 for pause in pauses if second <= pause / 1000 < second + 1)
        assert GREETINGS_PER_SECOND * 0.6 < back < GREETINGS_PER_SECOND * 1.4
    assert max(pauses) <= seconds * 1000


def test_a_quiet_desk_makes_nobody_wait() -> None:
    assert max(Crowd(10).retry_ms() for _ in range(100)) <= 500


@pytest.mark.asyncio
async def test_each_socket_is_told_when_to_come_back(server: Server) -> None:
    async with server.browser() as browser:
        assert 0 <= browser.welcome["retry_ms"] <= 500
        await browser.send(type="ping")
        assert 0 <= (await browser.wait_for("pong"))["retry_ms"] <= 500


@pytest.mark.asyncio
async def test_a_full_desk_says_when_to_try_again_and_takes_who_comes_then(server: Server) -> None:
    async with server.browser():
        async with server.browser(), server.socket() as third:
            frame = json.loads(await third.recv())
            assert (frame["type"], frame["code"], frame["id"]) == ("error", "busy", None)
            assert 5 <= frame["retry_after"] <= 15
            with pytest.raises(ConnectionClosed) as closed:
                await third.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
        async with server.browser() as again:
            assert again.welcome["type"] == "welcome"


@pytest.mark.asyncio
async def test_a_message_that_was_too_much_is_taken_when_it_comes_again(server: Server) -> None:
    frontdesk = server.app.state.parts.frontdesk
    async with server.browser() as browser:
        frontdesk._receiving = Gate(0, seconds=2.0)
        key = await browser.write("Hello?")
        refused = await browser.wait_for("error", id=key)
        assert refused["code"] == "busy"
        assert 1 <= refused["retry_after"] <= 3
        await browser.send(type="human", id="h")
        assert (await browser.wait_for("error", id="h"))["code"] == "busy"
        frontdesk._receiving = Gate(1, seconds=2.0)
        await browser.write("Hello?", id=key)
        ack = await browser.wait_for("ack", id=key)
        assert (ack["seq"], ack["duplicate"]) == (1, False)
        assert (await browser.wait_for_message("bot"))["text"] == "Two working days."
