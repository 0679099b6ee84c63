"""Transactions on PostgreSQL: several at once, tried again where that helps, through its faults."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial

import psycopg
import pytest
import uvloop
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot import postgres
from bot.db import Database, Overtaken, Transaction
from tests.postgres import fresh_database, plain


@pytest.fixture
def url(postgresql: str) -> Iterator[str]:
    with fresh_database(postgresql) as fresh:
        with psycopg.connect(plain(fresh)) as connection:
            connection.execute("CREATE TABLE words (word TEXT UNIQUE)")
        yield fresh


@asynccontextmanager
async def opened(url: str, *, connections: int = 4) -> AsyncIterator[Database]:
    database = Database(url, connections=connections)
    yield database
    await database.close()


async def add(tx: Transaction, word: str) -> None:
    await tx.session.execute(text("INSERT INTO words VALUES (:word)"), {"word": word})


async def words(database: Database) -> list[str]:
    async with database.read() as session:
        return list(await session.scalars(text("SELECT word FROM words ORDER BY word")))


def cut_connections(url: str) -> None:
    """Ends all of the desk's; they are gone when this returns."""
    with psycopg.connect(plain(url), autocommit=True) as connection:
        while connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'firstline' AND datname = current_database()"
        ).fetchone():
            time.sleep(0.01)


@pytest.mark.asyncio
async def test_whoever_comes_second_looks_again(url: str) -> None:
    effects: list[str] = []

    async def add_or_find(tx: Transaction) -> str:
        if await tx.session.scalar(text("SELECT 1 FROM words WHERE word = 'hello'")):
            return "found"
        await asyncio.sleep(0.05)  # the other one looks meanwhile
        tx.after_commit(lambda: effects.append("told"))
        await add(tx, "hello")
        return "added"

    async with opened(url) as database:
        answers = await asyncio.gather(*(database.attempt(add_or_find) for _ in range(2)))
        assert sorted(answers) == ["added", "found"]
        assert await words(database) == ["hello"]
    assert effects == ["told"]


@pytest.mark.asyncio
async def test_work_may_ask_to_look_again(url: str) -> None:
    tries: list[int] = []

    async def work(tx: Transaction) -> int:
        tries.append(len(tries))
        await add(tx, f"try {len(tries)}")
        if len(tries) < 3:
            raise Overtaken
        return len(tries)

    async with opened(url) as database:
        assert await database.attempt(work) == 3
        assert await words(database) == ["try 3"]


@pytest.mark.asyncio
async def test_what_no_second_try_can_help_is_raised_at_once(url: str) -> None:
    tries: list[str] = []

    async def work(tx: Transaction) -> None:
        tries.append("tried")
        await tx.session.execute(text("SELECT nonsense"))

    async with opened(url) as database:
        with pytest.raises(DBAPIError):
            await database.attempt(work)
    assert tries == ["tried"]


@pytest.mark.asyncio
async def test_a_conflict_that_stays_is_raised_in_the_end(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.db.WAITS", (0.0, 0.0))
    async with opened(url) as database:
        await database.attempt(lambda tx: add(tx, "hello"))
        with pytest.raises(IntegrityError):
            await database.attempt(lambda tx: add(tx, "hello"))


@pytest.mark.asyncio
async def test_cut_connections_are_not_noticed(url: str) -> None:
    async with opened(url) as database:
        await database.attempt(lambda tx: add(tx, "before"))
        assert await words(database) == ["before"]
        cut_connections(url)
        assert await words(database) == ["before"]
        await database.attempt(lambda tx: add(tx, "after"))
        assert await words(database) == ["after", "before"]


@pytest.mark.asyncio
async def test_a_connection_that_is_closed_on_our_side_is_not_used(url: str) -> None:
    async with opened(url) as database:
        await database.attempt(lambda tx: add(tx, "before"))
        async with database.write() as tx:
            line = await (await tx.session.connection()).get_raw_connection()
            driver = line.driver_connection
        assert driver is not None
        await driver.close()
        await database.attempt(lambda tx: add(tx, "after"))
        assert await words(database) == ["after", "before"]


@pytest.mark.asyncio
async def test_a_connection_that_was_silent_for_long_is_asked_first(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def ping(line: object) -> bool:
        asked.append(line)
        return True

    async with opened(url) as database:
        dialect = database._writer.sync_engine.dialect
        monkeypatch.setattr(dialect, "do_ping", ping)
        await database.attempt(lambda tx: add(tx, "before"))
        await database.attempt(lambda tx: add(tx, "at once"))
        assert asked == []
        monkeypatch.setattr(postgres, "SILENT_SECONDS", 0.0)
        await database.attempt(lambda tx: add(tx, "later"))
        assert len(asked) == 1


@pytest.mark.asyncio
async def test_a_connection_that_is_cut_during_the_work_is_made_anew(url: str) -> None:
    tries: list[str] = []

    async def work(tx: Transaction) -> None:
        await add(tx, "hello")
        tries.append("tried")
        if len(tries) == 1:
            await asyncio.to_thread(cut_connections, url)
        await add(tx, "world")

    async with opened(url) as database:
        await database.attempt(work)
        assert await words(database) == ["hello", "world"]
    assert len(tries) == 2


@pytest.mark.asyncio
async def test_writers_who_read_do_not_wait_for_each_other(url: str) -> None:
    async def work(tx: Transaction, number: int) -> None:
        await add(tx, str(number))
        assert str(number) not in await words(database)

    async with opened(url, connections=2) as database, asyncio.timeout(10):
        await asyncio.gather(
            *(database.attempt(partial(work, number=number)) for number in range(20))
        )
        assert len(await words(database)) == 20


@pytest.mark.asyncio
async def test_a_reading_session_sees_one_moment_and_changes_nothing(url: str) -> None:
    async with opened(url) as database:
        async with database.read() as session:
            assert await session.scalar(text("SELECT count(*) FROM words")) == 0
            await database.attempt(lambda tx: add(tx, "meanwhile"))
            assert await session.scalar(text("SELECT count(*) FROM words")) == 0
        async with database.read() as session:
            with pytest.raises(DBAPIError, match="read-only"):
                await session.execute(text("DELETE FROM words"))


def test_it_works_on_the_loop_that_the_service_has(url: str) -> None:
    """uvicorn runs on uvloop where it can."""

    async def work() -> list[str]:
        async with opened(url) as database:
            await database.attempt(lambda tx: add(tx, "hello"))
            return await words(database)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(work()) == ["hello"]
