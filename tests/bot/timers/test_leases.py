"""One process does the work; another takes over when it ends or dies."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.clock import now
from bot.timers.leases import Leases
from bot.timers.models import Timer
from tests.desk import open_desk

pytestmark = pytest.mark.asyncio


async def test_one_holds_it_until_it_lets_go_or_its_time_is_over(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        first, second = Leases(desk.db), Leases(desk.db)
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
        first, second = Leases(desk.db), Leases(desk.db)
        assert await first.hold("work", seconds=30)
        async with desk.db.write() as tx:
            await tx.session.execute(update(Timer).values(due_at=now() + timedelta(days=300)))
        assert await second.hold("work", seconds=30)
