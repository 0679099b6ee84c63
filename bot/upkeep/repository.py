"""What the check asks of the database: the facts about open conversations, and the desk's numbers.

The questions are shaped so that a million closed or silent conversations cost nothing: they follow
the statuses that people work on, the open turns, and what customers wrote lately.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import AccountMail, Agent, AgentSession
from bot.alerts.models import AgentAlert
from bot.channel import AuthorKind
from bot.conversations.models import Conversation, Message, Turn
from bot.conversations.repository import IS_OPEN_TURN
from bot.conversations.state import OWNER, Owner, Status
from bot.outbox.models import Delivery
from bot.timers.models import Timer
from bot.transcript.models import TranscriptMail
from bot.upkeep.rules import Facts, Owning

PEOPLES = [status for status in Status if OWNER[status] in (Owner.QUEUE, Owner.AGENT)]
AGENTS = [status for status in Status if OWNER[status] is Owner.AGENT]
IS_WAITING = Delivery.status == literal_column("'waiting'")
IS_DEAD = Delivery.status == literal_column("'dead'")
# What is mailed or pushed → (its status, the time of it that has an index where rows are many).
GIVEN_UP_OF = {
    "account_mails": (AccountMail.status, AccountMail.finished_at),
    "transcripts": (TranscriptMail.status, TranscriptMail.created_at),
    "alerts": (AgentAlert.status, AgentAlert.finished_at),
}
IS_BOTS = Conversation.status == literal_column("'bot'")


@dataclass(frozen=True)
class Staff:
    """Who could look after a conversation at a moment."""

    agents: Mapping[str, Agent]
    signed_in: frozenset[str]
    desks: frozenset[str]  # where somebody works

    def owning(self, agent_id: str | None, desk: str) -> Owning | None:
        """The agent as the rules see one; None when there is no such account."""
        agent = self.agents.get(agent_id or "")
        if agent is None:
            return None
        return Owning(
            is_disabled=agent.disabled_at is not None,
            works_at_desk=desk in agent.desks,
            is_signed_in=agent.id in self.signed_in,
        )


async def staff(session: AsyncSession, *, at: datetime) -> Staff:
    """All accounts, and who is signed in in some browser."""
    agents = (await session.scalars(select(Agent))).all()
    signed_in = await session.scalars(
        select(AgentSession.agent_id).where(AgentSession.expires_at > at).distinct()
    )
    desks = {desk for agent in agents if agent.disabled_at is None for desk in agent.desks}
    return Staff({agent.id: agent for agent in agents}, frozenset(signed_in), frozenset(desks))


async def facts_of_peoples(
    session: AsyncSession, staff: Staff, *, after: str, limit: int
) -> Sequence[Facts]:
    """Conversations that people have or wait for, a page of them: those whose id is above."""
    page = (
        _facts()
        .where(Conversation.status.in_(PEOPLES), Conversation.id > after)
        .order_by(Conversation.id)
        .limit(limit)
    )
    return await _read(session, staff, page)


async def facts_of_stray_turns(session: AsyncSession, staff: Staff) -> Sequence[Facts]:
    """Conversations with a turn to be asked that are not the bot's."""
    with_turn = select(Turn.conversation_id).where(IS_OPEN_TURN)
    stray = _facts().where(Conversation.id.in_(with_turn), ~IS_BOTS)
    return await _read(session, staff, stray)


async def facts_of_bots(
    session: AsyncSession, staff: Staff, *, since: datetime, until: datetime, limit: int
) -> Sequence[Facts]:
    """The bot's conversations in which the customer spoke last, in this time, and was not asked
    about; the longest silent first."""
    unasked = (
        _facts()
        .where(
            IS_BOTS,
            Conversation.last_customer_at >= since,
            Conversation.last_customer_at <= until,
            _is_unasked(),
        )
        .order_by(Conversation.last_customer_at)
        .limit(limit)
    )
    return await _read(session, staff, unasked)


async def facts_of(session: AsyncSession, staff: Staff, conversation_id: str) -> Facts | None:
    """One conversation, which the caller has locked."""
    found = await _read(session, staff, _facts().where(Conversation.id == conversation_id))
    return found[0] if found else None


