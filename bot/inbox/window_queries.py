"""What a window of a transcript asks of the database: by keyset over the messages' numbers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Event, Message, Note, Turn

CHANGES = ("message_edited", "message_withdrawn")
FORGOTTEN = "forgotten"  # the customer: nothing is left of what was said


async def messages_before(
    session: AsyncSession, conversation_id: str, seq: int | None, *, limit: int
) -> list[Message]:
    """The last messages before number `seq` (None: the newest), oldest first."""
    asked = select(Message).where(Message.conversation_id == conversation_id)
    if seq is not None:
        asked = asked.where(Message.seq < seq)
    found = await session.scalars(asked.order_by(Message.seq.desc()).limit(limit))
    return list(found)[::-1]


async def messages_at(
    session: AsyncSession, conversation_id: str, seqs: Collection[int]
) -> Sequence[Message]:
    """The messages with these numbers, oldest first."""
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq.in_(seqs))
        .order_by(Message.seq)
    )
    return found.all()


async def notes_between(
    session: AsyncSession,
    conversation_id: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    skip: int = 0,
) -> Sequence[Note]:
    """The notes of that time without its end, oldest first, but for the first `skip` of them."""
    asked = select(Note).where(Note.conversation_id == conversation_id)
    if since is not None:
        asked = asked.where(Note.created_at >= since)
    if until is not None:
        asked = asked.where(Note.created_at < until)
    found = await session.scalars(asked.order_by(Note.created_at, Note.id).offset(skip))
    return found.all()


async def count_notes(
    session: AsyncSession, conversation_id: str, *, until: datetime | None = None
) -> int:
    """How many notes there are; those that are older than `until`."""
    asked = select(func.count()).where(Note.conversation_id == conversation_id)
    if until is not None:
        asked = asked.where(Note.created_at < until)
    return await session.scalar(asked) or 0


async def seq_at_note(session: AsyncSession, conversation_id: str, note_id: str) -> int | None:
    """The number of the message that the note follows, 0 before all; None: no note of this one."""
    at = await session.scalar(
        select(Note.created_at).where(Note.conversation_id == conversation_id, Note.id == note_id)
    )
    if at is None:
        return None
    seq = await session.scalar(
        select(Message.seq)
        .where(Message.conversation_id == conversation_id, Message.created_at <= at)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return seq or 0


async def asked_seqs(
    session: AsyncSession, conversation_id: str, *, first: int, last: int
) -> frozenset[int]:
    """About which of these messages the bot was asked; both ends count."""
    found = await session.scalars(
        select(Turn.message_seq).where(
            Turn.conversation_id == conversation_id, Turn.message_seq.between(first, last)
        )
    )
    return frozenset(found)


async def last_event(session: AsyncSession, conversation_id: str) -> int:
    """The newest event of the conversation; whoever writes one holds the conversation."""
    found = await session.scalar(
        select(Event.id)
        .where(Event.conversation_id == conversation_id)
        .order_by(Event.id.desc())
        .limit(1)
    )
    return found or 0


async def changed_since(
    session: AsyncSession, conversation_id: str, event: int
) -> tuple[frozenset[int] | None, int]:
    """The messages that their customer changed after that event (None: all of them, and all
    notes), and the newest event."""
    found = await session.execute(
        select(Event.id, Event.kind, Event.details)
        .where(Event.conversation_id == conversation_id, Event.id > event)
        .order_by(Event.id)
    )
    rows = found.all()
    newest = rows[-1].id if rows else event
    # Of what went before it, the details are gone too.
    if any(row.kind == FORGOTTEN for row in rows):
        return None, newest
    return frozenset(int(row.details["seq"]) for row in rows if row.kind in CHANGES), newest


async def messages_between(
    session: AsyncSession, conversation_id: str, *, first: int, last: int
) -> Sequence[Message]:
    """The messages with these numbers, both ends too, oldest first."""
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq.between(first, last))
        .order_by(Message.seq)
    )
    return found.all()
