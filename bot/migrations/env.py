"""What Alembic runs: our tables against the given database."""

from typing import Literal

from alembic import context
from sqlalchemy import Connection, event

from bot.db import UtcDateTime
from bot.migrations import plain_engine
from bot.tables import metadata

# Any number, as long as nothing else on the server locks it: "firstline" as telephone keys.
ADVISORY_LOCK = 347785463


def plain_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Versions spell database types, so that they do not change when our classes do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def is_ours(_item: object, name: str | None, kind: str, _reflected: bool, _to: object) -> bool:
    """The search's indexes are made for one database each, so they are no difference."""
    if kind == "table":
        return not (name or "").startswith("search_words")
    return name != "ix_search_entries_words"


def one_at_a_time(connection: Connection) -> None:
    """Other processes that start now wait here, and find the work done."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")


engine = plain_engine(context.config.attributes["url"])
event.listen(engine, "begin", one_at_a_time)
try:
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            # All or nothing, on SQLite too: its driver only begins by itself before INSERTs.
            transactional_ddl=True,
            compare_type=True,
            render_item=plain_type,
            include_object=is_ours,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
finally:
    engine.dispose()
