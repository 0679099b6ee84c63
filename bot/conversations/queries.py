"""What is asked about conversations that a customer has left behind."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Message


async def messages_before(
    session: AsyncSession, conversation_id: str, seq: int, *, limit: int
) -> Sequence[Message]:
    """The last messages before `seq`, oldest first."""
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq < seq)
        .order_by(Message.seq.desc())
        .limit(limit)
    )
    return found.all()[::-1]


async def conversation_before(
    session: AsyncSession, conversation: Conversation
) -> Conversation | None:
    """The one that its thread had before it."""
    return await session.scalar(
        select(Conversation)
        .where(*_before(conversation))
        .order_by(Conversation.created_at.desc())
        .limit(1)
    )


async def has_conversation_before(session: AsyncSession, conversation: Conversation) -> bool:
    """Whether there is one."""
    return bool(await session.scalar(select(exists().where(*_before(conversation)))))


def _before(conversation: Conversation) -> tuple[ColumnElement[bool], ...]:
    return (
        Conversation.channel == conversation.channel,
        Conversation.thread == conversation.thread,
        Conversation.created_at < conversation.created_at,
    )
