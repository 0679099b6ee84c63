"""Claims on turns: who asks the engine about what, for how long, and what was left behind.

A conversation is claimed as a whole, by its row: so one worker has it at a time, and whoever
writes in it (always under the same lock) never waits for a worker who waits for them.
"""

from collections.abc import Collection
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Select, Update, and_, case, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Message, Turn
from bot.conversations.repository import IS_OPEN_TURN

# A turn and its attempt: whoever was given a turn anew makes what came before void.
Held = tuple[int, int]


async def anything_left_behind(session: AsyncSession, *, at: datetime, farthest: datetime) -> bool:
    """Whether a claim would find something; asks without a lock."""
    return await session.scalar(_left_behind(at, farthest).limit(1)) is not None


async def open_turn_of(session: AsyncSession, message_id: str) -> Turn | None:
    """The turn of this message that is not answered yet; the caller holds the conversation."""
    return await session.scalar(select(Turn).where(Turn.message_id == message_id, IS_OPEN_TURN))


async def has_open_turn(session: AsyncSession, conversation_id: str) -> bool:
    """Whether the bot has yet to answer something there; the caller holds the conversation."""
    turns = select(Turn.id).where(Turn.conversation_id == conversation_id, IS_OPEN_TURN)
    return await session.scalar(turns.limit(1)) is not None


async def count_waiting(session: AsyncSession, *, up_to: int) -> int:
    """How many turns nobody has asked about yet, counted up to this."""
    waiting = select(Turn.id).where(IS_OPEN_TURN, Turn.status == "waiting").limit(up_to).subquery()
    return await session.scalar(select(func.count()).select_from(waiting)) or 0


async def claim_left_behind(
    session: AsyncSession, *, at: datetime, farthest: datetime, limit: int
) -> list[tuple[Turn, Message, Conversation]]:
    """The next turn of conversations that nobody works on, oldest first.

    They are locked until the transaction ends; those that another process claims now are skipped.
    A lease beyond `farthest` is none: whoever took it had a clock that was wrong.
    """
    oldest = _left_behind(at, farthest).subquery()
    claimed = await session.scalars(
        select(Conversation)
        .join(oldest, oldest.c.conversation_id == Conversation.id)
        .order_by(oldest.c.first)
        .limit(limit)
        .with_for_update(of=Conversation, key_share=True, skip_locked=True)
    )
    conversations = {conversation.id: conversation for conversation in claimed}
    # Only now, with the locks: what was asked first may have been taken in between.
    open_turns = await session.execute(
        select(Turn, Message)
        .join(Message, Message.id == Turn.message_id)
        .where(Turn.conversation_id.in_(conversations), IS_OPEN_TURN)
        .order_by(Turn.conversation_id, Turn.id)
    )
    found = []
    for conversation_id, rows in groupby(open_turns, lambda row: row[0].conversation_id):
        turns = [(turn, message) for turn, message in rows]
        leases = [turn.leased_until for turn, _ in turns if turn.leased_until is not None]
        if not any(at < until <= farthest for until in leases):
            found.append((*turns[0], conversations[conversation_id]))
    return sorted(found, key=lambda claim: claim[0].id)


async def extend_leases(session: AsyncSession, held: Collection[Held], *, until: datetime) -> None:
    """The work goes on; what another process has taken over stays theirs."""
    await session.execute(_change(_are(held)).values(leased_until=until))


async def let_go(session: AsyncSession, held: Collection[Held]) -> None:
    """This process stops: another one may ask at once."""
    await session.execute(_change(_are(held)).values(status="waiting", leased_until=None))


async def let_go_of_all(session: AsyncSession) -> None:
    """Nobody holds any turn: for a database that only one process works on, at its start."""
    await session.execute(_change(IS_OPEN_TURN).values(leased_until=None))


def _left_behind(at: datetime, farthest: datetime) -> Select[str, int]:
    """(conversation, its oldest open turn) where no lease holds, or nobody ever took them."""
    # NULL is neither: nobody has ever taken it.
    leased = case((and_(Turn.leased_until > at, Turn.leased_until <= farthest), 1), else_=0)
    return (
        select(Turn.conversation_id, func.min(Turn.id).label("first"))
        .where(IS_OPEN_TURN)
        .group_by(Turn.conversation_id)
        .having(func.max(leased) == 0)
    )


def _change(which: ColumnElement[bool]) -> Update:
    return update(Turn).where(which).execution_options(synchronize_session=False)


def _are(held: Collection[Held]) -> ColumnElement[bool]:
    return and_(Turn.status == "asking", tuple_(Turn.id, Turn.attempts).in_(list(held)))
