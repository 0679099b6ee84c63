"""What the API asks of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.conversations.models import Conversation, Customer, Message, Note
from bot.conversations.state import Status
from bot.merged.repository import group


@dataclass(frozen=True)
class Filter:
    """Which conversations; None: whichever."""

    desks: Sequence[str]
    status: Status | None = None
    desk: str | None = None
    customer_id: str | None = None
    agent_id: str | None = None


@dataclass(frozen=True)
class Place:
    """Where a page of a list ended: the row's time and id."""

    at: datetime
    id: str


async def conversations(
    session: AsyncSession, wanted: Filter, *, after: Place | None, limit: int
) -> Sequence[tuple[Conversation, Customer]]:
    """The newest first, from behind `after` on."""
    question = (
        select(Conversation, Customer)
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(Conversation.desk.in_(wanted.desks))
    )
    if wanted.status is not None:
        question = question.where(Conversation.status == wanted.status)
    if wanted.desk is not None:
        question = question.where(Conversation.desk == wanted.desk)
    if wanted.customer_id is not None:
        members = await group(session, wanted.customer_id)
        question = question.where(Conversation.customer_id.in_(members))
    if wanted.agent_id is not None:
        question = question.where(Conversation.agent_id == wanted.agent_id)
    if after is not None:
        question = question.where(
            tuple_(Conversation.created_at, Conversation.id) < tuple_(after.at, after.id)
        )
    rows = await session.execute(
        question.order_by(Conversation.created_at.desc(), Conversation.id.desc()).limit(limit)
    )
    return [(conversation, customer) for conversation, customer in rows]


async def conversation(
    session: AsyncSession, conversation_id: str, *, desks: Sequence[str]
) -> tuple[Conversation, Customer] | None:
    """One of these desks'."""
    rows = await session.execute(
        select(Conversation, Customer)
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(Conversation.id == conversation_id, Conversation.desk.in_(desks))
    )
    row = rows.first()
    return None if row is None else (row[0], row[1])


async def messages(
    session: AsyncSession, conversation_id: str, *, after: int, limit: int
) -> Sequence[Message]:
    """Messages behind this number, oldest first."""
    question = (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq > after)
        .order_by(Message.seq)
        .limit(limit)
    )
    return (await session.scalars(question)).all()


async def notes(session: AsyncSession, conversation_id: str) -> Sequence[Note]:
    """All notes, oldest first."""
    question = select(Note).where(Note.conversation_id == conversation_id).order_by(Note.created_at)
    return (await session.scalars(question)).all()


async def agents(session: AsyncSession) -> Sequence[Agent]:
    """Everyone who may sign in, by name."""
    question = select(Agent).where(Agent.disabled_at.is_(None)).order_by(Agent.name, Agent.id)
    return (await session.scalars(question)).all()
