"""The views as questions to the database: which conversations, in what order, how many.

Each desk, and each status that a view holds, is a question of its own whose rows stand in an index
in the view's order: the union of their first pages holds the view's first page. So a page of a
desk with ten conversations is as quick beside a million of others as alone. The statements are
built once for each set of desks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    bindparam,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.conversations.models import Conversation
from bot.handoff.queries import waits_for_us
from bot.inbox.for_me import ME, for_me
from bot.inbox.paging import Key, Place, behind
from bot.inbox.views import View
from bot.outbox.repository import with_dead_letters
from bot.records.repository import mentioning

COUNT_UP_TO = 100
ID = Key(Conversation.id)
BY_ARRIVAL = (Key(Conversation.priority, True), Key(Conversation.queued_at), ID)
LATEST_WORD = (Key(Conversation.last_customer_at, True), Key(Conversation.id, True))
OLDEST_WORD = (Key(Conversation.last_customer_at), ID)
ORDER: dict[View, tuple[Key, ...]] = {
    View.QUEUE: BY_ARRIVAL,
    View.MINE: LATEST_WORD,
    View.FOR_US: OLDEST_WORD,
    View.FOR_CUSTOMER: OLDEST_WORD,
    View.UNASSIGNED: LATEST_WORD,
    View.SNOOZED: (Key(Conversation.due_at), ID),
    View.MENTIONS: LATEST_WORD,
    View.BOT: LATEST_WORD,
    View.CLOSED: (Key(Conversation.closed_at, True), Key(Conversation.id, True)),
    View.UNDELIVERED: LATEST_WORD,
}

Condition = ColumnElement[bool]
Slice = tuple[Condition, ...]


def _is(status: str) -> Condition:
    # Spelled out in the statement, so that both databases see that their partial indexes fit.
    return Conversation.status == literal_column(f"'{status}'")


def slices(view: View) -> tuple[Slice, ...]:
    """The parts of a view that exclude each other."""
    match view:
        case View.QUEUE:
            return ((_is("queued"),),)
        case View.MINE:
            mine = Conversation.agent_id == ME
            return ((_is("with_agent"), mine), (_is("snoozed"), mine))
        case View.FOR_US:
            return (_is("queued"),), (_is("with_agent"), waits_for_us())
        case View.FOR_CUSTOMER:
            return ((_is("with_agent"), not_(waits_for_us())),)
        case View.UNASSIGNED:
            return (_is("queued"),), (_is("bot"),)
        case View.SNOOZED | View.BOT | View.CLOSED:
            return ((_is(view.value),),)
        case View.MENTIONS:
            return ((Conversation.id.in_(mentioning(ME)),),)
        case View.UNDELIVERED:
            return ((Conversation.id.in_(with_dead_letters()),),)


@dataclass(frozen=True)
class Page:
    """Some ids in order, and the place of the last one when more may follow."""

    ids: tuple[str, ...]
    next: Place | None


@dataclass(frozen=True)
class Numbers:
    """How many each view holds (up to COUNT_UP_TO), and when the newest came."""

    counts: dict[View, int]
    newest_queued: datetime | None = None
    newest_message: datetime | None = None
    newest_given: datetime | None = None
    newest_woken: datetime | None = None
    newest_mention: datetime | None = None
    unseen_mentions: int = 0  # conversations in which the agent has not seen what names them
    for_me: int = 0  # the same, and what was given to them, each once


async def page_of(
    session: AsyncSession, agent: Agent, view: View, *, after: Place | None, limit: int
) -> Page:
    """The ids of one page of a view."""
    if not agent.desks:
        return Page((), None)
    asked = _first_page(view, _desks(agent)) if after is None else None
    if asked is None:
        asked = _ids(view, _desks(agent), behind(ORDER[view], after or ()))
    found = await session.execute(asked, {"me": agent.id, "some": limit + 1})
    return page_from(list(found), limit)


# `Any`: rows of the values that the list is sorted by, the id last.
def page_from(rows: Sequence[Any], limit: int) -> Page:
    """A page out of one row more than it holds."""
    shown = rows[:limit]
    last = tuple(shown[-1]) if len(rows) > limit else None
    return Page(tuple(row[-1] for row in shown), last if last and None not in last else None)


async def numbers(session: AsyncSession, agent: Agent) -> Numbers:
    """The numbers of all views, asked in one statement."""
    if not agent.desks:
        return Numbers(dict.fromkeys(View, 0))
    found = (await session.execute(_numbers(_desks(agent)), {"me": agent.id})).one()
    counts = {view: min(found[at], COUNT_UP_TO) for at, view in enumerate(View)}
    return Numbers(
        counts,
        newest_queued=found.queued,
        newest_message=found.wrote,
        newest_given=found.given,
        newest_woken=found.woken,
        newest_mention=found.named,
        unseen_mentions=found.mentions_unseen,
        for_me=found.for_me,
    )


def _desks(agent: Agent) -> tuple[str, ...]:
    return tuple(sorted(agent.desks))


@lru_cache(maxsize=256)
def _first_page(view: View, desks: tuple[str, ...]) -> Select[Any]:
    return _ids(view, desks)


# `Any`: the columns that the view is sorted by.
def _ids(view: View, desks: tuple[str, ...], *conditions: Condition) -> Select[Any]:
    """The values that the view is sorted by, the id last."""
    keys = ORDER[view]
    parts = [
        select(
            select(*(key.column for key in keys))
            .where(Conversation.desk == desk, *part, *conditions)
            .order_by(*(key.order() for key in keys))
            .limit(bindparam("some"))
            .subquery()
        )
        for desk in desks
        for part in slices(view)
    ]
    if len(parts) == 1:
        return parts[0]
    together = union_all(*parts).subquery()
    order = (
        together.c[key.column.key].desc() if key.is_descending else together.c[key.column.key].asc()
        for key in keys
    )
    return select(together).order_by(*order).limit(bindparam("some"))


@lru_cache(maxsize=64)
def _numbers(desks: tuple[str, ...]) -> Select[Any]:
    """A column for each view, then the newest arrivals; `Any`: as many columns as there are views.

    Each part of a view is counted by itself, so that none is walked through for another's sake.
    """
    counts = [
        select(func.count()).select_from(_some(view, desks)).scalar_subquery().label(view.value)
        for view in View
    ]
    mine = Conversation.agent_id == ME
    # Not `queued_at`, their place: what comes back is news as well.
    queued = select(func.max(Conversation.span_since)).where(
        Conversation.desk.in_(desks), _is("queued")
    )
    # What was said before it was theirs is nothing new: they have just taken it.
    wrote = select(func.max(Conversation.last_customer_at)).where(
        Conversation.desk.in_(desks),
        mine,
        or_(_is("with_agent"), _is("snoozed")),
        or_(
            Conversation.span_since.is_(None),  # older than spans
            Conversation.last_customer_at >= Conversation.span_since,
        ),
    )
    return select(
        *counts,
        queued.scalar_subquery().label("queued"),
        wrote.scalar_subquery().label("wrote"),
        *for_me(desks),
    )


def _some(view: View, desks: tuple[str, ...]) -> Subquery:
    parts = [
        select(
            select(Conversation.id)
            .where(Conversation.desk == desk, *part)
            .limit(literal_column(str(COUNT_UP_TO)))
            .subquery()
        )
        for desk in desks
        for part in slices(view)
    ]
    return union_all(*parts).subquery() if len(parts) > 1 else parts[0].subquery()
