"""Statements and routes are compiled once in a test process, not once for each of its desks.

Each test has engines of its own, and SQLAlchemy remembers what it compiled by engine and dialect:
without this, tests compile the same few hundred statements again and again. And each has an app of
its own, for which FastAPI has Pydantic make a validator for each parameter of each route: more than
half of what it takes to make an app.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from fastapi._compat import v2
from pydantic import TypeAdapter
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

    with (
        patch.object(bot.db, "create_async_engine", create),
        patch.object(v2, "TypeAdapter", _Validators().of),
    ):
        yield


class _Validators:
    """They keep nothing of what they look at, so that parameters of one kind may share one."""

    def __init__(self) -> None:
        self._made: dict[Any, TypeAdapter[Any]] = {}

    # `Any`: a parameter's type with what is said of it, and Pydantic's settings.
    def of(self, annotated: Any, *, config: Any = None) -> TypeAdapter[Any]:
        """What says the same of the same type is of one kind; a default of one's own is not."""
        kind = annotated.__origin__, repr(annotated.__metadata__), repr(config)
        if kind not in self._made:
            self._made[kind] = TypeAdapter(annotated, config=config)
        return self._made[kind]
