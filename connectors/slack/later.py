"""Work that goes on after Slack has its answer, and the order of a thread's posts."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

import structlog

from connectors.slack.faults import Limited, Unreachable

# Slack waits three seconds for its answer, and then sends the event again.
PATIENCE_SECONDS = 2.5
STOP_SECONDS = 10.0
AGAIN_SECONDS = (0.2, 1.0, 5.0, 15.0)
LONGEST_SECONDS = 60.0

log = structlog.get_logger()


class StillAtWork(Exception):
    """Not done in time: Slack may send it again, which then joins the work or finds it done."""


class Later:
    """Tasks of this process. What must not be lost is committed before Slack has its answer."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_over = False
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._order: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Does it in the background; a failure is logged, and that is all."""
        if self._is_over:
            work.close()
            return
        self._spawn(_guarded(work, name), name)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def in_time(self, key: str, order: str, work: Callable[[], Awaitable[None]]) -> None:
        """Does it, after what came before it in the same `order`; a `key` only once at a time.

        Raises StillAtWork when Slack must have an answer now; the work goes on.
        """
        task = self._under_way.get(key)
        if task is None and self._is_over:
            raise StillAtWork(key)
        if task is None:
            task = self._spawn(self._in_order(order, work), key)
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
            task.add_done_callback(_look_at)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await asyncio.shield(task)
        except TimeoutError:
            if task.done():  # it was the work's own
                raise
            raise StillAtWork(key) from None

    async def _in_order(self, order: str, work: Callable[[], Awaitable[None]]) -> None:
        lock = self._order.get(order)
        if lock is None:
            lock = self._order[order] = asyncio.Lock()
        async with lock:
            await work()

    async def rest(self) -> None:
        """Until nothing is under way any more."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def stop(self) -> None:
        """Takes nothing more, and lets what is under way finish, for a while.

        An event that was on its way meanwhile is not acknowledged: another process gets it.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self.rest()
        self._is_over = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def stubbornly(work: Callable[[], Awaitable[None]]) -> None:
    """Does it, and again when Slack could not be asked: its own second try may never come."""
    for pause in AGAIN_SECONDS:
        try:
            await work()
        except (Limited, Unreachable) as fault:
            wait = fault.seconds if isinstance(fault, Limited) else pause
            log.warning("slack.tried_again", problem=str(fault), again_in=wait)
            await asyncio.sleep(min(wait, LONGEST_SECONDS))
        else:
            return
    await work()


async def _guarded(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except Exception:
        log.exception("slack.later_failed", what=name)


def _look_at(task: asyncio.Task[None]) -> None:
    """Whoever waited has heard of its failure, or nobody waits any more."""
    if not task.cancelled():
        task.exception()
