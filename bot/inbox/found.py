"""Lists that are asked for by words: a search, and filters."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.conversations.models import Conversation, Message, Note
from bot.filters.grammar import Tree
from bot.filters.queries import condition
from bot.inbox.listing import LATEST_WORD, Page, page_from
from bot.inbox.paging import Place, behind
from bot.inbox.queries import rows_of
from bot.inbox.views import Hit, Row
from bot.search.models import SearchEntry
from bot.search.queries import newest
from bot.search.snippets import snippet
from bot.search.sought import Sought

LOOK_AT = 100  # of what was found, for one page: some is at other desks
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
        Message.seq,
        Message.author_kind,
        Message.text,
        Message.attachments,
        Note.text.label("note"),
    )
    .outerjoin(Message, Message.id == SearchEntry.message_id)
    .outerjoin(Note, Note.id == SearchEntry.note_id)
    .where(SearchEntry.id.in_(bindparam("ids", expanding=True)))
    .order_by(SearchEntry.id.desc())
)


async def search(
    session: AsyncSession, agent: Agent, what: Sought, *, before: int | None
) -> Results:
    """Conversations at the agent's desks in which all words stand in one text, the newest first.

    Only so much is looked at for a page: it may hold few rows, or none, and still not be the last.
    """
    ids = await newest(session, what, before=before, limit=LOOK_AT)
    if not ids:
        return Results((), None)
    entries = (await session.execute(_HITS, {"ids": ids})).all()
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
    return Results(tuple(rows), ids[-1] if len(ids) == LOOK_AT else None)


def _marked(row: Row, hits: Sequence[Hit], what: Sought) -> tuple[Hit, ...]:
    """The first few, each text once."""
    kept = [hit for hit in hits if hit.kind != "name"][:HITS]
    if len(kept) < len(hits) and row.customer:
        kept = [Hit("name", snippet(row.customer, what)), *kept][:HITS]
    return tuple(kept)


# `Any`: a row of `_HITS`.
def _hit(entry: Any, what: Sought) -> Hit:
    if entry.note is not None:
        return Hit("note", snippet(entry.note, what))
    files = ", ".join(str(file["name"]) for file in entry.attachments or ())
    words = " ".join(part for part in (entry.text, files) if part)
    return Hit(entry.author_kind or "system", snippet(words, what), entry.seq)


async def _newest_of(
    session: AsyncSession, agent: Agent, customers: Sequence[str]
) -> dict[str, list[str]]:
    """The newest conversations of each customer at the agent's desks."""
    found: dict[str, list[str]] = defaultdict(list)
    if not customers:
        return found
    place = (
        func.row_number()
        .over(partition_by=Conversation.customer_id, order_by=Conversation.created_at.desc())
        .label("place")
    )
    numbered = (
        select(Conversation.id, Conversation.customer_id, place)
        .where(Conversation.customer_id.in_(customers), Conversation.desk.in_(agent.desks))
        .subquery()
    )
    rows = await session.execute(
        select(numbered.c.id, numbered.c.customer_id)
        .where(numbered.c.place <= OF_A_CUSTOMER)
        .order_by(numbered.c.place)
    )
    for row in rows:
        found[row.customer_id].append(row.id)
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
