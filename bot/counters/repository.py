"""What is asked of the database about counters."""

from collections.abc import Mapping

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.counters.models import Counter


async def add(session: AsyncSession, counts: Mapping[str, int]) -> None:
    """Adds to the counters, in the order of their names: two processes then never wait for each
    other in a circle."""
    for name, count in sorted(counts.items()):
        known = await session.execute(
            update(Counter)
            .where(Counter.name == name)
            .values(value=Counter.value + count)
            .returning(Counter.name)
        )
        if known.first() is None:
            await session.execute(insert(Counter).values(name=name, value=count))


async def read(session: AsyncSession) -> dict[str, int]:
    """All of them."""
    rows = await session.execute(select(Counter.name, Counter.value))
    return {name: value for name, value in rows}
