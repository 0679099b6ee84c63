"""The inline writer: what is committed stays, what is cancelled does no harm."""

import asyncio
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db import Database

pytestmark = pytest.mark.asyncio


async def open_database(folder: Path) -> Database:
    database = Database(f"sqlite+aiosqlite:///{folder / 'test.db'}")
    async with database.write() as tx:
        await tx.session.execute(text("CREATE TABLE words (word TEXT)"))
    return database


async def count(database: Database) -> int:
    async with database.read() as session:
        return int(await session.scalar(text("SELECT count(*) FROM words")) or 0)


async def add(database: Database, word: str) -> None:
    async with database.write() as tx:
        await tx.session.execute(text("INSERT INTO words VALUES (:word)"), {"word": word})


async def test_a_rolled_back_transaction_leaves_nothing_and_sets_nothing_off(
    tmp_path: Path,
) -> None:
    database = await open_database(tmp_path)
    effects: list[str] = []

    async def fail() -> None:
        async with database.write() as tx:
            await tx.session.execute(text("INSERT INTO words VALUES ('lost')"))
            tx.after_commit(lambda: effects.append("told"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await count(database) == 0
    assert effects == []
    await add(database, "kept")
    assert await count(database) == 1
    await database.close()


async def test_writers_take_turns(tmp_path: Path) -> None:
    database = await open_database(tmp_path)
    await asyncio.gather(*(add(database, str(number)) for number in range(50)))
    assert await count(database) == 50
    await database.close()


async def test_a_writer_waits_for_another_process(tmp_path: Path) -> None:
    database = await open_database(tmp_path)
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(add(database, "patient"))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    await asyncio.wait_for(waiting, 5)
    assert await count(database) == 1
    await database.close()


async def test_a_cancelled_commit_does_not_take_the_connection_down(tmp_path: Path) -> None:
    """Closing the connection under the committing thread used to crash the process."""
    database = await open_database(tmp_path)
    for number in range(100):
        writing = asyncio.create_task(add(database, str(number)))
        for _ in range(number % 7):
            await asyncio.sleep(0)
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
    await add(database, "alive")
    assert await count(database) >= 1
    await database.close()


async def test_a_question_that_is_cancelled_twice_leaves_no_task_behind(tmp_path: Path) -> None:
    """Its connection is closed and stopped at once; the closing waited for ever, and so did the
    process that ended meanwhile."""
    database = await open_database(tmp_path)
    for first in range(12):
        for second in range(6):
            asking = asyncio.create_task(count(database))
            for pause in (first, second):
                for _ in range(pause):
                    await asyncio.sleep(0.0005)
                asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking
    await database.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    left = (await asyncio.wait(others, timeout=5))[1] if others else set()
    assert not left
