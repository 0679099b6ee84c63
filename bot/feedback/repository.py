"""Every question about feedback that is asked of the database."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Turn
from bot.feedback.models import Feedback


async def find_turn(session: AsyncSession, conversation_id: str, seq: int) -> Turn | None:
    """The answered turn that begins with this message."""
    return await session.scalar(
        select(Turn).where(
            Turn.conversation_id == conversation_id,
            Turn.message_seq == seq,
            Turn.answered.is_not(None),
        )
    )


async def answered_before(session: AsyncSession, turn: Turn) -> bool:
    """Whether the conversation had this answer in an earlier turn."""
    earlier = exists().where(
        Turn.conversation_id == turn.conversation_id,
        Turn.answered == turn.answered,
        Turn.id < turn.id,
    )
    return bool(await session.scalar(select(earlier)))


async def feedback_on(session: AsyncSession, conversation_id: str, seq: int) -> Feedback | None:
    """What the customer has said about this answer so far."""
    return await session.scalar(
        select(Feedback).where(Feedback.conversation_id == conversation_id, Feedback.seq == seq)
    )


async def not_helpful(session: AsyncSession, conversation_id: str) -> Sequence[Feedback]:
    """The answers that did not help, oldest first."""
    found = await session.scalars(
        select(Feedback)
        .where(Feedback.conversation_id == conversation_id, Feedback.helpful.is_(False))
        .order_by(Feedback.seq)
    )
    return found.all()
