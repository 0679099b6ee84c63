"""Copies a filled PostgreSQL to SQLite, row by row, as the tables say."""

from itertools import islice
from typing import Any

from sqlalchemy import Engine, Table, create_engine, func, insert, select
from sqlalchemy.engine.url import make_url

from benchmarks.console import console
from bot import migrations
from bot.db import Base
from bot.search.models import SearchEntry

ROWS_AT_ONCE = 2000


def copy_to_sqlite(source: str, target: str) -> None:
    """Makes the database file `target` with all rows of `source`; the search index comes along."""
    migrations.upgrade(target)
    read = create_engine(make_url(source))
    write = create_engine(make_url(target).set(drivername="sqlite"))
    for table in Base.metadata.sorted_tables:
        console.print(f"{table.name}: {_copy(table, read, write):,}")
    with write.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    read.dispose()
    write.dispose()


def _copy(table: Table, read: Engine, write: Engine) -> int:
    # The words of a tsvector as they were given; SQLite keeps them as text.
    plain = func.array_to_string(func.tsvector_to_array(SearchEntry.words), " ").label("words")
    columns = [plain if column is _WORDS else column for column in table.columns]
    count = 0
    with read.connect() as source, write.begin() as target:
        target.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        target.execute(table.delete())  # what a migration has put there
        rows = source.execution_options(yield_per=ROWS_AT_ONCE).execute(select(*columns))
        while batch := [dict(row) for row in islice(rows.mappings(), ROWS_AT_ONCE)]:
            target.execute(insert(table), _by_name(batch))
            count += len(batch)
    return count


# `Any`: rows as SQLAlchemy takes them.
def _by_name(batch: list[dict[Any, Any]]) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in batch]


_WORDS = SearchEntry.__table__.c.words
