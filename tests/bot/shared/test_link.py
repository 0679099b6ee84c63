"""The link to Redis ends when it is told to, whatever happens in the same moment."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from redis.asyncio.client import PubSub

from bot.settings import Settings
from bot.shared.parts import Shared
from tests.bot.shared.processes import link_of, until
from tests.redis_server import RedisPlace

pytestmark = pytest.mark.asyncio

ENDS_WITHIN_SECONDS = 5.0


@pytest_asyncio.fixture
async def shared(redis: RedisPlace) -> AsyncIterator[Shared]:
    one = Shared(Settings(data_dir=Path("unused"), **redis.settings))
    yield one
    await one.close()


async def ends(worker: asyncio.Task[None]) -> None:
    """Soon, and as what was cancelled."""
    done, _ = await asyncio.wait([worker], timeout=ENDS_WITHIN_SECONDS)
    if not done:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()  # or this test's own loop would never end
        pytest.fail("it goes on")
    assert worker.cancelled()


@pytest.mark.parametrize("ticks", range(6))
async def test_it_ends_when_redis_is_lost_in_the_same_moment(shared: Shared, ticks: int) -> None:
    worker = (await shared.start())["redis"]
    link = link_of(shared)
    await asyncio.sleep(0.01)
    link._lose(OSError("lost"))
    link._doubted.set()
    for _ in range(ticks):
        await asyncio.sleep(0)
    worker.cancel()
    await ends(worker)


async def test_it_ends_when_redis_py_has_forgotten_that_it_should(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = PubSub.get_message

    # `Any`: redis-py's own arguments and answer.
    async def forgets(standing: PubSub, *values: Any, **named: Any) -> Any:
        try:
            return await ask(standing, *values, **named)
        except asyncio.CancelledError:
            return None

    worker = (await shared.start())["redis"]
    monkeypatch.setattr(PubSub, "get_message", forgets)
    await until(lambda: link_of(shared).there)
    await asyncio.sleep(0.01)
    worker.cancel()
    await ends(worker)


async def test_it_is_there_again_when_a_lost_one_forgets_to_end(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask, forgotten = PubSub.get_message, False

    # `Any`: redis-py's own arguments and answer.
    async def forgets_once(standing: PubSub, *values: Any, **named: Any) -> Any:
        nonlocal forgotten
        try:
            return await ask(standing, *values, **named)
        except asyncio.CancelledError:
            if forgotten:
                raise
            forgotten = True
            return None

    monkeypatch.setattr(PubSub, "get_message", forgets_once)
    worker = (await shared.start())["redis"]
    link = link_of(shared)
    await asyncio.sleep(0.01)
    link._lose(OSError("lost"))
    link._doubted.set()
    await until(lambda: link.there)
    assert forgotten
    worker.cancel()
    await ends(worker)
