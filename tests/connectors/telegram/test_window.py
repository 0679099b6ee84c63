"""How often updates are asked for while many are at work: Telegram gives a hundred at most, from
the oldest that is not confirmed, so asking again before there is room brings the same hundred."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from connectors.telegram import polling
from connectors.telegram.client import make_bot
from connectors.telegram.polling import MOST_AT_ONCE, Poller
from tests.connectors.telegram.fake import TOKEN, FakeTelegram

pytestmark = pytest.mark.asyncio

HALF = MOST_AT_ONCE // 2
A_WHILE = 0.7  # seconds, in which a poller that does not wait asks several times


class OursAlone:
    """A lease that nobody else wants."""

    async def hold(self, name: str, *, seconds: float) -> bool:
        return True

    async def let_go(self, name: str) -> None:
        pass


class Work:
    """Updates that have begun; each is done when the test says so."""

    def __init__(self) -> None:
        self.begun: dict[int, asyncio.Event] = {}

    # `Any`: JSON.
    async def take(self, raw: Any) -> None:
        number = raw["update_id"]
        assert number not in self.begun, f"{number} was begun twice"
        done = self.begun[number] = asyncio.Event()
        await done.wait()

    def finish(self, *numbers: int) -> None:
        for number in numbers:
            self.begun[number].set()


@asynccontextmanager
async def polled(fake: FakeTelegram, work: Work) -> AsyncIterator[None]:
    """The real poller with the real library, from the fake's first update on."""
    bot = make_bot(TOKEN, api_url=fake.url)
    poller = Poller(bot, take=work.take, lease=OursAlone(), long_poll_seconds=1)
    running = asyncio.create_task(poller.run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await bot.disconnect()


async def test_another_program_with_the_token_is_told_in_the_log_once_with_what_to_do(
    fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.rivals.FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr("connectors.telegram.rivals.CONFLICT_SECONDS", 0.01)
    for _ in range(2):
        fake.refuse("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    logs = LogCapture()
    # Whatever level another test has set.
    log = structlog.wrap_logger(None, [logs], wrapper_class=structlog.BoundLogger)
    monkeypatch.setattr(polling, "log", log)
    async with polled(fake, Work()):
        await fake.until(lambda: len(logs.entries) == 2, "that all is well again")
    failed, again = logs.entries
    assert (failed["event"], failed["problem"]) == ("telegram.polling_failed", "Conflict")
    assert "another program uses this token" in failed["hint"]
    assert "firstline telegram check" in failed["hint"]
    assert again["event"] == "telegram.polling_again"


async def wait_for(fake: FakeTelegram, work: Work, *, begun: int) -> None:
    await fake.until(lambda: len(work.begun) == begun, f"{begun} updates begun")


def updates(count: int) -> list[dict[str, Any]]:
    return [{"update_id": number} for number in range(count)]


async def test_a_full_window_is_not_asked_for_again_before_half_of_it_is_done(
    fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "CROWDED_SECONDS", 60.0)
    work = Work()
    await fake.send_raw(*updates(MOST_AT_ONCE + HALF))
    async with polled(fake, work):
        await wait_for(fake, work, begun=MOST_AT_ONCE)
        for number in range(HALF - 1):
            work.finish(number)
            await asyncio.sleep(A_WHILE / HALF)
        assert fake.asked == [None]
        work.finish(HALF - 1)
        await wait_for(fake, work, begun=MOST_AT_ONCE + HALF)
        assert fake.asked == [None, HALF]
        work.finish(*range(HALF, MOST_AT_ONCE + HALF))
        await fake.until_confirmed()
    assert fake.asked[2] == MOST_AT_ONCE + HALF


async def test_while_the_oldest_leaves_no_room_nothing_is_asked_and_nothing_confirmed(
    fake: FakeTelegram,
) -> None:
    work = Work()
    await fake.send_raw(*updates(MOST_AT_ONCE + 1))
    async with polled(fake, work):
        await wait_for(fake, work, begun=MOST_AT_ONCE)
        work.finish(*range(1, MOST_AT_ONCE))
        await asyncio.sleep(A_WHILE)
        assert fake.asked == [None]
        assert fake.updates[0] == {"update_id": 0}
        work.finish(0)
        await wait_for(fake, work, begun=MOST_AT_ONCE + 1)
        assert fake.asked[1] == MOST_AT_ONCE


async def test_one_that_takes_long_in_a_crowd_does_not_hold_up_what_is_behind_the_window(
    fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "CROWDED_SECONDS", 0.1)
    work = Work()
    await fake.send_raw(*updates(2 * MOST_AT_ONCE))
    async with polled(fake, work):
        await wait_for(fake, work, begun=MOST_AT_ONCE)
        work.finish(*range(10))  # the eleventh takes long, and so do the others
        await wait_for(fake, work, begun=MOST_AT_ONCE + 10)
        assert fake.updates[0] == {"update_id": 10}


async def test_beside_a_few_that_take_long_somebody_new_is_heard_at_once(
    fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "CROWDED_SECONDS", 60.0)
    work = Work()
    await fake.send_raw(*updates(3))
    async with polled(fake, work):
        await wait_for(fake, work, begun=3)
        await fake.send_raw({"update_id": 3})
        await wait_for(fake, work, begun=4)
        assert fake.asked[-1] == 0
