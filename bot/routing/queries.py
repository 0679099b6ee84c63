"""What recording an answer asks of the database about its turn, and the one that follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.conversations.models import Conversation, Message, Turn
from bot.db import has_row_locks

# The questions of the hot path are built once: building costs more than asking.
_LATER_TURN = aliased(Turn)
_TURN_BEFORE = aliased(Turn)
_ID_BEFORE = aliased(Turn)
_CONVERSATION_ID_OF_TURN = (
    select(Conversation.id)
    .join(Turn, Turn.conversation_id == Conversation.id)
    .where(Turn.id == bindparam("turn_id"))
    .with_for_update(of=Conversation, key_share=True)
)
_TURN_IN_CONVERSATION = (
    select(
        Turn,
        Conversation,
        exists()
        .where(
            _LATER_TURN.conversation_id == Turn.conversation_id,
            _LATER_TURN.status == literal_column("'waiting'"),
        )
        .correlate(Turn)
        .label("more_waiting"),
        _TURN_BEFORE.intent.label("intent_before"),
        _TURN_BEFORE.answered.label("answered_before"),
        _TURN_BEFORE.slots.label("slots_before"),
    )
    .join(Conversation, Conversation.id == Turn.conversation_id)
    .outerjoin(
        _TURN_BEFORE,
        _TURN_BEFORE.id
        == select(func.max(_ID_BEFORE.id))
        .where(_ID_BEFORE.conversation_id == Turn.conversation_id, _ID_BEFORE.id < Turn.id)
        .correlate(Turn)
        .scalar_subquery(),
    )
    .where(Turn.id == bindparam("turn_id"))
)
_NEXT_WAITING = (
    select(Turn, Message)
    .join(Message, Message.id == Turn.message_id)
    .where(
        Turn.conversation_id == bindparam("conversation_id"),
        Turn.status == literal_column("'waiting'"),
    )
    .order_by(Turn.id)
    .limit(1)
)


@dataclass(frozen=True)
class TurnBefore:
    """What a turn was about."""

    intent: str | None
    answered: str | None
    slots: Mapping[str, Any]


@dataclass(frozen=True)
class LockedTurn:
    """A turn with all that recording its answer needs to know."""

    turn: Turn
    conversation: Conversation
    before: TurnBefore  # the conversation's turn before this one; all empty when there is none
    more_waiting: bool


async def lock_turn(session: AsyncSession, turn_id: int) -> LockedTurn | None:
    """The turn and its conversation, locked where the database can."""
    if has_row_locks(session):
        await session.execute(_CONVERSATION_ID_OF_TURN, {"turn_id": turn_id})
    row = (await session.execute(_TURN_IN_CONVERSATION, {"turn_id": turn_id})).first()
    if row is None:
        return None
    before = TurnBefore(row.intent_before, row.answered_before, row.slots_before or {})
    return LockedTurn(row[0], row[1], before, bool(row.more_waiting))


async def next_waiting_turn(
    session: AsyncSession, conversation_id: str
) -> tuple[Turn, Message] | None:
    """The conversation's oldest turn that nobody has asked about yet, with its message."""
    row = (await session.execute(_NEXT_WAITING, {"conversation_id": conversation_id})).first()
    return None if row is None else (row[0], row[1])
