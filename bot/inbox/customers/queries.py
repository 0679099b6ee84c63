"""What the customer's pages ask of the database."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Customer, Note
from bot.conversations.state import Status
from bot.handoff.queries import latest_intent
from bot.inbox.paging import Key, Place, behind
from bot.merged.person import Person
from bot.merged.repository import wrote_to
from bot.records.models import AgentFact, ConversationLabel
from bot.search.models import SearchEntry
from bot.search.queries import holds
from bot.search.sought import all_words
from bot.survey.models import Survey

MOST_OTHERS = 20
NEWEST_FIRST = (
    Key(Conversation.created_at, is_descending=True),
    Key(Conversation.id, is_descending=True),
)
CODE = re.compile(r"[0-9a-f]{4}", re.IGNORECASE)  # as `visitor_code` gives it


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


@dataclass(frozen=True)
class Tally:
    """How much hangs on a person's conversations at some desks."""

    conversations: int
    notes: int
    facts: int
    labels: int
    ratings: int


async def timeline(
    session: AsyncSession,
    customers: Collection[str],
    *,
    desks: Sequence[str],
    before: Place | None,
    limit: int,
) -> Timeline:
    """What these asked at these desks, over all times."""
    question = (
        select(Conversation, latest_intent(), Survey.bot_score, Survey.human_score)
        .outerjoin(Survey, Survey.conversation_id == Conversation.id)
        .where(Conversation.customer_id.in_(customers), Conversation.desk.in_(desks))
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
    session: AsyncSession, person: Person, members: Collection[str], *, desks: Sequence[str]
) -> Sequence[Customer]:
    """Customers with the same e-mail address or phone number. Nobody has checked that they are."""
    emails = {one.email for one in person.members if one.email}
    phones = {one.phone for one in person.members if one.phone}
    if not emails and not phones:
        return ()
    found = await session.scalars(
        select(Customer)
        .where(
            or_(Customer.email.in_(emails), Customer.phone.in_(phones)),
            Customer.id.not_in(members),
            wrote_to(desks),
        )
        .order_by(Customer.created_at.desc(), Customer.id)
        .limit(MOST_OTHERS)
    )
    return _each_person_once(found.all())


async def named(
    session: AsyncSession, typed: str, members: Collection[str], *, desks: Sequence[str]
) -> Sequence[Customer]:
    """Other customers of these desks by name, address, number or the code of a visitor."""
    what = all_words(typed)
    ways: list[ColumnElement[bool]] = []
    if what:
        entries = select(SearchEntry.customer_id).where(
            SearchEntry.customer_id.is_not(None), holds(session, what)
        )
        ways.append(Customer.id.in_(entries))
    code = typed.split()[-1] if typed.split() else ""
    if CODE.fullmatch(code):
        ways.append(Customer.id.startswith(code.lower()))
    if not ways:
        return ()
    found = await session.scalars(
        select(Customer)
        .where(or_(*ways), Customer.id.not_in(members), wrote_to(desks))
        .order_by(Customer.created_at.desc(), Customer.id)
        .limit(MOST_OTHERS)
    )
    return _each_person_once(found.all())


async def tally(
    session: AsyncSession, customers: Collection[str], *, desks: Sequence[str]
) -> Tally:
    """What there is of these at these desks."""
    theirs = select(Conversation.id).where(
        Conversation.customer_id.in_(customers), Conversation.desk.in_(desks)
    )
    counts = [await session.scalar(select(func.count()).select_from(theirs.subquery()))]
    for table in (Note, AgentFact, ConversationLabel, Survey):
        counted = select(func.count()).select_from(table)
        counts.append(await session.scalar(counted.where(table.conversation_id.in_(theirs))))
    return Tally(*(count or 0 for count in counts))


def _each_person_once(found: Sequence[Customer]) -> Sequence[Customer]:
    return list({one.kept_id or one.id: one for one in reversed(found)}.values())[::-1]
