"""Delivery: in order, retried, never silent, and taken over from a dead process."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from bot.channel import RetryLater, Undeliverable
from bot.clock import now
from bot.conversations.models import Turn
from bot.outbox.models import Delivery, DeliveryAttempt
from bot.outbox.worker import LONGEST_WAIT_SECONDS, backoff
from tests.desk import TestDesk, answer, open_desk

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def attempts(desk: TestDesk) -> list[str]:
    async with desk.db.read() as session:
        rows = await session.scalars(select(DeliveryAttempt).order_by(DeliveryAttempt.id))
        return [row.outcome for row in rows]


async def test_a_delivery_is_tried_again_before_what_follows_it(desk: TestDesk) -> None:
    desk.sender.failures = [RetryLater("busy", seconds=0.05), RetryLater("busy", seconds=0.05)]
    await desk.customer_says("Hello")
    await desk.bot_answers("First", replies=[{"text": "First"}, {"text": "Second"}])
    assert [message.text for message in desk.sender.delivered] == ["First", "Second"]
    await desk.parts.outbox.stop()
    assert await attempts(desk) == ["retry", "retry", "delivered", "delivered"]
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
    assert await attempts(desk) == ["retry", "delivered"]


async def test_the_sweep_delivers_what_a_dead_process_left_in_order(desk: TestDesk) -> None:
    desk.parts.outbox._stopping = True  # this process dies between commit and delivery
    await desk.customer_says("Hello")
    await desk.bot_answers("First", replies=[{"text": "First"}, {"text": "Second"}])
    assert desk.sender.delivered == []
    desk.parts.outbox._stopping = False
    assert await desk.parts.outbox.sweep() == 0, "still held by the dead process"
    async with desk.db.write() as tx:
        await tx.session.execute(update(Delivery).values(due_at=now() - timedelta(seconds=1)))
    assert await desk.parts.outbox.sweep() == 2
    await desk.settle()
    assert [message.text for message in desk.sender.delivered] == ["First", "Second"]
    assert await desk.parts.outbox.sweep() == 0


async def test_a_turn_that_a_dead_process_left_is_asked_again(desk: TestDesk) -> None:
    desk.parts.turns._stopping = True
    receipt = await desk.customer_says("Hello")
    assert desk.engine.asked == []
    desk.parts.turns._stopping = False
    assert await desk.parts.turns.sweep() == 0
    async with desk.db.write() as tx:
        await tx.session.execute(update(Turn).values(leased_until=now() - timedelta(seconds=1)))
    assert await desk.parts.turns.sweep() == 1
    await desk.settle()
    await desk.bot_answers("Hi")
    assert [m.text for m in await desk.messages(receipt.conversation)] == ["Hello", "Hi"]


async def test_after_a_crash_the_next_start_goes_on_at_once(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as crashed:
        crashed.parts.outbox._stopping = crashed.parts.turns._stopping = True
        receipt = await crashed.customer_says("Hello")
    async with open_desk(tmp_path) as desk:
        desk.engine.at_once = answer("Hi")
        await desk.parts.turns.recover()
        await desk.parts.outbox.recover()
        workers = [
            asyncio.create_task(desk.parts.turns.run()),
            asyncio.create_task(desk.parts.outbox.run()),
        ]
        async with asyncio.timeout(3):
            while not desk.sender.delivered:
                await asyncio.sleep(0.02)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        assert [m.text for m in await desk.messages(receipt.conversation)] == ["Hello", "Hi"]


async def test_waiting_grows_and_is_bounded() -> None:
    assert all(0.5 <= backoff(1) <= 1.0 for _ in range(20))
    assert all(2.0 <= backoff(3) <= 4.0 for _ in range(20))
    assert all(backoff(50) <= LONGEST_WAIT_SECONDS for _ in range(20))
