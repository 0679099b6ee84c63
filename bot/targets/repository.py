"""What targets ask of the database."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation
from bot.conversations.state import Status
from bot.targets.models import Clock


async def running(session: AsyncSession, conversation_id: str, line: str) -> Clock | None:
    """The conversation's clock of this line, if it runs; the caller holds the conversation."""
    return await session.scalar(
        select(Clock).where(
            Clock.conversation_id == conversation_id, Clock.line == line, Clock.ended_at.is_(None)
        )
    )


async def end(
    session: AsyncSession, conversation_id: str, line: str, *, at: datetime, as_: str
) -> None:
    """The clock stops."""
    await session.execute(
        update(Clock)
        .where(
            Clock.conversation_id == conversation_id, Clock.line == line, Clock.ended_at.is_(None)
        )
        .values(ended_at=at, ended_as=as_)
        .execution_options(synchronize_session=False)
    )


async def clocks_of(session: AsyncSession, conversation_id: str) -> list[Clock]:
    """All clocks of the conversation, oldest first."""
    found = await session.scalars(
        select(Clock).where(Clock.conversation_id == conversation_id).order_by(Clock.id)
    )
    return list(found)


async def newest_warning(
    session: AsyncSession, agent_id: str, desks: Collection[str], *, leads: bool
) -> datetime | None:
    """When the agent was last to hear of a deadline: of their own, of the queues of their desks,
    and, for leads, of whatever was to be told to them."""
    own = or_(
        Conversation.agent_id == agent_id,
        (Conversation.status == Status.QUEUED) & Conversation.desk.in_(desks),
    )
    warned = await session.scalar(
        select(func.max(Clock.warned_at))
        .join(Conversation, Conversation.id == Clock.conversation_id)
        .where(Clock.ended_at.is_(None), own)
    )
    if not leads:
        return warned
    told = await session.scalar(
        select(func.max(Clock.leads_told_at))
        .join(Conversation, Conversation.id == Clock.conversation_id)
        .where(Clock.ended_at.is_(None), Conversation.desk.in_(desks))
    )
    return max(filter(None, (warned, told)), default=None)
