"""Every question of the digest that is asked of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import AuthorKind
from bot.conversations.models import Conversation, Message, Turn
from bot.conversations.state import OWNER, Closing, Owner, Status
from bot.handoff.packet import META_INTENTS
from bot.survey.models import Survey
from bot.timers.models import Timer

AGENTS = [status for status in Status if OWNER[status] is Owner.AGENT]
NO_REQUESTS = (Closing.SPAM.value, Closing.NO_REQUEST.value)
KIND = "digest"


@dataclass(frozen=True)
class Due:
    """A digest to tell: when it was due, and whether somebody has begun to tell it already."""

    due_at: datetime
    is_in_doubt: bool


async def count(session: AsyncSession, *where: ColumnElement[bool]) -> int:
    """How many conversations."""
    found = select(func.count()).select_from(Conversation).where(*where)
    return await session.scalar(found) or 0


def opened(desk: str, since: datetime, until: datetime) -> ColumnElement[bool]:
    """Real requests that began then."""
    return and_(
        Conversation.desk == desk,
        Conversation.created_at >= since,
        Conversation.created_at < until,
        or_(Conversation.closed_as.is_(None), Conversation.closed_as.not_in(NO_REQUESTS)),
    )


def by_bot_alone() -> ColumnElement[bool]:
    """No person was needed."""
    return and_(
        Conversation.handoff_reason.is_(None),
        Conversation.status.in_([Status.BOT, Status.CLOSED]),
        ~exists().where(
            Message.conversation_id == Conversation.id, Message.author_kind == AuthorKind.AGENT
        ),
    )


def waits_for_customer() -> ColumnElement[bool]:
    """The last word is not the customer's."""
    return and_(
        Conversation.status.in_(AGENTS),
        exists().where(
            Message.conversation_id == Conversation.id,
            Message.seq == Conversation.last_seq,
            Message.author_kind != AuthorKind.CUSTOMER,
        ),
    )


async def oldest_waiting(session: AsyncSession, desk: str) -> datetime | None:
    """Since when the first of the queue waits."""
    return await session.scalar(
        select(func.min(Conversation.queued_at)).where(
            Conversation.desk == desk, Conversation.status == Status.QUEUED
        )
    )


async def topics(
    session: AsyncSession, desk: str, since: datetime, until: datetime, *, limit: int
) -> Sequence[tuple[str, int]]:
    """What was asked about most: in how many conversations each."""
    asked = func.count(Turn.conversation_id.distinct())
    rows = await session.execute(
        select(Turn.intent, asked)
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .where(
            opened(desk, since, until), Turn.intent.is_not(None), Turn.intent.not_in(META_INTENTS)
        )
        .group_by(Turn.intent)
        .order_by(asked.desc(), Turn.intent)
        .limit(limit)
    )
    return [(str(intent), number) for intent, number in rows]


async def scores(session: AsyncSession, desk: str, since: datetime, until: datetime) -> list[int]:
    """What customers said."""
    rows = await session.execute(
        select(Survey.bot_score, Survey.human_score)
        .join(Conversation, Conversation.id == Survey.conversation_id)
        .where(Conversation.desk == desk, Survey.at >= since, Survey.at < until)
    )
    return [score for row in rows for score in row if score is not None]


async def hold(
    session: AsyncSession, desk: str, *, holder: str, at: datetime, until: datetime, first: datetime
) -> Due | None:
    """The desk's turn, if it is due and nobody else is at it; the first time ever only sets the
    clock to `first`."""
    row = await _locked(session, desk, skip=True)
    if row is None:
        key = key_of(desk)
        if await session.scalar(select(Timer.key).where(Timer.key == key)) is None:
            session.add(Timer(key=key, kind=KIND, due_at=first))
        return None
    if row.due_at > first:  # a clock that was ahead, and was set right again
        row.due_at = first
    held_until = row.details.get("held_until")
    if row.due_at > at or (held_until is not None and datetime.fromisoformat(held_until) > at):
        return None
    in_doubt = bool(row.details.get("in_doubt"))
    row.details = {"holder": holder, "held_until": until.isoformat(), "in_doubt": True}
    return Due(row.due_at, in_doubt)


async def settle(session: AsyncSession, desk: str, *, holder: str, following: datetime) -> None:
    """Told; the next one is due then. Nothing happens when another process has taken over."""
    row = await _locked(session, desk)
    if row is not None and row.details.get("holder") == holder:
        row.due_at, row.details = following, {}


async def put_off(
    session: AsyncSession, desk: str, *, holder: str, until: datetime, in_doubt: bool
) -> None:
    """Nobody tries before that."""
    row = await _locked(session, desk)
    if row is not None and row.details.get("holder") == holder:
        row.details = {"held_until": until.isoformat(), "in_doubt": in_doubt}


def key_of(desk: str) -> str:
    """The row of the desk's digest."""
    return f"{KIND}:{desk}"


async def _locked(session: AsyncSession, desk: str, *, skip: bool = False) -> Timer | None:
    found: Timer | None = await session.scalar(
        select(Timer).where(Timer.key == key_of(desk)).with_for_update(skip_locked=skip)
    )
    return found
