"""What is asked of the database about the feed."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, literal_column, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import has_row_locks
from bot.feed.models import FeedEntry


async def after(
    session: AsyncSession,
    entry_id: int,
    *,
    limit: int,
    desks: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
) -> Sequence[FeedEntry]:
    """The entries behind this number, in order; None: of all desks, or of all kinds."""
    question = select(FeedEntry).where(FeedEntry.id > entry_id, _has_no_gap_before(session))
    if desks is not None:
        question = question.where(FeedEntry.desk.in_(desks))
    if kinds is not None:
        question = question.where(FeedEntry.kind.in_(kinds))
    return (await session.scalars(question.order_by(FeedEntry.id).limit(limit))).all()


async def last_number(session: AsyncSession) -> int:
    """The newest entry that `after` would give; 0 when there is none."""
    newest = select(func.max(FeedEntry.id)).where(_has_no_gap_before(session))
    return await session.scalar(newest) or 0


async def forget(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Deletes some of the oldest entries; how many."""
    oldest = select(FeedEntry.id).where(FeedEntry.at < before).order_by(FeedEntry.at).limit(limit)
    gone = await session.scalars(
        delete(FeedEntry).where(FeedEntry.id.in_(oldest)).returning(FeedEntry.id)
    )
    return len(gone.all())


def _has_no_gap_before(session: AsyncSession) -> ColumnElement[bool]:
    """Numbers are given before the commit, so on PostgreSQL a smaller one may come in later.

    An entry is shown once every transaction is over that was open when it was written: until
    then whoever remembers its number would never see the smaller ones.
    (PostgreSQL's manual, 9.27.11: transaction ID and snapshot functions.)
    """
    if not has_row_locks(session):
        return true()
    return literal_column(
        "age(feed_entries.xmin) > age((mod(pg_snapshot_xmin(pg_current_snapshot())::text::numeric,"
        " 4294967296))::text::xid)"
    )
