"""A timer survives a restart and fires once, however many processes look."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import time_machine

from bot.clock import now
from bot.conversations.repository import lock_conversation
from bot.db import Database, Transaction
from bot.timers import repository
from bot.timers.repository import LONG_AGO
from bot.timers.worker import FIRST_PAUSE, TimerWorker
from tests.databases import database_of
from tests.desk import TestDesk, open_desk

pytestmark = pytest.mark.asyncio

KIND = "test"
MINUTE = timedelta(minutes=1)


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path) as opened:
        yield opened


class Fired:
    """Notes what fired, and fails first when told to."""

    def __init__(self) -> None:
        self.conversations: list[str] = []
        self.failures = 0

    async def __call__(self, tx: Transaction, conversation_id: str) -> None:
        if self.failures:
            self.failures -= 1
            raise ZeroDivisionError
        tx.after_commit(lambda: self.conversations.append(conversation_id))


def worker(db: Database, fired: Fired) -> TimerWorker:
    return TimerWorker(db, fire={KIND: fired}, lock=lock_conversation)


async def start(desk: TestDesk, conversation: str, *, due_at: datetime) -> None:
    async with desk.db.write() as tx:
        await repository.start(tx.session, KIND, conversation, due_at=due_at)


async def test_it_fires_when_its_time_has_come_and_not_before(desk: TestDesk) -> None:
    fired, opened = Fired(), await desk.customer_says("Hello")
    await start(desk, opened.conversation, due_at=now() + MINUTE)
    assert await worker(desk.db, fired).sweep() == 0
    with time_machine.travel(now() + MINUTE):
        assert await worker(desk.db, fired).sweep() == 1
        assert await worker(desk.db, fired).sweep() == 0
    assert fired.conversations == [opened.conversation]


async def test_it_survives_a_restart_and_a_time_in_which_nobody_lived(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        opened = await desk.customer_says("Hello")
        await start(desk, opened.conversation, due_at=now() + MINUTE)
    fired = Fired()
    with time_machine.travel(now() + timedelta(days=3)):
        async with open_desk(tmp_path) as desk:
            await worker(desk.db, fired).sweep()
    assert fired.conversations == [opened.conversation]


async def test_setting_it_again_moves_it_and_cancelling_ends_it(desk: TestDesk) -> None:
    fired = Fired()
    moved = (await desk.customer_says("Hello", thread="a")).conversation
    ended = (await desk.customer_says("Hello", thread="b")).conversation
    for conversation in (moved, ended):
        await start(desk, conversation, due_at=now())
    await start(desk, moved, due_at=now() + MINUTE)
    async with desk.db.write() as tx:
        await repository.cancel(tx.session, KIND, ended)
    assert await worker(desk.db, fired).sweep() == 0
    with time_machine.travel(now() + MINUTE):
        await worker(desk.db, fired).sweep()
    assert fired.conversations == [moved]


async def test_of_many_processes_each_timer_has_one(desk: TestDesk, tmp_path: Path) -> None:
    conversations = [
        (await desk.customer_says("Hello", thread=f"t{number}")).conversation
        for number in range(12)
    ]
    for conversation in conversations:
        await start(desk, conversation, due_at=now())
    fired = Fired()
    # Each has connections of its own, as a process has.
    processes = [Database(database_of(tmp_path), connections=2) for _ in range(4)]
    try:
        counts = await asyncio.gather(*(worker(db, fired).sweep() for db in processes))
    finally:
        for db in processes:
            await db.close()
    assert sum(counts) == 12
    assert sorted(fired.conversations) == sorted(conversations)


async def test_one_that_fails_is_tried_again_and_holds_no_other_up(desk: TestDesk) -> None:
    fired = Fired()
    first = (await desk.customer_says("Hello", thread="a")).conversation
    second = (await desk.customer_says("Hello", thread="b")).conversation
    await start(desk, first, due_at=now() - MINUTE)
    await start(desk, second, due_at=now())
    fired.failures = 1
    assert await worker(desk.db, fired).sweep() == 1
    assert fired.conversations == [second]
    async with desk.db.read() as session:
        left = await repository.find(session, repository.key_of(KIND, first))
        assert left is not None
        assert (left.failures, left.problem) == (1, "ZeroDivisionError")
        assert await repository.count_late(session, since=now()) == 1
    with time_machine.travel(now() + FIRST_PAUSE):
        await worker(desk.db, fired).sweep()
    assert fired.conversations == [second, first]


async def take_turn(db: Database) -> datetime | None:
    return await db.attempt(
        lambda tx: repository.take_turn(tx.session, "round", at=now(), every=MINUTE)
    )


async def test_regular_work_is_done_by_one_process_in_each_round(
    desk: TestDesk, tmp_path: Path
) -> None:
    processes = [Database(database_of(tmp_path), connections=2) for _ in range(3)]
    try:
        with time_machine.travel(now(), tick=False) as clock:
            began = now()
            for due in (LONG_AGO, began + MINUTE, began + 2 * MINUTE):
                turns = await asyncio.gather(*(take_turn(db) for db in processes))
                assert [turn for turn in turns if turn] == [due]
                assert await take_turn(processes[0]) is None
                clock.shift(MINUTE)
            clock.move_to(began - timedelta(days=1))  # it was ahead, and is set right
            assert await take_turn(processes[0]) == now()
    finally:
        for db in processes:
            await db.close()
