"""The one writer of a SQLite database, without a thread hop for each statement.

aiosqlite sends every step of every statement to a thread and back: some seventy hops for one
customer message, 14 ms of 16 (docs/adr/0006). A statement itself takes microseconds. So the
writer's connection runs statements where they are awaited, and uses a thread only for what can
block: a commit that waits for the disk, and a BEGIN that another process holds up. Readers keep
aiosqlite, because a long question must not hold the loop up.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import aiosqlite

BUSY_MS = 5000
PRAGMAS = (
    "journal_mode=WAL",
    # FULL: an acknowledged message survives a power cut, not only a crash of ours.
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-16000",
)

Answer = TypeVar("Answer")


class InlineCursor:
    """A DBAPI cursor in aiosqlite's dress."""

    def __init__(self, connection: "InlineConnection") -> None:
        self._connection = connection
        self._cursor = connection.raw.cursor()

    async def __aenter__(self) -> "InlineCursor":
        return self

    async def execute(self, statement: str, parameters: Sequence[object] = ()) -> None:
        """Runs the statement here and now; only BEGIN IMMEDIATE may have to wait."""
        try:
            self._cursor.execute(statement, parameters)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            await self._connection.run_patiently(self._cursor.execute, statement, parameters)

    async def executemany(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        """Runs the statement for each row."""
        self._cursor.executemany(statement, rows)

    # `Any`: a row's columns are whatever was asked.
    async def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Gives the statement back."""
        self._cursor.close()

    # `Any`: the DBAPI's own seven-tuples.
    @property
    def description(self) -> Any:
        """The columns of the answer, as the DBAPI describes them."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed."""
        return self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The key of the row that was inserted last."""
        return self._cursor.lastrowid


class InlineConnection:
    """A connection that SQLAlchemy's aiosqlite dialect takes for aiosqlite's."""

    def __init__(self, path: str) -> None:
        self.raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in PRAGMAS:
            self.raw.execute(f"PRAGMA {pragma}")
        self.raw.execute("PRAGMA busy_timeout=0")
        self._connection: sqlite3.Connection | None = self.raw  # the dialect looks at this

    @property
    def isolation_level(self) -> str | None:
        """None: we say BEGIN ourselves."""
        return self.raw.isolation_level

    def cursor(self) -> InlineCursor:
        """A new cursor."""
        return InlineCursor(self)

    async def run_patiently(self, work: Callable[..., Answer], *arguments: object) -> Answer:
        """Does it in a thread, waiting as long as BUSY_MS for other processes."""

        def patiently() -> Answer:
            self.raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            try:
                return work(*arguments)
            finally:
                self.raw.execute("PRAGMA busy_timeout=0")

        return await self._in_thread(patiently)

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        running = asyncio.get_running_loop().run_in_executor(None, work)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            # A cancelled caller waits all the same: to close the connection under the thread's
            # hands crashes the process.
            while not running.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait([running])
            raise

    async def commit(self) -> None:
        """Waits for the disk in a thread."""
        await self._in_thread(self.raw.commit)

    async def rollback(self) -> None:
        """Undoes the transaction."""
        self.raw.rollback()

    async def close(self) -> None:
        """Closes the file."""
        if self._connection is not None:
            self._connection = None
            self.raw.close()

    def stop(self) -> None:
        """aiosqlite's word for closing without waiting."""
        self.raw.close()

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        """The dialect registers REGEXP with it."""
        self.raw.create_function(*arguments, **options)


class ReadingConnection(aiosqlite.Connection):
    """aiosqlite's, which may be closed and stopped in one moment.

    A question that is cancelled gives its connection up: SQLAlchemy closes it, and stops its
    thread if that is cancelled as well. Either asks the thread to end, and in aiosqlite the second
    one asks a thread that is gone, and waits for ever: its task stays, and so does the process.
    """

    _end: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        """Ends the thread, once; when it has ended, for whoever asks."""
        if self._end is None:
            self._end = super().stop()
        return self._end


async def connect_reader(path: str) -> ReadingConnection:
    """A connection with a thread of its own, which does not keep the process alive."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(path, check_same_thread=False)

    connection = ReadingConnection(connect, iter_chunk_size=64)
    connection._thread.daemon = True
    await connection
    return connection
