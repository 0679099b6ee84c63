"""What alerts ask of the database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent, PushBrowser, ReadMark
from bot.alerts.models import AgentAlert, AlertChoice
from bot.conversations.models import Conversation, Event, Span
from bot.conversations.state import Trigger
from bot.handoff.queries import latest_intent
from bot.records.models import Mention
from bot.targets.models import Clock
from bot.writing.models import Viewer

GIVEN = (Trigger.CLAIM, Trigger.ASSIGN, Trigger.HAND_OVER, Trigger.WAKE, Trigger.CUSTOMER_MESSAGE)


async def choice_of(session: AsyncSession, agent_id: str, way: str) -> AlertChoice | None:
    """What the agent wants of this way."""
    return await session.get(AlertChoice, (agent_id, way))


async def everyones_choices(
    session: AsyncSession, *, agent_id: str | None
) -> Sequence[tuple[AlertChoice, Agent]]:
    """Who wants to be told something: of all agents who can sign in, or of one."""
    asked = (
        select(AlertChoice, Agent)
        .join(Agent, Agent.id == AlertChoice.agent_id)
        .where(Agent.disabled_at.is_(None))
    )
    if agent_id is not None:
        asked = asked.where(AlertChoice.agent_id == agent_id)
    rows = await session.execute(asked.order_by(AlertChoice.agent_id, AlertChoice.way))
    return [(choice, agent) for choice, agent in rows]


async def alerts_about(
    session: AsyncSession, conversation_id: str, kind: str, agents: Collection[str]
) -> Mapping[tuple[str, str], AgentAlert]:
    """(agent, way) → what they were or will be told; the caller holds the conversation.

    The rows stay until the transaction ends: else what is over for long could be removed meanwhile.
    """
    rows = await session.scalars(
        select(AgentAlert)
        .where(
            AgentAlert.conversation_id == conversation_id,
            AgentAlert.kind == kind,
            AgentAlert.agent_id.in_(agents),
        )
        .order_by(AgentAlert.id)
        .with_for_update()
    )
    return {(row.agent_id, row.way): row for row in rows}


async def read_up_to(
    session: AsyncSession, conversation_id: str, agents: Collection[str]
) -> Mapping[str, int]:
    """Agent → how far they have read the conversation; who never looked is not in it."""
    rows = await session.execute(
        select(ReadMark.agent_id, ReadMark.seq).where(
            ReadMark.conversation_id == conversation_id, ReadMark.agent_id.in_(agents)
        )
    )
    return {agent_id: seq for agent_id, seq in rows}


async def unseen_mentions(
    session: AsyncSession, conversation_id: str, agents: Collection[str]
) -> Mapping[str, str]:
    """Agent → the colleague whose note names them, where they have not looked since."""
    rows = await session.execute(
        select(Mention.agent_id, Mention.by_name)
        .where(
            Mention.conversation_id == conversation_id,
            Mention.agent_id.in_(agents),
            Mention.seen_at.is_(None),
        )
        .order_by(Mention.id)
    )
    return {agent_id: by_name for agent_id, by_name in rows}


async def topic_of(session: AsyncSession, conversation_id: str) -> str | None:
    """What the customer last wanted, as the bot took it."""
    return await session.scalar(
        select(latest_intent()).select_from(Conversation).where(Conversation.id == conversation_id)
    )


async def next_deadline(
    session: AsyncSession, conversation_id: str, *, leads: bool
) -> datetime | None:
    """The soonest of those that agents were warned of, or that `leads` were called for."""
    told_at = Clock.leads_told_at if leads else Clock.warned_at
    return await session.scalar(
        select(func.min(Clock.due_at)).where(
            Clock.conversation_id == conversation_id,
            Clock.ended_at.is_(None),
            told_at.is_not(None),
        )
    )


async def not_told(
    session: AsyncSession, agent_id: str, way: str, *, since: datetime, limit: int
) -> Sequence[AgentAlert]:
    """What the agent should have been told and was not, the newest first."""
    found = await session.scalars(
        select(AgentAlert)
        .where(
            AgentAlert.agent_id == agent_id,
            AgentAlert.way == way,
            AgentAlert.problem.is_not(None),
            AgentAlert.status.in_(("dead", "waiting")),
            AgentAlert.created_at > since,
        )
        .order_by(AgentAlert.created_at.desc(), AgentAlert.id)
        .limit(limit)
    )
    return found.all()


async def last_given(session: AsyncSession, conversation_id: str) -> str | None:
    """The trigger by which its agent last got it."""
    return await session.scalar(
        select(Event.kind)
        .where(Event.conversation_id == conversation_id, Event.kind.in_(GIVEN))
        .order_by(Event.id.desc())
        .limit(1)
    )


async def had_before(session: AsyncSession, conversation_id: str) -> str | None:
    """Who had it until the running span began."""
    return await session.scalar(
        select(Span.agent_id)
        .where(Span.conversation_id == conversation_id, Span.ended_at.is_not(None))
        .order_by(Span.id.desc())
        .limit(1)
    )


async def has_open(
    session: AsyncSession, conversation_id: str, agent_id: str, *, since: datetime
) -> bool:
    """Whether the agent has the conversation on a screen now."""
    found = await session.scalar(
        select(Viewer.agent_id).where(
            Viewer.conversation_id == conversation_id,
            Viewer.agent_id == agent_id,
            Viewer.seen_at > since,
        )
    )
    return found is not None


async def browsers_of(session: AsyncSession, agent_id: str) -> Sequence[PushBrowser]:
    """Where the agent turned pushed alerts on, the newest first."""
    found = await session.scalars(
        select(PushBrowser)
        .where(PushBrowser.agent_id == agent_id)
        .order_by(PushBrowser.created_at.desc(), PushBrowser.id)
    )
    return found.all()


async def drop_browser(session: AsyncSession, browser_id: str, *, of: str | None = None) -> None:
    """It gets nothing any more; `of`: only if it is this agent's."""
    gone = delete(PushBrowser).where(PushBrowser.id == browser_id)
    await session.execute(gone if of is None else gone.where(PushBrowser.agent_id == of))


async def keep_newest_browsers(session: AsyncSession, agent_id: str, *, keep: int) -> None:
    """The oldest make room."""
    for one in (await browsers_of(session, agent_id))[keep:]:
        await session.delete(one)
