"""Statements are compiled once in a test process, not once for each of its databases.

Each test has engines of its own, and SQLAlchemy remembers what it compiled by engine and dialect:
without this, tests compile the same few hundred statements again and again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import URL
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

import bot.db

# Engines of one kind are told apart by nothing that their dialect knows.
Kind = tuple[str, str | None]


@contextmanager
def compiled_once() -> Iterator[None]:
    """Every engine that the desk opens shares its dialect with the others of its kind."""
    dialects: dict[Kind, Dialect] = {}
    statements: dict[Any, Any] = {}

    # `Any`: keyword arguments of `create_async_engine`.
    def create(url: URL, **options: Any) -> AsyncEngine:
        made = create_async_engine(url, execution_options={"compiled_cache": statements}, **options)
        engine = made.sync_engine
        kind = url.get_backend_name(), options.get("isolation_level")
        known = dialects.setdefault(kind, engine.dialect)
        # It learns about the server with its first connection.
        if hasattr(known, "server_version_info"):
            engine.dialect = engine.pool._dialect = known
        return made

    with patch.object(bot.db, "create_async_engine", create):
        yield
