"""The database: how a transaction begins, ends, and what it sets off once it is committed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    event,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from bot import postgres, sqlite

Answer = TypeVar("Answer")
# Seconds before a transaction is tried again: another process came first, or PostgreSQL restarts.
WAITS = (0.01, 0.1, 0.5, 1.0, 2.0)

# The key of a table that grows with every message. (SQLite counts by itself in INTEGER alone.)
ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, aware on both sides (SQLite forgets the zone on its own)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive time rather than guess its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A naive datetime has no place in the database.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Puts the zone back where the database dropped it."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Base(DeclarativeBase):
    """Parent of all tables; constraint names are stable so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def refers_to(column: str) -> ForeignKey:
    """A foreign key that is checked at commit, so that rows may be written in any order."""
    return ForeignKey(column, deferrable=True, initially="DEFERRED")


class Overtaken(Exception):
    """Another process changed what this transaction had looked at: it has to look again."""


class Transaction:
    """One write transaction: its session, and what to do once it is committed.

    Effects are plain calls that never wait; a transaction that is rolled back drops them.
    """

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.is_committing = False
        self._effects: list[Callable[[], None]] = []

    def after_commit(self, effect: Callable[[], None]) -> None:
        """Calls `effect` after the commit, in the order of registration."""
        self._effects.append(effect)

    def run_effects(self) -> None:
        """For Database alone: the commit is through."""
        for effect in self._effects:
            effect()


# An error's text stands in the log, and a statement's parameters are what people wrote.
QUIET = {"hide_parameters": True}


class Database:
    """Opens read sessions and write transactions on SQLite (default) or PostgreSQL.

    `connections` is how many one process may have open on PostgreSQL. Half of them read: whoever
    reads while writing (is an agent online?) can then never wait for another writer's end.
    """

    def __init__(self, url: str, *, connections: int = 16) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._one_writer: asyncio.Lock | None = None
        if self.is_sqlite:
            self._reader, self._writer = self._open_sqlite(self.url.database or "")
        else:
            half = QUIET | postgres.engine_options(self.url) | {"pool_size": connections // 2}
            self._writer = create_async_engine(self.url, **half)
            # As on SQLite: all questions of a session see the database at one moment.
            self._reader = create_async_engine(
                self.url, **half, isolation_level="REPEATABLE READ"
            ).execution_options(postgresql_readonly=True)
            postgres.prepare(self._writer)
            postgres.prepare(self._reader)

    def _open_sqlite(self, path: str) -> tuple[AsyncEngine, AsyncEngine]:
        """SQLite has one writer: a lock of ours is fair and cheap, its own busy loop is neither."""
        Path(path).parent.mkdir(parents=True, exist_ok=True)

        async def connect_writer() -> sqlite.InlineConnection:
            return sqlite.InlineConnection(path)

        async def connect_reader() -> sqlite.ReadingConnection:
            return await sqlite.connect_reader(path)

        self._one_writer = asyncio.Lock()
        reader = create_async_engine(self.url, async_creator=connect_reader, **QUIET)
        writer = create_async_engine(
            self.url,
            async_creator=connect_writer,
            poolclass=AsyncAdaptedQueuePool,
            pool_size=1,
            **QUIET,
        )
        event.listen(writer.sync_engine, "begin", _begin_immediate)
        event.listen(reader.sync_engine, "connect", _prepare_reader)
        return reader, writer

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for questions only; nothing that it changes is kept."""
        async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """A transaction: committed when the block ends well, rolled back when it raises."""
        async with AsyncExitStack() as stack:
            if self._one_writer is not None:
                await stack.enter_async_context(self._one_writer)
            session = await stack.enter_async_context(
                AsyncSession(self._writer, expire_on_commit=False, autoflush=False)
            )
            transaction = Transaction(session)
            async with session.begin():
                yield transaction
                await session.flush()
                transaction.is_committing = True
        transaction.run_effects()

    async def attempt(
        self, work: Callable[[Transaction], Awaitable[Answer]], *, finds_itself: bool = False
    ) -> Answer:
        """Does `work` in a transaction, and once more where that is the right answer.

        Two processes may open the same conversation at once, and one of them then finds what the
        other wrote; a connection may break. `work` must be able to run again from its beginning;
        with `finds_itself`, also after a commit that was cut off and may be through.
        """
        for wait in WAITS:
            transaction: Transaction | None = None
            try:
                async with self.write() as transaction:
                    answer = await work(transaction)
            except Overtaken:
                pass
            except DBAPIError as error:
                in_doubt = transaction is not None and transaction.is_committing
                if (in_doubt and not finds_itself) or not postgres.passes(error):
                    raise
            else:
                return answer
            await asyncio.sleep(wait)
        async with self.write() as transaction:
            return await work(transaction)

    async def close(self) -> None:
        """Gives all connections back."""
        await self._reader.dispose()
        await self._writer.dispose()


def has_row_locks(session: AsyncSession) -> bool:
    """Whether FOR UPDATE means something here: SQLite locks everything when a write begins."""
    return session.get_bind().dialect.name != "sqlite"


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


# `Any`: the DBAPI connection's type differs by driver; only its cursor is used.
def _prepare_reader(connection: DBAPIConnection | Any, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in (*sqlite.PRAGMAS, f"busy_timeout={sqlite.BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
