"""Every question about files that is asked of the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments.models import StoredFile


async def find_upload(
    session: AsyncSession, channel: str, owner: str, key: str
) -> StoredFile | None:
    """What this sender has uploaded under this key."""
    return await session.scalar(
        select(StoredFile).where(
            StoredFile.channel == channel, StoredFile.owner == owner, StoredFile.key == key
        )
    )


async def count_unused(session: AsyncSession, channel: str, owner: str) -> int:
    """How many files of this sender wait for a message."""
    found = await session.scalar(
        select(func.count()).where(
            StoredFile.channel == channel,
            StoredFile.owner == owner,
            StoredFile.message_id.is_(None),
        )
    )
    return found or 0


async def find_unused(
    session: AsyncSession, channel: str, owner: str, ids: Sequence[str]
) -> dict[str, StoredFile]:
    """As `lock_unused`, for whoever only wants to show them."""
    found = await session.scalars(
        select(StoredFile).where(
            StoredFile.id.in_(ids),
            StoredFile.channel == channel,
            StoredFile.owner == owner,
            StoredFile.message_id.is_(None),
        )
    )
    return {file.id: file for file in found}


async def lock_unused(
    session: AsyncSession, channel: str, owner: str, ids: Sequence[str]
) -> dict[str, StoredFile]:
    """Those of the sender's files that no message has taken, by id, for this transaction alone."""
    found = await session.scalars(
        select(StoredFile)
        .where(
            StoredFile.id.in_(ids),
            StoredFile.channel == channel,
            StoredFile.owner == owner,
            StoredFile.message_id.is_(None),
        )
        .order_by(StoredFile.id)
        .with_for_update()
    )
    return {file.id: file for file in found}


async def find_sent(session: AsyncSession, secret: str) -> StoredFile | None:
    """The file behind an address; an upload that nobody has sent has none."""
    return await session.scalar(
        select(StoredFile).where(StoredFile.secret == secret, StoredFile.message_id.is_not(None))
    )


async def lock_expired(
    session: AsyncSession, *, before: datetime, limit: int
) -> Sequence[StoredFile]:
    """Uploads that no message took in all that time."""
    found = await session.scalars(
        select(StoredFile)
        .where(StoredFile.message_id.is_(None), StoredFile.created_at < before)
        .order_by(StoredFile.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return found.all()


async def forget(session: AsyncSession, ids: Sequence[str]) -> None:
    """Their rows are gone."""
    await session.execute(delete(StoredFile).where(StoredFile.id.in_(ids)))


async def hand_over(session: AsyncSession, channel: str, *, before: str, after: str) -> None:
    """The sender is known as somebody else now, and keeps the files."""
    await session.execute(
        update(StoredFile)
        .where(StoredFile.channel == channel, StoredFile.owner == before)
        .values(owner=after)
        .execution_options(synchronize_session=False)
    )
