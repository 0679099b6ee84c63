"""What a search asks of the database."""

from typing import Any

from sqlalchemy import ColumnElement, Select, cast, column, func, literal, select, table
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from bot.search.models import SearchEntry
from bot.search.sought import Sought

FTS = table("search_words", column("rowid"), column("search_words"))
# PostgreSQL cannot read its index in the order of time, and cannot guess how rare a word is: common
# words are found by reading the newest rows, all others by the index.
RECENT = 20_000


def holds(session: AsyncSession, what: Sought) -> ColumnElement[bool]:
    """For a question about `SearchEntry`: whether it holds all words."""
    if _is_sqlite(session):
        return SearchEntry.id.in_(select(FTS.c.rowid).where(_fits(what)))
    return SearchEntry.words.op("@@")(cast(what.for_postgresql(), TSQUERY))


async def newest(
    session: AsyncSession, what: Sought, *, before: int | None, limit: int
) -> list[int]:
    """The numbers of the newest rows that hold all words, the newest first."""
    if _is_sqlite(session):
        # FTS5 walks its rows in this order by itself, and stops at the limit.
        asked = select(FTS.c.rowid).where(_fits(what)).order_by(FTS.c.rowid.desc()).limit(limit)
        if before is not None:
            asked = asked.where(FTS.c.rowid < before)
        return list(await session.scalars(asked))
    if before is None:
        before = (await session.scalar(select(func.max(SearchEntry.id))) or 0) + 1
    since = before - RECENT
    found = select(SearchEntry.id).where(holds(session, what))
    recent = found.where(SearchEntry.id < before, SearchEntry.id >= since)
    ids = list(await session.scalars(_first(recent, SearchEntry.id, limit)))
    if len(ids) < limit and since > 0:
        # A sum is in no index: so the words are looked up first, and what is found is sorted.
        older = _first(found.where(SearchEntry.id < since), SearchEntry.id + 0, limit - len(ids))
        ids += await session.scalars(older)
    return ids


# `Any`: a statement's row type adds nothing here.
def _first(found: Select[Any], by: Any, limit: int) -> Select[Any]:
    return found.order_by(by.desc()).limit(limit)


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _fits(what: Sought) -> ColumnElement[bool]:
    return FTS.c.search_words.op("MATCH")(literal(what.for_sqlite()))
