"""Lists that are asked for by words: a search, and filters."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.conversations.models import Conversation, Customer, Message, Note
from bot.filters.grammar import Tree
from bot.filters.queries import condition
from bot.inbox.listing import LATEST_WORD, Page, page_from
from bot.inbox.paging import Place, behind
from bot.inbox.queries import rows_of
from bot.inbox.views import Hit, Row
from bot.merged.repository import groups
from bot.search.models import SearchEntry
from bot.search.queries import newest
from bot.search.snippets import snippet
from bot.search.sought import Sought
from bot.search.words import forms_of

LOOK_AT = 100  # of what was found, for one page: some is at other desks
LOOK_ON = 5  # so often for one page, where the words are found and not the phrase
HITS = 3  # lines of a conversation
OF_A_CUSTOMER = 5  # conversations shown for a name that was found


@dataclass(frozen=True)
class Results:
    """A page of what was found, and the number behind which the next one begins."""

    rows: tuple[Row, ...]
    next: int | None


# `Any`: a row of `_HITS`.
_HITS: Select[Any] = (
    select(
        SearchEntry.id,
        SearchEntry.conversation_id,
        SearchEntry.customer_id,
        SearchEntry.note_id,
        Message.seq,
        Message.author_kind,
        Message.text,
        Message.attachments,
        Note.text.label("note"),
        Customer,
    )
    .outerjoin(Message, Message.id == SearchEntry.message_id)
    .outerjoin(Note, Note.id == SearchEntry.note_id)
    .outerjoin(Customer, Customer.id == SearchEntry.customer_id)
    .where(SearchEntry.id.in_(bindparam("ids", expanding=True)))
    .order_by(SearchEntry.id.desc())
)


async def search(
    session: AsyncSession, agent: Agent, what: Sought, *, before: int | None
) -> Results:
    """Conversations at the agent's desks in which all words stand in one text, the newest first.

    Only so much is looked at for a page: it may hold few rows, or none, and still not be the last.
    """
    for _ in range(LOOK_ON):
        ids = await newest(session, what, before=before, limit=LOOK_AT)
        if not ids:
            return Results((), None)
        entries = await _entries(session, ids, what)
        before = ids[-1] if len(ids) == LOOK_AT else None
        if entries or before is None:
            break
    named = [entry.customer_id for entry in entries if entry.customer_id]
    theirs = await _newest_of(session, agent, named)
    hits: dict[str, list[Hit]] = defaultdict(list)
    for entry in entries:
        for conversation in theirs[entry.customer_id] if entry.customer_id else ():
            hits[conversation].append(Hit("name", ()))
        if entry.conversation_id:
            hits[entry.conversation_id].append(_hit(entry, what))
    rows = await rows_of(session, agent, list(hits), shows_unread=False)
    rows = [replace(row, hits=_marked(row, hits[row.id], what)) for row in rows]
    return Results(tuple(rows), before)


# `Any`: rows of `_HITS`.
async def _entries(session: AsyncSession, ids: Sequence[int], what: Sought) -> list[Any]:
    """What has these numbers and holds the phrases: the index knows words, not their order."""
    entries = (await session.execute(_HITS, {"ids": ids})).all()
    if not what.phrases:
        return list(entries)
    return [entry for entry in entries if what.phrases_stand_in(list(forms_of(_text(entry))))]


def _marked(row: Row, hits: Sequence[Hit], what: Sought) -> tuple[Hit, ...]:
    """The first few, each text once."""
    kept = [hit for hit in hits if hit.kind != "name"][:HITS]
    if len(kept) < len(hits) and row.customer:
        kept = [Hit("name", snippet(row.customer, what)), *kept][:HITS]
    return tuple(kept)


# `Any`: a row of `_HITS`.
def _hit(entry: Any, what: Sought) -> Hit:
    kind = "note" if entry.note is not None else entry.author_kind or "system"
    return Hit(kind, snippet(_text(entry), what), entry.seq, entry.note_id)


def _text(entry: Any) -> str:
    """The text of a row of `_HITS`, as it was put into the index."""
    if entry.Customer is not None:
        return str(entry.Customer.findable().text)
    if entry.note is not None:
        return str(entry.note)
    files = ", ".join(str(file["name"]) for file in entry.attachments or ())
    return " ".join(part for part in (entry.text, files) if part)


async def _newest_of(
    session: AsyncSession, agent: Agent, customers: Sequence[str]
) -> dict[str, list[str]]:
    """The newest conversations of each customer, or the person, at the agent's desks."""
    found: dict[str, list[str]] = defaultdict(list)
    if not customers:
        return found
    together = await groups(session, customers)
    every = {one for ids in together.values() for one in ids}
    place = (
        func.row_number()
        .over(partition_by=Conversation.customer_id, order_by=Conversation.created_at.desc())
        .label("place")
    )
    numbered = (
        select(Conversation.id, Conversation.customer_id, place)
        .where(Conversation.customer_id.in_(every), Conversation.desk.in_(agent.desks))
        .subquery()
    )
    rows = await session.execute(
        select(numbered.c.id, numbered.c.customer_id)
        .where(numbered.c.place <= OF_A_CUSTOMER)
        .order_by(numbered.c.place)
    )
    of_each: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        of_each[row.customer_id].append(row.id)
    for customer, ids in together.items():
        found[customer] = [conversation for one in ids for conversation in of_each[one]]
    return found


async def filtered(
    session: AsyncSession, agent: Agent, tree: Tree, *, after: Place | None, limit: int
) -> Page:
    """The ids of a page of the conversations at the agent's desks that the filter lets through."""
    asked = (
        select(*(key.column for key in LATEST_WORD))
        .where(Conversation.desk.in_(agent.desks), await condition(session, agent, tree))
        .order_by(*(key.order() for key in LATEST_WORD))
        .limit(limit + 1)
    )
    if after is not None:
        asked = asked.where(behind(LATEST_WORD, after))
    return page_from((await session.execute(asked)).all(), limit)
