"""Two service processes in one test: each with its own link and bus on one Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.live import Hint, Subscription
from bot.settings import Settings
from bot.shared.bus import SharedBus
from bot.shared.link import RedisLink
from bot.shared.parts import Shared
from tests.redis_server import RedisPlace

PATIENCE_SECONDS = 20.0


@asynccontextmanager
async def process(redis: RedisPlace) -> AsyncIterator[Shared]:
    """What one service process has in common with the others."""
    shared = Shared(Settings(data_dir=Path("unused"), **redis.settings))
    workers = await shared.start()
    try:
        yield shared
    finally:
        for worker in workers.values():
            worker.cancel()
        await asyncio.gather(*workers.values(), return_exceptions=True)
        await shared.close()


@asynccontextmanager
async def two_processes(redis: RedisPlace) -> AsyncIterator[tuple[Shared, Shared]]:
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(process(redis))
        yield one, await stack.enter_async_context(process(redis))


def link_of(shared: Shared) -> RedisLink:
    assert shared.link is not None
    return shared.link


def bus_of(shared: Shared) -> SharedBus:
    assert isinstance(shared.bus, SharedBus)
    return shared.bus


async def next_hint(hints: Subscription) -> Hint:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await hints.get()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():
            await asyncio.sleep(0.01)
