"""Every question about transcripts that is asked of the database."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Customer
from bot.transcript.models import TranscriptMail


async def lock_customer(session: AsyncSession, customer_id: str) -> None:
    """Two wishes of one customer are counted one after the other."""
    await session.execute(select(Customer.id).where(Customer.id == customer_id).with_for_update())


async def find_wish(session: AsyncSession, key: str) -> TranscriptMail | None:
    """The wish that already came in under this key."""
    return await session.scalar(select(TranscriptMail).where(TranscriptMail.key == key))


async def count_of_customer(session: AsyncSession, customer_id: str, *, since: datetime) -> int:
    """How many copies this customer asked for."""
    found = select(func.count()).where(
        TranscriptMail.customer_id == customer_id, TranscriptMail.created_at > since
    )
    return await session.scalar(found) or 0


async def count_to_address(session: AsyncSession, digest: str, *, since: datetime) -> int:
    """How many copies this address was to get, whoever asked."""
    found = select(func.count()).where(
        TranscriptMail.digest == digest, TranscriptMail.created_at > since
    )
    return await session.scalar(found) or 0


async def count_all(session: AsyncSession, *, since: datetime) -> int:
    """How many copies everyone asked for."""
    found = select(func.count()).where(TranscriptMail.created_at > since)
    return await session.scalar(found) or 0
