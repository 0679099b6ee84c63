"""What Alembic runs: our tables against the given database."""

from typing import Literal

from alembic import context
from sqlalchemy import create_engine

from bot.db import UtcDateTime
from bot.tables import metadata


def plain_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Versions spell database types, so that they do not change when our classes do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


engine = create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
