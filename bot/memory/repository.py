"""Every question about what channels remember."""

from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import has_row_locks
from bot.memory.models import Memory

MOST_AT_ONCE = 100


async def value_of(session: AsyncSession, channel: str, key: str, *, at: datetime) -> str | None:
    """What is kept there and not over."""
    return await session.scalar(
        select(Memory.value).where(
            Memory.channel == channel,
            Memory.key == key,
            or_(Memory.until.is_(None), Memory.until > at),
        )
    )


async def starting(
    session: AsyncSession, channel: str, prefix: str, *, at: datetime
) -> dict[str, str]:
    """What is kept under keys that begin so, and is not over."""
    rows = await session.execute(
        select(Memory.key, Memory.value)
        .where(
            Memory.channel == channel,
            Memory.key.startswith(prefix, autoescape=True),
            or_(Memory.until.is_(None), Memory.until > at),
        )
        .order_by(Memory.key)
        .limit(MOST_AT_ONCE)
    )
    return {key: value for key, value in rows}


async def put(
    session: AsyncSession,
    channel: str,
    key: str,
    value: str,
    *,
    at: datetime,
    until: datetime | None,
    only_first: bool,
) -> bool:
    """Keeps it; `only_first`: unless something is there that is not over. Whether it did."""
    row = {"channel": channel, "key": key, "value": value, "until": until, "at": at}
    dialect = postgresql if has_row_locks(session) else sqlite
    wish = dialect.insert(Memory).values(row)
    wish = wish.on_conflict_do_update(
        index_elements=["channel", "key"],
        set_={"value": value, "until": until, "at": at},
        where=(Memory.until <= at) if only_first else None,
    )
    return await session.scalar(wish.returning(Memory.key)) is not None


async def drop(session: AsyncSession, channel: str, key: str) -> None:
    """Nothing is kept there any more."""
    await session.execute(delete(Memory).where(Memory.channel == channel, Memory.key == key))


async def drop_old(session: AsyncSession, *, at: datetime) -> None:
    """Forgets what is over."""
    await session.execute(delete(Memory).where(Memory.until <= at))


async def count(session: AsyncSession) -> int:
    """How much is kept."""
    return await session.scalar(select(func.count()).select_from(Memory)) or 0
