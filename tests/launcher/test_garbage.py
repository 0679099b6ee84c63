"""Full collections look at what is new, and at all of it only when much has piled up."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.launcher import garbage
from bot.launcher.garbage import Garbage

pytestmark = pytest.mark.asyncio


class Connection:
    """Refers to itself, as what has a callback does: only a collection finds it."""

    def __init__(self) -> None:
        self.itself = self


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Garbage]:
    one = Garbage()
    one.start()
    yield one
    one.stop()


def is_looked_at(connection: Connection) -> bool:
    return any(one is connection for one in gc.get_objects())


async def test_what_outlives_a_full_collection_is_not_looked_at_again(running: Garbage) -> None:
    connection = Connection()
    assert is_looked_at(connection)
    gc.collect()
    assert not is_looked_at(connection)
    running.stop()
    assert is_looked_at(connection)
    gc.collect()
    assert is_looked_at(connection), "it does not go on"


async def test_what_dies_at_once_is_found_at_once(running: Garbage) -> None:
    died = weakref.ref(Connection())
    gc.collect()
    assert died() is None


async def test_what_died_among_what_was_put_aside_is_found_when_that_has_grown(
    running: Garbage, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = Connection()
    gc.collect()
    died = weakref.ref(connection)
    del connection
    gc.collect()
    await asyncio.sleep(0)
    assert died() is not None, "it has not grown, so nobody looked"
    monkeypatch.setattr(garbage, "GROWS_BY", 0.0)
    gc.collect()
    for _ in range(10):
        await asyncio.sleep(0)
    assert died() is None


async def test_much_that_is_new_is_much_grown(running: Garbage) -> None:
    connection = Connection()
    gc.collect()
    died = weakref.ref(connection)
    del connection
    many = [[number] for number in range(gc.get_freeze_count())]
    gc.collect()
    for _ in range(10):
        await asyncio.sleep(0)
    assert died() is None
    assert many
