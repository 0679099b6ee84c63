"""Every question about conversations that is asked of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, takewhile

from sqlalchemy import bindparam, case, exists, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import AuthorKind
from bot.conversations.models import Conversation, Customer, Message, Note, Span, Turn
from bot.conversations.state import Status
from bot.db import Overtaken, has_row_locks

LAST_MESSAGES = 30  # no turn says more

# Spelled out in the statement, so that both databases see that their partial indexes fit.
IS_OPEN_TURN = Turn.status.in_([literal_column("'waiting'"), literal_column("'asking'")])
_IS_NOT_CLOSED = Conversation.status != literal_column("'closed'")

# The questions of the hot path are built once: building costs more than asking.
_IN_THREAD = (
    Conversation.channel == bindparam("channel"),
    Conversation.thread == bindparam("thread"),
    _IS_NOT_CLOSED,
)
_OPEN_CONVERSATION_ID = select(Conversation.id).where(*_IN_THREAD).with_for_update(key_share=True)
_ARRIVAL = select(
    Conversation,
    exists()
    .where(Turn.conversation_id == Conversation.id, IS_OPEN_TURN)
    .correlate(Conversation)
    .label("bot_is_busy"),
    exists()
    .where(
        Message.channel == bindparam("channel"),
        Message.external_id == bindparam("external_id"),
    )
    .label("is_known"),
).where(*_IN_THREAD)
_SEEN = (
    update(Conversation)
    .where(
        Conversation.id == bindparam("conversation_id"),
        Conversation.channel == bindparam("in_channel"),
        Conversation.thread == bindparam("in_thread"),
    )
    .values(
        seen_seq=case(
            (Conversation.last_seq < bindparam("seq"), Conversation.last_seq),
            (Conversation.seen_seq < bindparam("seq"), bindparam("seq")),
            else_=Conversation.seen_seq,
        )
    )
    .returning(Conversation.id)
)


@dataclass(frozen=True)
class Arrival:
    """What a message meets: its thread's open conversation, and whether it came in before."""

    conversation: Conversation | None
    bot_is_busy: bool
    known: tuple[Message, Conversation] | None


async def lock_arrival(
    session: AsyncSession, channel: str, thread: str, external_id: str
) -> Arrival:
    """All that receiving a message needs to know; locks the conversation where it can.

    Two statements there: while the first one waits for the lock, others write, and only the next
    statement sees it. Raises Overtaken when another process opened the conversation in between.
    """
    keys = {"channel": channel, "thread": thread, "external_id": external_id}
    locks = has_row_locks(session)
    locked = await session.scalar(_OPEN_CONVERSATION_ID, keys) if locks else None
    row = (await session.execute(_ARRIVAL, keys)).first()
    if locks and row is not None and row[0].id != locked:
        raise Overtaken
    if row is not None and not row.is_known:
        return Arrival(row[0], bool(row.bot_is_busy), None)
    return Arrival(
        None if row is None else row[0],
        bot_is_busy=False,
        known=await find_received(session, channel, external_id),
    )


async def find_received(
    session: AsyncSession, channel: str, external_id: str
) -> tuple[Message, Conversation] | None:
    """The message that already came in under this key, with its conversation."""
    found = await session.execute(
        select(Message, Conversation)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.channel == channel, Message.external_id == external_id)
    )
    row = found.first()
    return None if row is None else (row[0], row[1])


async def lock_received(
    session: AsyncSession, channel: str, external_id: str
) -> tuple[Message, Conversation] | None:
    """The same, with the conversation locked where the database can."""
    conversation = await session.scalar(
        select(Conversation)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.channel == channel, Message.external_id == external_id)
        .with_for_update(of=Conversation, key_share=True)
    )
    # Only now, with the lock: another edit may have come first.
    found = await find_received(session, channel, external_id)
    return None if conversation is None else found


async def says_anything(session: AsyncSession, conversation_id: str) -> bool:
    """Whether a message of the customer is left that they did not take back."""
    left = select(Message.id).where(
        Message.conversation_id == conversation_id,
        Message.author_kind == AuthorKind.CUSTOMER,
        Message.withdrawn_at.is_(None),
    )
    return await session.scalar(left.limit(1)) is not None


async def wrote_after(session: AsyncSession, conversation_id: str, seq: int) -> bool:
    """Whether the customer said something after that message."""
    found = await session.scalar(
        select(Message.id)
        .where(
            Message.conversation_id == conversation_id,
            Message.seq > seq,
            Message.author_kind == AuthorKind.CUSTOMER,
        )
        .limit(1)
    )
    return found is not None


async def find_customer(session: AsyncSession, channel: str, external_id: str) -> Customer | None:
    """The customer whom this channel knows by this key; who joins them elsewhere waits for us."""
    return await session.scalar(
        select(Customer)
        .where(Customer.channel == channel, Customer.external_id == external_id)
        .with_for_update(read=True)
    )


