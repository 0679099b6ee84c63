"""What assignment asks of the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.accounts.standing import State
from bot.assignment.models import Assignment
from bot.conversations.models import Conversation, Span
from bot.conversations.state import Status
from bot.handoff.queries import latest_intent
from bot.merged.repository import groups

# A queue is looked at in pieces of so many.
PIECE = 100


async def lock_agents(session: AsyncSession, ids: Collection[str]) -> Sequence[Agent]:
    """Those of these agents who are online by their own choice, held until the transaction ends.

    Whoever gives a conversation holds all candidates, so no two processes count the same room. In
    the order of ids, and after the conversation: nobody waits for someone who waits for us.
    """
    found = await session.scalars(
        select(Agent)
        .where(Agent.id.in_(ids))
        .order_by(Agent.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return [a for a in found if a.disabled_at is None and a.presence == State.ONLINE]


async def open_conversations(
    session: AsyncSession, agent_ids: Collection[str]
) -> Sequence[tuple[str, str, str, int]]:
    """Agent, desk, channel, and how many of these the agent has (what is put off not counted)."""
    rows = await session.execute(
        select(Conversation.agent_id, Conversation.desk, Conversation.channel, func.count())
        .where(Conversation.agent_id.in_(agent_ids), Conversation.status == Status.WITH_AGENT)
        .group_by(Conversation.agent_id, Conversation.desk, Conversation.channel)
    )
    return [(agent or "", desk, channel, count) for agent, desk, channel, count in rows]


@dataclass(frozen=True)
class Waiting:
    """A conversation that waits in a queue."""

    id: str
    channel: str
    customer: str
    language: str
    span_since: datetime | None  # when it came into the queue this time
    topic: str | None


async def piece_of(session: AsyncSession, desk: str, *, start: int) -> Sequence[Waiting]:
    """Some of the desk's queue, in its order, behind so many others."""
    rows = await session.execute(
        select(
            Conversation.id,
            Conversation.channel,
            Conversation.customer_id,
            Conversation.language,
            Conversation.span_since,
            latest_intent(),
        )
        .where(Conversation.status == Status.QUEUED, Conversation.desk == desk)
        .order_by(Conversation.priority.desc(), Conversation.queued_at, Conversation.id)
        .offset(start)
        .limit(PIECE)
    )
    return [Waiting(*row) for row in rows]


async def last_agents(session: AsyncSession, customers: Collection[str]) -> Mapping[str, str]:
    """Customer → the agent who had a conversation of the same person last."""
    together = await groups(session, customers)
    newest = (
        select(func.max(Span.id))
        .join(Conversation, Conversation.id == Span.conversation_id)
        .where(
            Conversation.customer_id.in_({one for ids in together.values() for one in ids}),
            Span.agent_id.is_not(None),
        )
        .group_by(Conversation.customer_id)
    )
    rows = await session.execute(
        select(Conversation.customer_id, Span.agent_id, Span.id)
        .join(Conversation, Conversation.id == Span.conversation_id)
        .where(Span.id.in_(newest))
        .order_by(Span.id)
    )
    last = {row.customer_id: (row.id, row.agent_id) for row in rows}
    found = {
        customer: max(last[one] for one in ids if one in last)[1]
        for customer, ids in together.items()
        if any(one in last for one in ids)
    }
    return {customer: agent for customer, agent in found.items() if agent is not None}


async def had_by(session: AsyncSession, conversations: Collection[str]) -> Mapping[str, str]:
    """Queued conversation → the agent from whom it came straight back into the queue."""
    before = (
        select(func.max(Span.id))
        .where(Span.conversation_id.in_(conversations), Span.ended_at.is_not(None))
        .group_by(Span.conversation_id)
    )
    rows = await session.execute(
        select(Span.conversation_id, Span.agent_id).where(Span.id.in_(before))
    )
    return {conversation: agent for conversation, agent in rows if agent is not None}


async def anyone_waits(session: AsyncSession, desk: str) -> bool:
    """Whether the desk's queue is not empty."""
    some = select(Conversation.id).where(
        Conversation.status == Status.QUEUED, Conversation.desk == desk
    )
    return await session.scalar(some.limit(1)) is not None


async def with_agent(session: AsyncSession, agent_id: str) -> Sequence[str]:
    """The ids of the conversations that the agent has now."""
    found = await session.scalars(
        select(Conversation.id)
        .where(Conversation.agent_id == agent_id, Conversation.status == Status.WITH_AGENT)
        .order_by(Conversation.id)
    )
    return found.all()


async def assignments_of(session: AsyncSession, conversation_id: str) -> Sequence[Assignment]:
    """How the conversation was given to agents, oldest first."""
    found = await session.scalars(
        select(Assignment)
        .where(Assignment.conversation_id == conversation_id)
        .order_by(Assignment.id)
    )
    return found.all()
