"""What is asked about conversations that a customer has left behind."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

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


def _customers(words: type[Message]) -> tuple[ColumnElement[bool], ...]:
    """What the customer said before the message that is looked at, in the same conversation."""
    return (
        words.conversation_id == Message.conversation_id,
        words.author_kind == literal_column("'customer'"),
        words.seq < Message.seq,
    )


# Asked for each message that leaves by a channel that quotes, so one question, built once. The turn
# that a message belongs to is the one that ended last before it was written: turns of a
# conversation end one after the other, and their words follow in the same moment.
_EARLIER = aliased(Turn)
_ASKED, _BESIDE, _BEFORE = aliased(Message), aliased(Message), aliased(Message)
_AFTER = aliased(Message)
_WHAT_IT_ANSWERS = (
    select(
        Message.author_kind,
        Message.text,
        Message.attachments,
        Message.cards,
        Turn.id.label("turn"),
        Turn.answered,
        Turn.slots,
        Turn.entities,
        Turn.intent,
        Turn.status,
        exists()
        .where(
            _AFTER.conversation_id == Message.conversation_id,
            _AFTER.seq == Message.seq + 1,
            _AFTER.author_kind == literal_column("'bot'"),
        )
        .label("is_followed"),
        select(_ASKED.external_id)
        .where(_ASKED.conversation_id == Message.conversation_id, _ASKED.seq == Turn.message_seq)
        .scalar_subquery()
        .label("asked"),
        # What the engine was never asked about: presses of the desk's buttons, files.
        select(_BESIDE.external_id)
        .where(
            *_customers(_BESIDE),
            _BESIDE.seq > func.coalesce(Turn.message_seq, 0),
            ~exists().where(_EARLIER.message_id == _BESIDE.id),
        )
        .order_by(_BESIDE.seq.desc())
        .limit(1)
        .scalar_subquery()
        .label("beside"),
        select(_BEFORE.external_id)
        .where(*_customers(_BEFORE), _BEFORE.seq == Message.seq - 1)
        .scalar_subquery()
        .label("just_before"),
    )
    .join(Conversation, Conversation.id == Message.conversation_id)
    .outerjoin(
        Turn,
        Turn.id
        == select(_EARLIER.id)
        .where(
            _EARLIER.conversation_id == Message.conversation_id,
            _EARLIER.finished_at <= Message.created_at,
            _EARLIER.message_seq < Message.seq,
        )
        .order_by(_EARLIER.finished_at.desc(), _EARLIER.id.desc())
        .limit(1)
        .correlate(Message)
        .scalar_subquery(),
    )
    .where(
        Message.conversation_id == bindparam("conversation_id"),
        Message.seq == bindparam("seq"),
        Conversation.channel == bindparam("in_channel"),
        Conversation.thread == bindparam("in_thread"),
    )
)


async def what_it_answers(
    session: AsyncSession, channel: str, thread: str, conversation_id: str, seq: int
) -> "AnsweringRow | None":
    """The message, its turn, and the keys of what the customer said before it."""
    keys = {"in_channel": channel, "in_thread": thread}
    row = (
        await session.execute(
            _WHAT_IT_ANSWERS, {**keys, "conversation_id": conversation_id, "seq": seq}
        )
    ).first()
    return None if row is None else AnsweringRow(*row)


@dataclass(frozen=True)
class AnsweringRow:
    """A message as `bot.channel.AnswerDesk` looks at it. `asked`, `beside` and `just_before` are
    the channel's keys of what its turn was about, of what came after that without a turn, and of
    the customer's message right before it."""

    author_kind: str
    text: str
    # `Any`: as the columns of `Message` and `Turn`.
    attachments: list[dict[str, Any]] | None
    cards: list[dict[str, Any]] | None
    turn: int | None
    answered: str | None
    slots: dict[str, Any] | None
    entities: list[dict[str, Any]] | None
    intent: str | None
    status: str | None
    is_followed: bool  # by more words of the bot
    asked: str | None
    beside: str | None
    just_before: str | None


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


async def threads_at(
    session: AsyncSession, channel: str, statuses: Collection[str], *, most: int
) -> dict[str, str]:
    """The channel's threads whose conversation stands there, the newest first, with its id."""
    rows = await session.execute(
        select(Conversation.thread, Conversation.id)
        .where(Conversation.status.in_(statuses), Conversation.channel == channel)
        .order_by(Conversation.created_at.desc())
        .limit(most)
    )
    return {thread: conversation for thread, conversation in rows}