async def lock_open_conversation(
    session: AsyncSession, channel: str, thread: str
) -> Conversation | None:
    """The thread's conversation that is not closed, locked where the database can."""
    return await session.scalar(
        select(Conversation)
        .where(
            Conversation.channel == channel,
            Conversation.thread == thread,
            _IS_NOT_CLOSED,
        )
        .with_for_update(key_share=True)
    )


async def lock_conversation(session: AsyncSession, conversation_id: str) -> Conversation | None:
    """The conversation, locked where the database can (SQLite has one writer anyway)."""
    return await session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update(key_share=True)
    )


async def newest_conversation(
    session: AsyncSession, channel: str, thread: str
) -> Conversation | None:
    """The thread's open conversation, else the last one."""
    return await session.scalar(
        select(Conversation)
        .where(Conversation.channel == channel, Conversation.thread == thread)
        # Who logs in may bring a newer one that is over (bot/identity/service.py).
        .order_by(Conversation.status == Status.CLOSED, Conversation.created_at.desc())
        .limit(1)
    )


async def drop_open_turns(session: AsyncSession, conversation_id: str, *, at: datetime) -> None:
    """The bot no longer owns the conversation: what it was asked is not its business now."""
    await session.execute(
        update(Turn)
        .where(Turn.conversation_id == conversation_id, IS_OPEN_TURN)
        .values(status="dropped", finished_at=at)
        # A turn that this transaction has finished already keeps how it ended.
        .execution_options(synchronize_session=False)
    )


async def end_span(session: AsyncSession, conversation_id: str, *, at: datetime) -> None:
    """The running span of the conversation is over."""
    await session.execute(
        update(Span)
        .where(Span.conversation_id == conversation_id, Span.ended_at.is_(None))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )


async def keep_span(
    session: AsyncSession, conversation: Conversation, kind: str, *, at: datetime
) -> None:
    """A span begins. Written at once: the same transaction may end it."""
    await session.execute(
        insert(Span).values(
            conversation_id=conversation.id,
            kind=kind,
            desk=conversation.desk,
            agent_id=conversation.agent_id,
            began_at=at,
        )
    )


async def spans_of(session: AsyncSession, conversation_id: str) -> Sequence[Span]:
    """On whom the conversation waited, oldest first."""
    found = await session.scalars(
        select(Span).where(Span.conversation_id == conversation_id).order_by(Span.id)
    )
    return found.all()


async def message_at(session: AsyncSession, conversation_id: str, seq: int) -> Message | None:
    """The message with this sequence number."""
    return await session.scalar(
        select(Message).where(Message.conversation_id == conversation_id, Message.seq == seq)
    )


async def last_bot_messages(
    session: AsyncSession, conversation_id: str, *, before: int
) -> list[Message]:
    """What the bot said in its last turn before message number `before`, oldest first."""
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq < before)
        .order_by(Message.seq.desc())
        .limit(LAST_MESSAGES)
    )
    earlier = dropwhile(lambda message: message.author_kind != AuthorKind.BOT, found)
    turn = takewhile(lambda message: message.author_kind == AuthorKind.BOT, earlier)
    return list(turn)[::-1]


async def messages_after(
    session: AsyncSession, conversation_id: str, seq: int, *, limit: int | None = None
) -> Sequence[Message]:
    """Messages after `seq`, oldest first."""
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq > seq)
        .order_by(Message.seq)
        .limit(limit)
    )
    return found.all()


async def notes_of(session: AsyncSession, conversation_id: str) -> Sequence[Note]:
    """Internal notes, oldest first. For agents only."""
    found = await session.scalars(
        select(Note).where(Note.conversation_id == conversation_id).order_by(Note.created_at)
    )
    return found.all()


async def conversation_in_thread(
    session: AsyncSession, channel: str, thread: str, conversation_id: str, *, lock: bool = False
) -> Conversation | None:
    """The conversation, if it is of this thread: nobody reads someone else's by its id."""
    wanted = select(Conversation).where(
        Conversation.id == conversation_id,
        Conversation.channel == channel,
        Conversation.thread == thread,
    )
    return await session.scalar(wanted.with_for_update(key_share=True) if lock else wanted)


async def keep_seen(
    session: AsyncSession, channel: str, thread: str, conversation_id: str, seq: int
) -> bool:
    """The customer has seen everything up to `seq`; False when it is not of this thread."""
    found = await session.scalar(
        _SEEN,
        {
            "conversation_id": conversation_id,
            "in_channel": channel,
            "in_thread": thread,
            "seq": seq,
        },
        execution_options={"synchronize_session": False},
    )
    return found is not None


async def messages_with_conversations(
    session: AsyncSession, message_ids: Sequence[str]
) -> list[tuple[Message, Conversation]]:
    """These messages, each with its conversation."""
    found = await session.execute(
        select(Message, Conversation)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.id.in_(message_ids))
    )
    return [(message, conversation) for message, conversation in found]
