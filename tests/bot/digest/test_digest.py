"""The week in numbers: once a week, by one process, and each number means what it says."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.channel import Rating
from bot.clock import now
from bot.conversations.models import Conversation
from bot.digest.service import Digests
from bot.handoff.service import Reply
from bot.timers.models import Timer
from tests.desk import DESK, TestDesk

pytestmark = pytest.mark.asyncio


async def monday_comes(desk: TestDesk) -> None:
    async with desk.db.write() as tx:
        past = now() - timedelta(minutes=1)
        await tx.session.execute(update(Timer).where(Timer.kind == "digest").values(due_at=past))


async def test_it_is_told_once_a_week_and_not_at_the_first_start(desk: TestDesk) -> None:
    digests = desk.parts.digests
    assert await digests.take_turn(DESK, "en") is None, "the first start only sets the clock"
    assert await digests.take_turn(DESK, "en") is None
    await monday_comes(desk)
    assert await digests.take_turn(DESK, "en") is not None
    assert await digests.take_turn(DESK, "en") is None, "the other process comes too late"
    assert await digests.take_turn("it-help", "en") is None, "a desk has a clock of its own"


async def hold_runs_out(desk: TestDesk) -> None:
    """The process that has the turn has died, and two minutes have gone by."""
    async with desk.db.write() as tx:
        (row,) = await tx.session.scalars(select(Timer).where(Timer.key == f"digest:{DESK}"))
        past = (now() - timedelta(seconds=1)).isoformat()
        row.details = {**row.details, "held_until": past}


async def test_what_was_not_told_is_another_processs_turn_and_in_doubt(desk: TestDesk) -> None:
    died, lives = (Digests(desk.db, desks=desk.parts.desks) for _ in range(2))
    await died.take_turn(DESK, "en")
    await monday_comes(desk)
    first = await died.take_turn(DESK, "en")
    assert first is not None
    assert not first.is_in_doubt
    assert await lives.take_turn(DESK, "en") is None, "it may be at it still"
    await hold_runs_out(desk)
    second = await lives.take_turn(DESK, "en")
    assert second is not None
    assert (second.is_in_doubt, second.due_at) == (True, first.due_at)
    await died.told(DESK)  # it comes back to life: the turn is not its own any more
    await hold_runs_out(desk)
    third = await lives.take_turn(DESK, "en")
    assert third is not None
    await lives.told(DESK)
    assert await lives.take_turn(DESK, "en") is None
    await monday_comes(desk)
    again = await lives.take_turn(DESK, "en")
    assert again is not None
    assert not again.is_in_doubt, "that is the next week's"


async def test_what_could_not_be_told_waits(desk: TestDesk) -> None:
    digests = desk.parts.digests
    await digests.take_turn(DESK, "en")
    await monday_comes(desk)
    assert await digests.take_turn(DESK, "en") is not None
    await digests.put_off(DESK, 600, in_doubt=False)
    assert await digests.take_turn(DESK, "en") is None
    await hold_runs_out(desk)
    again = await digests.take_turn(DESK, "en")
    assert again is not None
    assert not again.is_in_doubt, "Slack said no: nothing stands there"


async def test_the_numbers(desk: TestDesk) -> None:
    anna = await desk.add_agent()
    await desk.customer_says("How long is delivery?", thread="a")
    await desk.bot_answers("Two days.")
    await desk.customer_says("And how long to Spain?", thread="b")
    await desk.bot_answers("Four days.")
    for thread in ("c", "d", "e"):
        await desk.customer_asks_for_human(thread=thread)
    conversations = {
        thread: await desk.parts.frontdesk.thread_status("web", thread) for thread in "cde"
    }
    for thread in "de":
        status = conversations[thread]
        assert status is not None
        await desk.handoffs.claim(anna, status.conversation, epoch=2)
        await desk.handoffs.reply(anna, status.conversation, Reply("Yes?", 3, f"k{thread}"))
    closed = conversations["e"]
    assert closed is not None
    await desk.handoffs.close(anna, closed.conversation, epoch=3)
    rating = Rating(closed.conversation, {"human": 4})
    await desk.parts.surveys.rate("web", "e", rating)
    await desk.customer_asks_for_human(thread="old")
    old = await desk.parts.frontdesk.thread_status("web", "old")
    assert old is not None
    async with desk.db.write() as tx:
        long_ago = now() - timedelta(days=9)
        await tx.session.execute(
            update(Conversation)
            .where(Conversation.id == old.conversation)
            .values(created_at=long_ago, queued_at=long_ago)
        )
    await desk.parts.digests.take_turn(DESK, "en")
    await monday_comes(desk)
    digest = await desk.parts.digests.take_turn(DESK, "en")
    assert digest is not None
    assert (digest.opened, digest.solved_by_bot, digest.handed_off, digest.closed) == (5, 2, 3, 1)
    assert (digest.unsolved, digest.waiting, digest.waiting_for_customer) == (3, 2, 1)
    assert digest.oldest_waiting is not None
    assert now() - digest.oldest_waiting > timedelta(days=8)
    assert [(topic.count) for topic in digest.topics] == [2]
    assert (digest.rating, digest.ratings) == (4.0, 1)
