"""What a filter asks of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.clock import now
from bot.conversations.models import Conversation, Turn
from bot.conversations.state import Status
from bot.filters.grammar import All, Compare, Not, Some, Tree
from bot.filters.models import SavedFilter
from bot.handoff.queries import waits_for_us
from bot.merged.repository import same_people
from bot.priority import WORDS as PRIORITIES
from bot.records.repository import labelled
from bot.search.models import SearchEntry
from bot.search.queries import holds
from bot.search.sought import all_words
from bot.search.words import fold

Condition = ColumnElement[bool]
ME, NOBODY = ("me", "ja"), ("none", "nobody", "nikt")


async def condition(session: AsyncSession, agent: Agent, tree: Tree) -> Condition:
    """The tree as a condition on conversations; never unknown (NULL), so “not” is its opposite."""
    names = await session.execute(select(Agent.id, Agent.name))
    return _Asker(session, agent.id, {row.id: fold(row.name) for row in names}).of(tree)


@dataclass(frozen=True)
class _Asker:
    session: AsyncSession
    me: str
    agents: dict[str, str]  # folded names by id

    def of(self, tree: Tree) -> Condition:
        match tree:
            case All(items):
                return and_(true(), *map(self.of, items))
            case Some(items):
                return or_(false(), *map(self.of, items))
            case Not(item):
                return not_(self.of(item))
            case Compare(_, "!=", values):
                return not_(or_(false(), *(self._one(tree, value) for value in values)))
            case Compare(_, _, values):
                return or_(false(), *(self._one(tree, value) for value in values))

    # `Any`: what the field's kind reads, see `grammar.Value`.
    def _one(self, test: Compare, value: Any) -> Condition:
        match test.field.name:
            case "status":
                is_closed = Conversation.status == Status.CLOSED
                return not_(is_closed) if value == "open" else Conversation.status == Status(value)
            case "priority":
                return _compared(Conversation.priority, test.sign, PRIORITIES[value].value)
            case "agent":
                return self._agent(value)
            case "label":
                key = value.removesuffix("*").casefold()
                found = labelled(key, is_whole=not value.endswith("*"))
                return Conversation.id.in_(found)
            case "intent":
                return exists().where(
                    Turn.conversation_id == Conversation.id, _named(Turn.intent, value)
                )
            case "waiting":
                return _waiting(test.sign, value)
            case "created" | "updated" | "closed":
                return _on_day(getattr(Conversation, f"{test.field.name}_at"), test.sign, value)
            case "text" | "customer":
                return self._words(test.field.name, value)
            case "reason":
                return _named(Conversation.handoff_reason, value)
            case name:
                return _named(getattr(Conversation, name), value)

    def _agent(self, value: str) -> Condition:
        word = fold(value)
        if word in NOBODY:
            return Conversation.agent_id.is_(None)
        if word in ME:
            ids = [self.me]
        else:
            beginning = word.removesuffix("*")
            ids = [
                id_
                for id_, name in self.agents.items()
                if any(part.startswith(beginning) for part in (name, *name.split()))
            ]
        return func.coalesce(Conversation.agent_id, "").in_(ids)

    def _words(self, field: str, value: str) -> Condition:
        what = all_words(value)
        if not what:
            return false()
        if field == "customer":
            of_customers = select(SearchEntry.customer_id).where(
                SearchEntry.customer_id.is_not(None), holds(self.session, what)
            )
            return Conversation.customer_id.in_(same_people(of_customers))
        said = select(SearchEntry.conversation_id).where(
            SearchEntry.conversation_id.is_not(None), holds(self.session, what)
        )
        return Conversation.id.in_(said)


# `Any`: columns of several types.
def _named(column: Any, value: str) -> Condition:
    known = func.coalesce(column, "")
    if value.endswith("*"):
        return known.startswith(value[:-1], autoescape=True)
    return known == value


def _compared(column: Any, sign: str, value: Any) -> Condition:
    found: Condition = {
        "=": column == value,
        "!=": column == value,  # turned round by whoever asks
        "<": column < value,
        "<=": column <= value,
        ">": column > value,
        ">=": column >= value,
    }[sign]
    return found


def _waiting(sign: str, span: timedelta) -> Condition:
    """Waits for a person: in the queue as their place says, with an agent since the last word."""
    since = now() - span
    turned = {">": "<", ">=": "<=", "<": ">", "<=": ">="}[sign]
    in_queue = and_(
        Conversation.status == Status.QUEUED, _known(Conversation.queued_at, turned, since)
    )
    with_agent = and_(
        Conversation.status == Status.WITH_AGENT,
        waits_for_us(),
        _known(Conversation.last_customer_at, turned, since),
    )
    return or_(in_queue, with_agent)


def _known(column: Any, sign: str, value: datetime) -> Condition:
    return and_(column.is_not(None), _compared(column, sign, value))


def _on_day(column: Any, sign: str, day: date) -> Condition:
    begins = datetime.combine(day, time(), UTC)
    ends = begins + timedelta(days=1)
    match sign:
        case "<":
            return _known(column, "<", begins)
        case "<=":
            return _known(column, "<", ends)
        case ">":
            return _known(column, ">=", ends)
        case ">=":
            return _known(column, ">=", begins)
        case _:
            return and_(_known(column, ">=", begins), _known(column, "<", ends))


async def filters_of(session: AsyncSession, agent: Agent) -> Sequence[SavedFilter]:
    """The agent's own, and those of the agent's desks, by name."""
    found = await session.scalars(
        select(SavedFilter)
        .where(
            or_(
                and_(SavedFilter.agent_id == agent.id, SavedFilter.desk.is_(None)),
                SavedFilter.desk.in_(agent.desks),
            )
        )
        .order_by(func.lower(SavedFilter.name), SavedFilter.id)
    )
    return found.all()


async def filter_for(session: AsyncSession, agent: Agent, filter_id: int) -> SavedFilter | None:
    """The filter with this number, if the agent may see it."""
    known = await filters_of(session, agent)
    return next((one for one in known if one.id == filter_id), None)
