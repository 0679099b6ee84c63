"""One process does the work; another takes over when it ends or dies."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.clock import now
from bot.db import Database
from bot.timers.leases import Leases
from bot.timers.models import Timer
from tests.databases import SQLITE_ONLY
from tests.desk import open_desk

pytestmark = pytest.mark.asyncio


async def begun(db: Database) -> Leases:
    """A process that is at work for a while."""
    made = Leases(db)
    await made.hold("work", seconds=0)
    await made.let_go("work")
    return made


@SQLITE_ONLY
async def test_on_sqlite_whoever_held_it_before_is_gone(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        assert await Leases(desk.db).hold("work", seconds=30)
        assert await Leases(desk.db).hold("work", seconds=30)


async def test_one_holds_it_until_it_lets_go_or_its_time_is_over(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        first, second = await begun(desk.db), await begun(desk.db)
        assert await first.hold("work", seconds=30)
        assert await first.hold("work", seconds=30)
        assert not await second.hold("work", seconds=30)
        await second.let_go("work")  # not its own
        assert not await second.hold("work", seconds=30)
        await first.let_go("work")
        assert await second.hold("work", seconds=30)
        async with desk.db.write() as tx:
            await tx.session.execute(update(Timer).values(due_at=now() - timedelta(seconds=1)))
        assert await first.hold("work", seconds=30)
        assert not await second.hold("work", seconds=30)


async def test_a_lease_by_a_clock_that_was_wrong_is_none(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        first, second = await begun(desk.db), await begun(desk.db)
        assert await first.hold("work", seconds=30)
        async with desk.db.write() as tx:
            await tx.session.execute(update(Timer).values(due_at=now() + timedelta(days=300)))
        assert await second.hold("work", seconds=30)
