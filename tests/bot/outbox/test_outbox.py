"""Delivery: in order, retried, never silent, and taken over from a dead process."""

import asyncio
from datetime import timedelta
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
import time_machine
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from bot.channel import RetryLater, Undeliverable
from bot.clock import now
from bot.conversations.models import Turn
from bot.outbox.models import Delivery
from bot.outbox.pauses import LONGEST_WAIT_SECONDS, backoff
from tests.databases import SQLITE_ONLY
from tests.desk import TestDesk, answer, open_desk

pytestmark = pytest.mark.asyncio


async def test_a_delivery_is_tried_again_before_what_follows_it(desk: TestDesk) -> None:
    desk.sender.failures = [RetryLater("busy", seconds=0.05), RetryLater("busy", seconds=0.05)]
    await desk.customer_says("Hello")
    await desk.bot_answers("First", replies=[{"text": "First"}, {"text": "Second"}])
    assert [message.text for message in desk.sender.delivered] == ["First", "Second"]
    await desk.parts.outbox.stop()
    assert await desk.attempts() == ["retry", "retry", "delivered", "delivered"]
    assert [row.status for row in await desk.deliveries()] == ["delivered", "delivered"]


async def test_what_can_never_be_delivered_is_a_dead_letter_and_the_rest_goes_on(
    desk: TestDesk,
) -> None:
    desk.sender.failures = [Undeliverable("blocked by the customer")]
    await desk.customer_says("Hello")
    await desk.bot_answers("First", replies=[{"text": "First"}, {"text": "Second"}])
    await desk.parts.outbox.stop()
    rows = await desk.deliveries()
    assert [(row.status, row.problem) for row in rows] == [
        ("dead", "blocked by the customer"),
        ("delivered", None),
    ]


async def test_a_senders_bug_is_a_retry_and_not_the_end_of_the_lane(desk: TestDesk) -> None:
    desk.sender.failures = [ZeroDivisionError("oops")]
    await desk.customer_says("Hello")
    desk.engine.reply(0, answer("Hi"))
    async with asyncio.timeout(5):
        while not desk.sender.delivered:
            await asyncio.sleep(0.05)
    await desk.parts.outbox.stop()
    assert await desk.attempts() == ["retry", "delivered"]


async def test_another_process_delivers_what_a_dead_one_left_in_order(
    desk: TestDesk, tmp_path: Path
) -> None:
    desk.die()
    await desk.customer_says("Hello")
    desk.engine.at_once = answer("First", replies=[{"text": "First"}, {"text": "Second"}])
    async with open_desk(tmp_path) as alive:
        await desk.leases_run_out()
        alive.engine.at_once = answer("First", replies=[{"text": "First"}, {"text": "Second"}])
        alive.parts.outbox._take = lambda job, until: None  # type: ignore[method-assign]
        await alive.parts.turns.sweep()
        await alive.settle()
        assert len(await alive.deliveries()) == 2
    async with open_desk(tmp_path) as alive:
        assert await alive.parts.outbox.sweep() == 0, "still held by the dead process"
        await alive.leases_run_out()
        assert await alive.parts.outbox.sweep() == 2
        await alive.settle()
        assert [message.text for message in alive.sender.delivered] == ["First", "Second"]
        assert all(message.may_have_left for message in alive.sender.delivered)
        assert await alive.parts.outbox.sweep() == 0


async def test_a_turn_that_a_dead_process_left_is_asked_again(
    desk: TestDesk, tmp_path: Path
) -> None:
    desk.die()
    receipt = await desk.customer_says("Hello")
    assert desk.engine.asked == []
    async with open_desk(tmp_path) as alive:
        assert await alive.parts.turns.sweep() == 0
        await alive.leases_run_out()
        assert await alive.parts.turns.sweep() == 1
        await alive.settle()
        await alive.bot_answers("Hi")
        assert [m.text for m in await alive.messages(receipt.conversation)] == ["Hello", "Hi"]


async def test_what_nobody_has_had_in_hand_cannot_have_left(desk: TestDesk) -> None:
    desk.parts.outbox._stopping = True  # it books for whoever comes first
    desk.engine.at_once = answer("Hi")
    await desk.customer_says("Hello")
    await desk.settle()
    assert desk.sender.delivered == []
    desk.parts.outbox._stopping = False
    assert await desk.parts.outbox.sweep() == 1
    await desk.settle()
    assert [message.may_have_left for message in desk.sender.delivered] == [False]


@SQLITE_ONLY
async def test_after_a_crash_the_next_start_goes_on_at_once(tmp_path: Path) -> None:
    """On SQLite alone: there no other process can hold anything."""
    async with open_desk(tmp_path) as crashed:
        crashed.die()
        receipt = await crashed.customer_says("Hello")
    async with open_desk(tmp_path) as desk:
        desk.engine.at_once = answer("Hi")
        await desk.parts.turns.recover()
        await desk.parts.outbox.recover()
        assert await desk.parts.turns.sweep() == 1
        await desk.settle()
        assert [message.text for message in desk.sender.delivered] == ["Hi"]
        assert [m.text for m in await desk.messages(receipt.conversation)] == ["Hello", "Hi"]


