"""What is asked of a table of things to be sent (`OnItsWay`)."""

from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.mail.models import OnItsWay

Row = TypeVar("Row", bound=OnItsWay)


async def anything_due(session: AsyncSession, rows: type[Row], *, at: datetime) -> bool:
    """Whether there may be something to send; asks without a lock."""
    # Spelled out in the statement, so that both databases see that their partial index fits.
    waits = rows.status == literal_column("'waiting'")
    return (
        await session.scalar(select(rows.id).where(waits, rows.due_at <= at).limit(1)) is not None
    )


async def take_due(
    session: AsyncSession, rows: type[Row], *, at: datetime, lease_until: datetime
) -> Row | None:
    """The row that waits longest, held until then: no other process takes it meanwhile."""
    waits = rows.status == literal_column("'waiting'")
    found = await session.scalar(
        select(rows)
        .where(waits, rows.due_at <= at)
        .order_by(rows.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if found is not None:
        found.due_at = lease_until
        found.attempts += 1
    return found


async def find(session: AsyncSession, rows: type[Row], row_id: str) -> Row | None:
    """The row, for this transaction alone; None once it was removed."""
    return await session.scalar(select(rows).where(rows.id == row_id).with_for_update())


async def remove_old(session: AsyncSession, rows: type[Row], *, before: datetime) -> None:
    """Takes away what was over by then."""
    await session.execute(delete(rows).where(rows.finished_at < before))
