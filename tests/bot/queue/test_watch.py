"""Places in the queue: told to those who wait and watch, and to nobody else."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import text

from bot.channel import PlaceInQueue, thread_topic
from bot.live import Subscription
from tests.desk import TestDesk, open_desk

START = "2026-11-30T09:00:00+00:00"


async def told(desk: TestDesk, hints: Subscription) -> list[PlaceInQueue]:
    await desk.parts.queue.look()
    found = []
    while not hints._queue.empty():
        hint = await hints.get()
        if isinstance(hint.data, PlaceInQueue):
            found.append(hint.data)
    return found


@pytest.mark.asyncio
async def test_the_queue_moves_and_those_behind_hear_of_it(tmp_path: Path) -> None:
    with time_machine.travel(START, tick=False) as clock:
        async with open_desk(tmp_path) as desk:
            agent = await desk.add_agent()
            receipts = []
            for thread in ("a", "b", "c"):
                receipts.append(await desk.customer_asks_for_human(thread=thread))
                clock.shift(1)
            with desk.parts.bus.subscribe([thread_topic("web", "c")]) as hints:
                mine = receipts[2].conversation
                assert await told(desk, hints) == [PlaceInQueue(mine, 3, None)]
                assert await told(desk, hints) == []  # nothing has changed
                first = await desk.conversation(receipts[0].conversation)
                await desk.handoffs.claim(agent, first.id, epoch=first.epoch)
                assert await told(desk, hints) == [PlaceInQueue(mine, 2, None)]
                assert desk.parts.queue.place_of(mine) == PlaceInQueue(mine, 2, None)
                await desk.parts.waiting_room.back_to_bot(desk.inbound("bot", thread="b"))
                assert await told(desk, hints) == [PlaceInQueue(mine, 1, None)]
            # Nobody of this process watches any more: nothing is asked, nothing is kept.
            await desk.parts.queue.look()
            assert desk.parts.queue.place_of(mine) is None


@pytest.mark.asyncio
async def test_the_expected_wait_is_measured_from_those_who_were_taken(tmp_path: Path) -> None:
    with time_machine.travel(START, tick=False) as clock:
        async with open_desk(tmp_path) as desk:
            agent = await desk.add_agent()
            await desk.parts.presence.heartbeat(agent.id)
            for number in range(5):
                receipt = await desk.customer_asks_for_human(thread=f"early {number}")
                clock.shift(timedelta(minutes=4))
                taken = await desk.conversation(receipt.conversation)
                await desk.handoffs.claim(agent, taken.id, epoch=taken.epoch)
            await desk.parts.presence.heartbeat(agent.id)
            await desk.customer_asks_for_human(thread="first")
            clock.shift(1)
            mine = (await desk.customer_asks_for_human(thread="second")).conversation
            with desk.parts.bus.subscribe([thread_topic("web", "second")]) as hints:
                assert await told(desk, hints) == [PlaceInQueue(mine, 2, (8, 8))]
                # Nobody is taken for eight minutes: the pace is no faster than that.
                clock.shift(timedelta(minutes=8))
                await desk.parts.presence.heartbeat(agent.id)
                assert await told(desk, hints) == [PlaceInQueue(mine, 2, (20, 20))]
                # The last agent goes: what was measured says nothing any more.
                await desk.parts.presence.left(agent.id)
                assert await told(desk, hints) == [PlaceInQueue(mine, 2, None)]


@pytest.mark.asyncio
async def test_whoever_has_just_come_back_to_its_head_makes_no_queue_faster(tmp_path: Path) -> None:
    with time_machine.travel(START, tick=False) as clock:
        async with open_desk(tmp_path) as desk:
            agent = await desk.add_agent()
            for number in range(5):
                receipt = await desk.customer_asks_for_human(thread=f"early {number}")
                clock.shift(timedelta(minutes=4))
                await desk.handoffs.claim(agent, receipt.conversation, epoch=2)
            first = (await desk.customer_asks_for_human(thread="first")).conversation
            clock.shift(1)
            mine = (await desk.customer_asks_for_human(thread="second")).conversation
            await desk.handoffs.claim(agent, first, epoch=2)
            clock.shift(timedelta(minutes=8))
            await desk.handoffs.release(agent, first, epoch=3)
            await desk.parts.presence.heartbeat(agent.id)
            with desk.parts.bus.subscribe([thread_topic("web", "second")]) as hints:
                assert await told(desk, hints) == [PlaceInQueue(mine, 2, (20, 20))]


@pytest.mark.asyncio
async def test_the_queue_and_its_waits_are_asked_for_by_index(tmp_path: Path) -> None:
    """As it has to be with a million conversations stored."""
    async with open_desk(tmp_path) as desk:
        if not desk.db.is_sqlite:
            pytest.skip("on a few rows PostgreSQL rightly reads the table")
        async with desk.db.read() as session:
            for question, index in (
                (
                    "SELECT id FROM conversations WHERE status = 'queued' AND desk = 'x'"
                    " ORDER BY priority DESC, queued_at, id",
                    "ix_conversations_status_desk",
                ),
                (
                    "SELECT open_seconds FROM queue_waits WHERE desk = 'x' AND taken_at > 'y'"
                    " ORDER BY taken_at DESC",
                    "ix_queue_waits_desk",
                ),
            ):
                plan = await session.execute(text(f"EXPLAIN QUERY PLAN {question}"))
                assert index in " ".join(str(row) for row in plan)
