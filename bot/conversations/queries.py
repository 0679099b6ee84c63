"""What is asked about conversations that a customer has left behind."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import AuthorKind
from bot.conversations.models import Conversation, Message, Turn


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


async def turn_finished_before(session: AsyncSession, message: Message) -> Turn | None:
    """The turn that ended last before this message was written: the one that it belongs to, for
    turns of a conversation end one after the other, and their words follow in the same moment."""
    return await session.scalar(
        select(Turn)
        .where(
            Turn.conversation_id == message.conversation_id,
            Turn.finished_at <= message.created_at,
            Turn.message_seq < message.seq,
        )
        .order_by(Turn.finished_at.desc(), Turn.id.desc())
        .limit(1)
    )


async def customers_last(
    session: AsyncSession, conversation_id: str, *, before: int
) -> Message | None:
    """What the customer said last before message number `before`."""
    return await session.scalar(_customers(conversation_id, after=0, before=before))


async def customers_last_without_turn(
    session: AsyncSession, conversation_id: str, *, after: int, before: int
) -> Message | None:
    """The same, of what the engine was never asked about: presses of the desk's buttons, files."""
    has_turn = exists().where(Turn.message_id == Message.id)
    wanted = _customers(conversation_id, after=after, before=before).where(~has_turn)
    return await session.scalar(wanted)


def _customers(conversation_id: str, *, after: int, before: int) -> Select[Message]:
    return (
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author_kind == AuthorKind.CUSTOMER,
            Message.seq > after,
            Message.seq < before,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )


async def ends(
    session: AsyncSession, channel: str, threads: Collection[str], ids: Collection[str]
) -> Sequence[tuple[str, str, int]]:
    """Thread, id and last message of the threads' open conversations and of these, oldest first."""
    # Spelled out in the statement, so that both databases see that their partial index fits.
    is_open = Conversation.status != literal_column("'closed'")
    rows = await session.execute(
        select(Conversation.thread, Conversation.id, Conversation.last_seq)
        .where(
            or_(
                and_(Conversation.channel == channel, Conversation.thread.in_(threads), is_open),
                Conversation.id.in_(ids),
            )
        )
        .order_by(Conversation.created_at)
    )
    return [(thread, conversation, seq) for thread, conversation, seq in rows]
