"""Rows as a test invents them, without turns and timers: a desk would mend them meanwhile."""

import asyncio
from datetime import datetime

from bot.assembly import Parts
from bot.timers import repository as timers
from bot.upkeep.signs import CHECK


async def mends_nothing(parts: Parts) -> None:
    """From now on this desk leaves alone what nobody looks after, and does not ask for it."""

    async def leave(*, since: datetime) -> tuple[int, int]:
        return 0, 0

    for _ in range(1000):  # the look that a desk begins with
        async with parts.db.read() as session:
            row = await timers.find(session, CHECK)
        if row is not None and row.details:
            parts.upkeep.check = leave  # type: ignore[method-assign]
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the desk has not looked after its conversations")
