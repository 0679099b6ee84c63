"""What the customer's page asks of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Customer
from bot.conversations.state import Status
from bot.handoff.queries import latest_intent
from bot.inbox.paging import Key, Place, behind
from bot.survey.models import Survey

MOST_OTHERS = 20
NEWEST_FIRST = (
    Key(Conversation.created_at, is_descending=True),
    Key(Conversation.id, is_descending=True),
)


@dataclass(frozen=True)
class Episode:
    """A conversation on the timeline."""

    id: str
    at: datetime
    desk: str
    channel: str
    status: Status
    agent_name: str | None
    intent: str | None
    bot_score: int | None
    human_score: int | None


@dataclass(frozen=True)
class Timeline:
    """Episodes, the newest first; before which one the next page begins."""

    episodes: Sequence[Episode]
    next: Episode | None


async def customer_at(
    session: AsyncSession, customer_id: str, *, desks: Sequence[str]
) -> Customer | None:
    """The customer, if they ever wrote to one of these desks."""
    return await session.scalar(
        select(Customer).where(Customer.id == customer_id, _wrote_to(desks))
    )


async def timeline(
    session: AsyncSession,
    customer_id: str,
    *,
    desks: Sequence[str],
    before: Place | None,
    limit: int,
) -> Timeline:
    """What they asked at these desks, over all times."""
    question = (
        select(Conversation, latest_intent(), Survey.bot_score, Survey.human_score)
        .outerjoin(Survey, Survey.conversation_id == Conversation.id)
        .where(Conversation.customer_id == customer_id, Conversation.desk.in_(desks))
    )
    if before is not None:
        question = question.where(behind(NEWEST_FIRST, before))
    order = [key.order() for key in NEWEST_FIRST]
    rows = (await session.execute(question.order_by(*order).limit(limit + 1))).all()
    episodes = [
        Episode(
            row.id,
            row.created_at,
            row.desk,
            row.channel,
            row.status,
            row.agent_name,
            intent,
            bot_score,
            human_score,
        )
        for row, intent, bot_score, human_score in rows[:limit]
    ]
    return Timeline(episodes, episodes[-1] if len(rows) > limit else None)


async def perhaps_the_same(
    session: AsyncSession, customer: Customer, *, desks: Sequence[str]
) -> Sequence[Customer]:
    """Customers with the same e-mail address or phone number. Nobody has checked that they are."""
    same = []
    if customer.email:
        same.append(Customer.email == customer.email)
    if customer.phone:
        same.append(Customer.phone == customer.phone)
    if not same:
        return ()
    found = await session.scalars(
        select(Customer)
        .where(or_(*same), Customer.id != customer.id, _wrote_to(desks))
        .order_by(Customer.created_at.desc(), Customer.id)
        .limit(MOST_OTHERS)
    )
    return found.all()


def _wrote_to(desks: Sequence[str]) -> ColumnElement[bool]:
    return exists().where(Conversation.customer_id == Customer.id, Conversation.desk.in_(desks))
