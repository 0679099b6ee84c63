"""A queue has a deadline and a snoozed conversation wakes, by the clock on the wall."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import time_machine
from sqlalchemy import select

from bot.accounts.models import Agent
from bot.clock import now
from bot.conversations.errors import NotPossibleNow
from bot.conversations.state import Status
from bot.handoff.errors import NotYours
from bot.handoff.snooze import NoSuchSnooze
from bot.timers.models import Timer
from tests.desk import DESK, TestDesk, open_desk

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def timers(desk: TestDesk) -> list[tuple[str, datetime]]:
    async with desk.db.read() as session:
        found = await session.scalars(select(Timer).order_by(Timer.key))
        return [(timer.kind, timer.due_at) for timer in found]


async def claimed(desk: TestDesk, anna: Agent) -> str:
    opened = (await desk.customer_asks_for_human()).conversation
    await desk.handoffs.claim(anna, opened, epoch=await epoch(desk, opened))
    return opened


async def epoch(desk: TestDesk, conversation: str) -> int:
    return (await desk.conversation(conversation)).epoch


async def test_a_queue_has_the_deadline_of_its_desk(desk: TestDesk) -> None:
    with time_machine.travel(now(), tick=False):
        opened = (await desk.customer_asks_for_human()).conversation
        deadline = now() + desk.parts.desks.answer_within(DESK)
    assert (await desk.conversation(opened)).due_at == deadline
    assert await timers(desk) == [("queue_deadline", deadline)]


async def test_a_missed_deadline_is_on_record_once_and_the_customer_keeps_the_place(
    desk: TestDesk,
) -> None:
    opened = (await desk.customer_asks_for_human()).conversation
    with time_machine.travel(now() + desk.parts.desks.answer_within(DESK)):
        assert await desk.parts.timers.sweep() == 1
        assert await desk.parts.timers.sweep() == 0
    conversation = await desk.conversation(opened)
    assert conversation.status is Status.QUEUED
    assert (await desk.events(opened)).count("deadline_missed") == 1


async def test_who_is_taken_in_time_misses_nothing(desk: TestDesk) -> None:
    opened = await claimed(desk, await desk.add_agent())
    assert (await desk.conversation(opened)).due_at is None
    assert await timers(desk) == []
    with time_machine.travel(now() + timedelta(days=1)):
        assert await desk.parts.timers.sweep() == 0
    assert "deadline_missed" not in await desk.events(opened)


async def test_back_in_the_queue_it_begins_anew(desk: TestDesk) -> None:
    anna = await desk.add_agent()
    opened = await claimed(desk, anna)
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        await desk.handoffs.release(anna, opened, epoch=await epoch(desk, opened))
        deadline = now() + desk.parts.desks.answer_within(DESK)
        assert await timers(desk) == [("queue_deadline", deadline)]


async def test_a_snoozed_conversation_is_its_agents_again_at_its_time(desk: TestDesk) -> None:
    anna = await desk.add_agent()
    opened = await claimed(desk, anna)
    before = await epoch(desk, opened)
    await desk.handoffs.snooze(anna, opened, epoch=before, choice="hour")
    asleep = await desk.conversation(opened)
    assert (asleep.status, asleep.agent_id) == (Status.SNOOZED, anna.id)
    with time_machine.travel(now() + timedelta(minutes=59)):
        assert await desk.parts.timers.sweep() == 0
    with time_machine.travel(now() + timedelta(minutes=61)):
        assert await desk.parts.timers.sweep() == 1
    awake = await desk.conversation(opened)
    assert (awake.status, awake.agent_id, awake.due_at) == (Status.WITH_AGENT, anna.id, None)
    assert awake.epoch == before  # the same owner all the time
    assert (await desk.events(opened))[-2:] == ["snooze", "wake"]


async def test_the_customer_wakes_it_earlier_and_nothing_fires_later(desk: TestDesk) -> None:
    anna = await desk.add_agent()
    opened = await claimed(desk, anna)
    await desk.handoffs.snooze(anna, opened, epoch=await epoch(desk, opened), choice="hour")
    await desk.customer_says("I found the number.")
    assert (await desk.conversation(opened)).status is Status.WITH_AGENT
    assert await timers(desk) == []


async def test_its_agent_wakes_it_and_nobody_else_may(desk: TestDesk) -> None:
    anna, ben = await desk.add_agent(), await desk.add_agent("Ben")
    opened = await claimed(desk, anna)
    with pytest.raises(NotYours):
        await desk.handoffs.snooze(ben, opened, epoch=await epoch(desk, opened), choice="hour")
    with pytest.raises(NoSuchSnooze):
        await desk.handoffs.snooze(anna, opened, epoch=await epoch(desk, opened), choice="never")
    await desk.handoffs.snooze(anna, opened, epoch=await epoch(desk, opened), choice="hour")
    with pytest.raises(NotPossibleNow):
        await desk.handoffs.snooze(anna, opened, epoch=await epoch(desk, opened), choice="hour")
    await desk.handoffs.wake(anna, opened, epoch=await epoch(desk, opened))
    assert (await desk.conversation(opened)).status is Status.WITH_AGENT
    assert await timers(desk) == []


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        (datetime(2027, 3, 27, 17, tzinfo=UTC), datetime(2027, 3, 28, 7, tzinfo=UTC)),
        (datetime(2027, 10, 30, 16, tzinfo=UTC), datetime(2027, 10, 31, 8, tzinfo=UTC)),
    ],
    ids=["to summer time", "from summer time"],
)
async def test_nine_in_the_morning_is_nine_in_warsaw_also_when_the_clock_is_changed(
    desk: TestDesk, evening: datetime, morning: datetime
) -> None:
    anna = await desk.add_agent()
    with time_machine.travel(evening, tick=False) as clock:
        opened = await claimed(desk, anna)
        await desk.handoffs.snooze(anna, opened, epoch=await epoch(desk, opened), choice="morning")
        assert (await desk.conversation(opened)).due_at == morning
        clock.move_to(morning - timedelta(seconds=1))
        assert await desk.parts.timers.sweep() == 0
        clock.move_to(morning)
        assert await desk.parts.timers.sweep() == 1
    assert (await desk.conversation(opened)).status is Status.WITH_AGENT
