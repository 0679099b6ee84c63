"""Every question about conversations that is asked of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, takewhile

from sqlalchemy import bindparam, exists, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.channel import AuthorKind
from bot.conversations.models import Conversation, Customer, Event, Message, Note, Turn
from bot.conversations.state import Status

OPEN_TURN = ("waiting", "asking")
LAST_MESSAGES = 30  # no turn says more


# The two questions of the hot path are built once: building costs more than asking.
_OPEN_TURN_EXISTS = (
    exists()
    .where(Turn.conversation_id == Conversation.id, Turn.status.in_(OPEN_TURN))
    .correlate(Conversation)
)
_ARRIVAL = (
    select(
        Conversation,
        _OPEN_TURN_EXISTS.label("bot_is_busy"),
        exists()
        .where(
            Message.channel == bindparam("channel"),
            Message.external_id == bindparam("external_id"),
        )
        .label("is_known"),
    )
    .where(
        Conversation.channel == bindparam("channel"),
        Conversation.thread == bindparam("thread"),
        Conversation.status != Status.CLOSED,
    )
    .with_for_update(of=Conversation)
)
_LATER_TURN = aliased(Turn)
_TURN_IN_CONVERSATION = (
    select(
        Turn,
        Conversation,
        exists()
        .where(_LATER_TURN.conversation_id == Turn.conversation_id, _LATER_TURN.status == "waiting")
        .correlate(Turn)
        .label("more_waiting"),
    )
    .join(Conversation, Conversation.id == Turn.conversation_id)
    .where(Turn.id == bindparam("turn_id"))
    .with_for_update(of=Conversation)
)
_NEXT_WAITING = (
    select(Turn, Message)
    .join(Message, Message.id == Turn.message_id)
    .where(Turn.conversation_id == bindparam("conversation_id"), Turn.status == "waiting")
    .order_by(Turn.id)
    .limit(1)
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
    """All that receiving a message needs to know; locks the conversation where it can."""
    keys = {"channel": channel, "thread": thread, "external_id": external_id}
    row = (await session.execute(_ARRIVAL, keys)).first()
    if row is not None and not row.is_known:
        return Arrival(row[0], bool(row.bot_is_busy), None)
    return Arrival(
        None if row is None else row[0],
        bot_is_busy=False,
        known=await find_received(session, channel, external_id),
    )


async def lock_turn(session: AsyncSession, turn_id: int) -> tuple[Turn, Conversation, bool] | None:
    """The turn, its conversation (locked where the database can), and whether more turns wait."""
    row = (await session.execute(_TURN_IN_CONVERSATION, {"turn_id": turn_id})).first()
    return None if row is None else (row[0], row[1], bool(row.more_waiting))


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


async def find_customer(session: AsyncSession, channel: str, external_id: str) -> Customer | None:
    """The customer whom this channel knows by this key."""
    return await session.scalar(
        select(Customer).where(Customer.channel == channel, Customer.external_id == external_id)
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
            Conversation.status != Status.CLOSED,
        )
        .with_for_update()
    )


async def lock_conversation(session: AsyncSession, conversation_id: str) -> Conversation | None:
    """The conversation, locked where the database can (SQLite has one writer anyway)."""
    return await session.scalar(
        select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    )


async def newest_conversation(
    session: AsyncSession, channel: str, thread: str
) -> Conversation | None:
    """The thread's last conversation, closed or not."""
    return await session.scalar(
        select(Conversation)
        .where(Conversation.channel == channel, Conversation.thread == thread)
        .order_by(Conversation.created_at.desc())
        .limit(1)
    )


async def next_waiting_turn(
    session: AsyncSession, conversation_id: str
) -> tuple[Turn, Message] | None:
    """The conversation's oldest turn that nobody has asked about yet, with its message."""
    row = (await session.execute(_NEXT_WAITING, {"conversation_id": conversation_id})).first()
    return None if row is None else (row[0], row[1])


async def left_behind_turns(session: AsyncSession, *, at: datetime, limit: int) -> Sequence[Turn]:
    """Open turns whose worker is gone: the lease is over, or nobody ever took them."""
    leased = select(Turn.conversation_id).where(Turn.status == "asking", Turn.leased_until > at)
    found = await session.scalars(
        select(Turn)
        .where(
            Turn.status.in_(OPEN_TURN),
            or_(Turn.leased_until.is_(None), Turn.leased_until <= at),
            Turn.conversation_id.not_in(leased),
        )
        .order_by(Turn.id)
        .limit(limit)
    )
    return found.all()


async def let_go_of_turns(session: AsyncSession, turn_ids: Sequence[int] | None = None) -> None:
    """Nobody holds these turns; none at all, at the start of the only process on a database."""
    whose = Turn.id.in_(turn_ids) if turn_ids is not None else true()
    await session.execute(
        update(Turn).where(Turn.status.in_(OPEN_TURN), whose).values(leased_until=None)
    )


async def drop_open_turns(session: AsyncSession, conversation_id: str, *, at: datetime) -> None:
    """The bot no longer owns the conversation: what it was asked is not its business now."""
    await session.execute(
        update(Turn)
        .where(Turn.conversation_id == conversation_id, Turn.status.in_(OPEN_TURN))
        .values(status="dropped", finished_at=at)
    )


async def message_at(session: AsyncSession, conversation_id: str, seq: int) -> Message | None:
    """The message with this sequence number."""
    return await session.scalar(
        select(Message).where(Message.conversation_id == conversation_id, Message.seq == seq)
    )


async def turn_before(session: AsyncSession, turn: Turn) -> Turn | None:
    """The conversation's turn before this one."""
    return await session.scalar(
        select(Turn)
        .where(Turn.conversation_id == turn.conversation_id, Turn.id < turn.id)
        .order_by(Turn.id.desc())
        .limit(1)
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


async def turns_of(session: AsyncSession, conversation_id: str) -> Sequence[Turn]:
    """All turns of the conversation, oldest first."""
    found = await session.scalars(
        select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.id)
    )
    return found.all()


async def events_of(session: AsyncSession, conversation_id: str) -> Sequence[Event]:
    """The timeline, oldest first."""
    found = await session.scalars(
        select(Event).where(Event.conversation_id == conversation_id).order_by(Event.id)
    )
    return found.all()


async def notes_of(session: AsyncSession, conversation_id: str) -> Sequence[Note]:
    """Internal notes, oldest first. For agents only."""
    found = await session.scalars(
        select(Note).where(Note.conversation_id == conversation_id).order_by(Note.created_at)
    )
    return found.all()


async def conversation_in_thread(
    session: AsyncSession, channel: str, thread: str, conversation_id: str
) -> Conversation | None:
    """The conversation, if it is of this thread: nobody reads someone else's by its id."""
    return await session.scalar(
        select(Conversation).where(
            Conversation.id == conversation_id,
            Conversation.channel == channel,
            Conversation.thread == thread,
        )
    )


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