# `Any` would say no more: rows of mixed columns, read below by name.
def _facts() -> "Select[tuple[object, ...]]":
    timer = exists().where(Timer.conversation_id == Conversation.id)
    turn = exists().where(Turn.conversation_id == Conversation.id, IS_OPEN_TURN)
    answered = exists().where(
        Message.conversation_id == Conversation.id,
        Message.author_kind == AuthorKind.AGENT,
        Message.created_at >= Conversation.last_customer_at,
    )
    waits = and_(Conversation.status.in_(AGENTS), ~answered)
    return select(
        Conversation.id,
        Conversation.status,
        Conversation.desk,
        Conversation.agent_id,
        Conversation.queued_at,
        Conversation.due_at,
        Conversation.last_customer_at,
        timer.label("timer_runs"),
        turn.label("turn_is_open"),
        case((waits, 1), else_=0).label("waits"),
        case((and_(IS_BOTS, _is_unasked()), 1), else_=0).label("is_unasked"),
    )


def _is_unasked() -> ColumnElement[bool]:
    """The customer spoke last, and no turn is about it."""
    return exists().where(
        Message.conversation_id == Conversation.id,
        Message.seq == Conversation.last_seq,
        Message.author_kind == AuthorKind.CUSTOMER,
        ~exists().where(Turn.message_id == Message.id),
    )


async def _read(
    session: AsyncSession, staff: Staff, question: "Select[tuple[object, ...]]"
) -> Sequence[Facts]:
    return [
        Facts(
            conversation=row.id,
            status=row.status,
            queued_at=row.queued_at,
            due_at=row.due_at,
            timer_runs=bool(row.timer_runs),
            turn_is_open=bool(row.turn_is_open),
            unasked_since=row.last_customer_at if row.is_unasked else None,
            customer_waits_since=row.last_customer_at if row.waits else None,
            agent=staff.owning(row.agent_id, row.desk),
            desk_has_agents=row.desk in staff.desks,
        )
        for row in await session.execute(question)
    ]


async def last_message(session: AsyncSession, conversation: Conversation) -> Message | None:
    """What was said last."""
    return await session.scalar(
        select(Message).where(
            Message.conversation_id == conversation.id, Message.seq == conversation.last_seq
        )
    )


async def has_open_turn(session: AsyncSession, conversation_id: str) -> bool:
    """Whether the bot is busy with an earlier message."""
    found = select(Turn.id).where(Turn.conversation_id == conversation_id, IS_OPEN_TURN).limit(1)
    return await session.scalar(found) is not None


async def overdue(session: AsyncSession, *, at: datetime) -> tuple[tuple[str, int], ...]:
    """Desk → how many wait in its queue beyond their deadline."""
    rows = await session.execute(
        select(Conversation.desk, func.count())
        .where(Conversation.status == Status.QUEUED, Conversation.due_at <= at)
        .group_by(Conversation.desk)
        .order_by(Conversation.desk)
    )
    return tuple((desk, count) for desk, count in rows)


async def undelivered(session: AsyncSession) -> tuple[int, datetime | None]:
    """Deliveries that wait: how many, and since when the oldest."""
    found = await session.execute(
        select(func.count(), func.min(Delivery.created_at)).where(IS_WAITING)
    )
    count, oldest = found.one()
    return count, oldest


async def dead_letters(session: AsyncSession) -> int:
    """Messages that could not be delivered, and wait for a person."""
    return await session.scalar(select(func.count()).where(IS_DEAD)) or 0


async def given_up(session: AsyncSession, *, since: datetime) -> dict[str, int]:
    """How much of each was to be mailed or pushed since then, and nobody ever took it.

    It reads every row since then: once a minute, by the check, is enough.
    """
    return {
        name: await session.scalar(select(func.count()).where(status == "dead", at > since)) or 0
        for name, (status, at) in GIVEN_UP_OF.items()
    }


async def oldest_turn(session: AsyncSession) -> datetime | None:
    """Since when the longest waiting customer waits for the bot."""
    return await session.scalar(select(func.min(Turn.created_at)).where(IS_OPEN_TURN))
