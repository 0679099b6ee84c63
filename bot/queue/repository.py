"""What is asked of the database about queues; each question goes by an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation
from bot.conversations.state import Status
from bot.queue.estimate import MOST_WAITS, Wait
from bot.queue.models import QueueWait

# Whoever stands behind so many is told nothing but that they wait.
LONGEST_QUEUE = 2000


@dataclass(frozen=True)
class Queued:
    """A conversation that waits for an agent."""

    conversation: str
    channel: str
    thread: str
    since: datetime | None  # in this queue, however long they have waited in all


async def queue_of(session: AsyncSession, desk: str) -> Sequence[Queued]:
    """Those who wait at the desk: the more urgent first, then whoever waits longest."""
    rows = await session.execute(
        select(Conversation.id, Conversation.channel, Conversation.thread, Conversation.span_since)
        .where(Conversation.status == Status.QUEUED, Conversation.desk == desk)
        .order_by(Conversation.priority.desc(), Conversation.queued_at, Conversation.id)
        .limit(LONGEST_QUEUE)
    )
    return [Queued(*row) for row in rows]


async def last_waits(session: AsyncSession, desk: str, *, since: datetime) -> Sequence[Wait]:
    """The newest customers who were taken from the desk's queue."""
    rows = await session.execute(
        select(QueueWait.queued_at, QueueWait.taken_at, QueueWait.open_seconds)
        .where(QueueWait.desk == desk, QueueWait.taken_at > since)
        .order_by(QueueWait.taken_at.desc())
        .limit(MOST_WAITS)
    )
    return [Wait(*row) for row in rows]


def keep_wait(
    session: AsyncSession,
    conversation: Conversation,
    *,
    queued_at: datetime,
    taken_at: datetime,
    open_seconds: float,
) -> None:
    """An agent took a conversation that was queued until now."""
    session.add(
        QueueWait(
            conversation_id=conversation.id,
            desk=conversation.desk,
            queued_at=queued_at,
            taken_at=taken_at,
            open_seconds=open_seconds,
        )
    )