async def test_a_process_that_stops_leaves_its_work_to_others_at_once(
    desk: TestDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.routing.service.STOP_SECONDS", 0.01)
    monkeypatch.setattr("bot.outbox.worker.STOP_SECONDS", 0.01)
    desk.sender.failures = [RetryLater("busy", seconds=60)]
    await desk.customer_says("Hello")
    desk.engine.reply(0, answer("Not delivered yet"))
    while not desk.parts.outbox._unwritten:
        await asyncio.sleep(0.01)
    receipt = await desk.parts.frontdesk.receive_customer_message(desk.inbound("Still there?"))
    await desk.parts.turns.stop()
    await desk.parts.outbox.stop()
    with time_machine.travel(now() + timedelta(seconds=70)):  # the channel's minute is over
        async with open_desk(tmp_path) as other:
            assert await other.parts.outbox.sweep() == 1
            await other.settle()
            assert [message.may_have_left for message in other.sender.delivered] == [True]
    async with open_desk(tmp_path) as other:
        assert await other.parts.turns.sweep() == 1
        await other.settle()
        await other.bot_answers("Yes")
        said = [message.text for message in other.sender.delivered]
        assert said == ["Yes"]  # after what the other one delivered
        assert len(await other.messages(receipt.conversation)) == 4


async def test_what_a_living_process_holds_stays_its_own(
    desk: TestDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the engine thinks, and however often the channel says «later»."""
    monkeypatch.setattr("bot.outbox.worker.STOP_SECONDS", 0.01)
    desk.sender.failures = [RetryLater("busy", seconds=60)]
    await desk.customer_says("Hello", thread="t1")
    await desk.customer_says("Hello", thread="t2")
    desk.engine.reply(0, answer("Not delivered yet"))
    while not desk.parts.outbox._unwritten:
        await asyncio.sleep(0.01)
    async with open_desk(tmp_path) as other:
        await desk.leases_run_out()
        await desk.parts.turns.extend()
        await desk.parts.outbox.extend()
        assert await other.parts.turns.sweep() == 0
        assert await other.parts.outbox.sweep() == 0


async def test_what_a_dead_process_held_by_a_wrong_clock_is_taken_over(
    desk: TestDesk, tmp_path: Path
) -> None:
    """Its clock was an hour ahead: nobody waits for that hour."""
    desk.sender.failures = [RetryLater("busy", seconds=60)]
    await desk.customer_says("Hello", thread="t1")
    await desk.customer_says("Hello", thread="t2")
    desk.engine.reply(0, answer("Not delivered yet"))
    while not desk.parts.outbox._unwritten:
        await asyncio.sleep(0.01)
    desk.die()
    until = now() + timedelta(hours=1)
    async with desk.db.write() as tx:
        await tx.session.execute(update(Delivery).values(due_at=until))
        await tx.session.execute(update(Turn).values(leased_until=until))
    async with open_desk(tmp_path) as other:
        assert await other.parts.turns.sweep() == 1
        assert await other.parts.outbox.sweep() == 1
        await other.settle()
        await other.bot_answers("Hi")
        assert [m.text for m in other.sender.delivered] == ["Not delivered yet", "Hi"]


async def test_a_second_answer_does_not_overtake_the_first_that_was_left_to_others(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process is done with its delivery just between the two."""
    await desk.customer_says("Hello")
    with monkeypatch.context() as patched:
        others = AsyncMock(side_effect=[{0: "another"}, {}])
        patched.setattr("bot.outbox.worker.repository.waiting_in", others)
        await desk.bot_answers("First", replies=[{"text": "First"}, {"text": "Second"}])
    assert desk.sender.delivered == []
    assert await desk.parts.outbox.sweep() == 2
    await desk.settle()
    assert [message.text for message in desk.sender.delivered] == ["First", "Second"]


async def test_nothing_overtakes_what_a_commit_with_a_lost_answer_has_left(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line broke while the commit's answer came: it is committed, and nobody knows."""
    await desk.customer_says("Hello")
    with monkeypatch.context() as patched:
        patched.setattr("bot.db.Transaction.run_effects", lambda _: None)
        await desk.bot_answers("First")
    await desk.customer_says("And?")
    await desk.bot_answers("Second")
    assert desk.sender.delivered == []
    with time_machine.travel(now() + timedelta(minutes=1), tick=True):
        assert await desk.parts.outbox.sweep() == 2
        await desk.settle()
    assert [message.text for message in desk.sender.delivered] == ["First", "Second"]


async def test_outcomes_are_kept_while_the_database_is_away(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.customer_says("Hello")
    await desk.bot_answers("Hi")
    away = OperationalError("UPDATE", {}, Exception("the database is away"))
    with monkeypatch.context() as patched:
        patched.setattr(desk.db, "attempt", AsyncMock(side_effect=away))
        with pytest.raises(OperationalError):
            await desk.parts.outbox._write()
    await desk.parts.outbox._write()
    assert [row.status for row in await desk.deliveries()] == ["delivered"]


async def test_waiting_grows_and_is_bounded() -> None:
    assert all(0.5 <= backoff(1) <= 1.0 for _ in range(20))
    assert all(2.0 <= backoff(3) <= 4.0 for _ in range(20))
    assert all(backoff(50) <= LONGEST_WAIT_SECONDS for _ in range(20))
