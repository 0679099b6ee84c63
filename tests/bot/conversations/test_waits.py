"""Whoever comes back into the queue unanswered keeps their place, and is news all the same."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import time_machine
from sqlalchemy import select

from bot.accounts.models import Agent
from bot.handoff.service import Reply
from bot.inbox.listing import numbers
from bot.queue.models import QueueWait
from bot.queue.repository import queue_of
from tests.desk import DESK, TestDesk, answer, open_desk

pytestmark = pytest.mark.asyncio
START = datetime.fromisoformat("2026-11-25T09:00:00+00:00")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest_asyncio.fixture
async def desk(clock: time_machine.Traveller, tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def two_wait(desk: TestDesk, clock: time_machine.Traveller) -> tuple[Agent, str, str]:
    """Since nine and since ten past nine; it is twenty past."""
    agent = await desk.add_agent()
    first = (await desk.customer_asks_for_human(thread="first")).conversation
    clock.shift(timedelta(minutes=10))
    second = (await desk.customer_asks_for_human(thread="second")).conversation
    clock.shift(timedelta(minutes=10))
    return agent, first, second


async def act(desk: TestDesk, agent: Agent, conversation: str, name: str) -> None:
    epoch = (await desk.conversation(conversation)).epoch
    if name == "reply":
        await desk.handoffs.reply(agent, conversation, Reply("Hello", epoch, "key"))
    elif name == "snooze":
        await desk.handoffs.snooze(agent, conversation, epoch=epoch, choice="hour")
    else:
        await getattr(desk.handoffs, name)(agent, conversation, epoch=epoch)


async def is_answered(
    desk: TestDesk, clock: time_machine.Traveller, agent: Agent, conversation: str
) -> None:
    """A minute ago."""
    await act(desk, agent, conversation, "claim")
    await act(desk, agent, conversation, "reply")
    clock.shift(timedelta(minutes=1))


async def queue(desk: TestDesk) -> list[str]:
    async with desk.db.read() as session:
        return [queued.conversation for queued in await queue_of(session, DESK)]


@pytest.mark.parametrize("put_off", [False, True])
async def test_what_nobody_has_answered_keeps_its_place(
    desk: TestDesk, clock: time_machine.Traveller, put_off: bool
) -> None:
    agent, first, second = await two_wait(desk, clock)
    await act(desk, agent, first, "claim")
    if put_off:
        await act(desk, agent, first, "snooze")
    clock.shift(timedelta(minutes=1))
    await act(desk, agent, first, "release")
    assert await queue(desk) == [first, second]
    assert (await desk.conversation(first)).queued_at == START


async def test_after_an_answer_it_is_the_first_word_since_that_counts(
    desk: TestDesk, clock: time_machine.Traveller
) -> None:
    agent, first, second = await two_wait(desk, clock)
    await is_answered(desk, clock, agent, first)
    await desk.customer_says("And the invoice?", thread="first")
    wrote = START + timedelta(minutes=21)
    clock.shift(timedelta(minutes=1))
    await desk.customer_says("Hello?", thread="first")
    clock.shift(timedelta(minutes=9))
    third = (await desk.customer_asks_for_human(thread="third")).conversation
    await act(desk, agent, first, "release")
    assert (await desk.conversation(first)).queued_at == wrote
    assert await queue(desk) == [second, first, third]


async def test_who_has_their_answer_waits_from_now_on(
    desk: TestDesk, clock: time_machine.Traveller
) -> None:
    agent, first, second = await two_wait(desk, clock)
    await is_answered(desk, clock, agent, first)
    await act(desk, agent, first, "release")
    assert (await desk.conversation(first)).queued_at == START + timedelta(minutes=21)
    assert await queue(desk) == [second, first]


async def test_an_answer_before_the_bot_had_it_again_is_an_older_storys(
    desk: TestDesk, clock: time_machine.Traveller
) -> None:
    agent, first, _ = await two_wait(desk, clock)
    for name in ("claim", "reply", "return_to_bot"):
        await act(desk, agent, first, name)
    clock.shift(timedelta(minutes=5))
    await desk.customer_asks_for_human(thread="first")
    again = START + timedelta(minutes=25)
    assert (await desk.conversation(first)).queued_at == again, "out of the bot's hands it is new"
    clock.shift(timedelta(minutes=5))
    await act(desk, agent, first, "claim")
    await act(desk, agent, first, "release")
    assert (await desk.conversation(first)).queued_at == again


async def test_whoever_is_taken_from_the_bot_waits_from_then_on(
    desk: TestDesk, clock: time_machine.Traveller
) -> None:
    agent, first, second = await two_wait(desk, clock)
    for name in ("claim", "reply", "return_to_bot"):
        await act(desk, agent, first, name)
    clock.shift(timedelta(minutes=5))
    desk.engine.at_once = answer("Two days.")
    await desk.customer_says("How long?", thread="first")
    clock.shift(timedelta(hours=5))
    await act(desk, agent, first, "claim")
    await act(desk, agent, first, "release")
    assert await queue(desk) == [second, first]


async def test_it_is_news_to_the_inbox_and_measured_without_what_an_agent_had_of_it(
    desk: TestDesk, clock: time_machine.Traveller
) -> None:
    agent, first, _ = await two_wait(desk, clock)
    await act(desk, agent, first, "claim")
    clock.shift(timedelta(minutes=30))
    await act(desk, agent, first, "release")
    came = START + timedelta(minutes=50)
    async with desk.db.read() as session:
        assert (await numbers(session, agent)).newest_queued == came
    clock.shift(timedelta(minutes=2))
    await act(desk, agent, first, "claim")
    async with desk.db.read() as session:
        waits = (await session.scalars(select(QueueWait).order_by(QueueWait.id))).all()
    assert [(wait.queued_at, wait.open_seconds) for wait in waits] == [(START, 1200), (came, 120)]
