"""Telegram's limits as its server sees them: the bot as the desk makes it, with a real clock.

A machine that is busy makes everything later, so what is asserted is how early nothing may come.
"""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

import pytest
import pytest_asyncio

from connectors.telegram.client import Bots, make_bot
from connectors.telegram.pace import CHAT_SECONDS, GROUP_PER_MINUTE, OVERALL_PER_SECOND, Pace
from tests.connectors.telegram.fake import TOKEN, FakeTelegram

pytestmark = pytest.mark.asyncio
CHATS = 35
MOST_AT_ONCE = 30  # what may go in a moment, after a pause
CLOCK_SECONDS = 0.02  # how roughly clocks and timers are read
OFFICE, WAREHOUSE = -1001600, -1001700
QUIET_SECONDS = 1.0  # far less than the three until a group's next message


@pytest_asyncio.fixture
async def bot(fake: FakeTelegram) -> AsyncIterator[Bots]:
    made = make_bot(TOKEN, api_url=fake.url)
    await made.initialize()
    yield made
    await made.disconnect()


async def send(bot: Bots, chat: int, words: str) -> None:
    await bot.send_message(chat_id=chat, text=words)


def arrived(fake: FakeTelegram) -> list[float]:
    """When each message came, in order."""
    return sorted(call.at for call in fake.sent())


async def test_the_desks_bot_keeps_telegrams_limits(bot: Bots) -> None:
    assert isinstance(bot.rate_limiter, Pace)
    assert (OVERALL_PER_SECOND, CHAT_SECONDS) == (30, 1.0)


async def test_thirty_five_chats_at_once_get_thirty_messages_and_then_one_after_the_other(
    bot: Bots, fake: FakeTelegram
) -> None:
    began = monotonic()
    await asyncio.gather(*(send(bot, chat, "hello") for chat in range(1, CHATS + 1)))
    times = arrived(fake)
    assert len(times) == CHATS
    for number, at in enumerate(times[MOST_AT_ONCE:], start=1):
        assert at - began >= number / OVERALL_PER_SECOND - CLOCK_SECONDS


async def test_a_chats_second_message_comes_a_second_later(bot: Bots, fake: FakeTelegram) -> None:
    began = monotonic()
    await asyncio.gather(send(bot, 1, "one"), send(bot, 1, "two"))
    first, second = fake.sent(1)
    assert (first.text, second.text) == ("one", "two")
    assert second.at - began >= CHAT_SECONDS - CLOCK_SECONDS


async def test_a_groups_twenty_first_message_waits_and_another_groups_does_not(
    fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but the groups' own limit is left: chats have no second to wait for."""
    bot = make_bot(TOKEN, api_url=fake.url, chat_seconds=0)
    # A minute (test_pace.py), but of a machine that may need one for the first twenty.
    monkeypatch.setattr(bot.rate_limiter, "_group_time_period", 3600)
    await bot.initialize()
    sending = [asyncio.create_task(send(bot, OFFICE, str(n))) for n in range(GROUP_PER_MINUTE + 1)]
    try:
        await fake.until(lambda: len(fake.sent(OFFICE)) == GROUP_PER_MINUTE, "twenty messages")
        await send(bot, WAREHOUSE, "hello")
        assert len(fake.sent(WAREHOUSE)) == 1
        await asyncio.sleep(QUIET_SECONDS)
        assert len(fake.sent(OFFICE)) == GROUP_PER_MINUTE
        assert [task.done() for task in sending].count(False) == 1
    finally:
        sending[-1].cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        await bot.disconnect()
