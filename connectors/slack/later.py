"""Work that goes on after Slack has its answer, and the order of a thread's posts."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

import structlog

from bot.channel import Busy
from connectors.slack.faults import Limited, Unreachable

# Slack waits three seconds for its answer, and then sends the event again.
PATIENCE_SECONDS = 2.5
# A press is not sent again: it is acknowledged after this, and done all the same.
PRESS_SECONDS = 0.8
STOP_SECONDS = 10.0
AGAIN_SECONDS = (0.2, 1.0, 5.0, 15.0)
LONGEST_SECONDS = 60.0
# Each of them reads the database. Under a flood the rest waits here, in the order in which it came,
# and the desk's other questions (agents' pages, answers on their way) find a connection.
AT_ONCE = 6
MOST_WAITING = 10_000  # what comes on top is not acknowledged: Slack sends it again
BUSY_TRIES = 60

log = structlog.get_logger()


class StillAtWork(Exception):
    """Not done in time: Slack may send it again, which then joins the work or finds it done."""


class NoRoom(StillAtWork):
    """Not even begun."""


class Later:
    """Tasks of this process. What must not be lost is committed before Slack has its answer."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_over = False
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._order: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._slots = asyncio.Semaphore(AT_ONCE)

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

    async def answered(self, work: Coroutine[Any, Any, None], name: str) -> bool:
        """Does it; whether it was done when whoever pressed had to have their answer. It goes on
        all the same. Raises NoRoom when it was not begun, and what the work raises in time.
        """
        if self._is_over:
            work.close()
            raise NoRoom(name)
        task = self._spawn(work, name)
        return await _done_within(task, PRESS_SECONDS)

    async def in_time(
        self,
        key: str,
        order: str,
        work: Callable[[], Awaitable[None]],
        *,
        again_after: tuple[float, ...] = (),
        at_last: Callable[[], Awaitable[None]] | None = None,
        within: float | None = None,
    ) -> None:
        """Does it, after what came before it in the same `order`; a `key` only once at a time.

        With `again_after` (seconds), also when Slack could not be asked: its own second try may
        never come; `at_last` is done before it gives up. Raises StillAtWork when Slack must have an
        answer now (PATIENCE_SECONDS, or `within`); the work goes on.
        """
        task = self._under_way.get(key)
        if task is None and (self._is_over or len(self._under_way) >= MOST_WAITING):
            raise NoRoom(key)
        if task is None:
            task = self._spawn(self._in_order(order, work, again_after, at_last), key)
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
            task.add_done_callback(_look_at)
        if not await _done_within(task, PATIENCE_SECONDS if within is None else within):
            raise StillAtWork(key)

    async def _in_order(
        self,
        order: str,
        work: Callable[[], Awaitable[None]],
        again_after: tuple[float, ...],
        at_last: Callable[[], Awaitable[None]] | None,
    ) -> None:
        lock = self._order.get(order)
        if lock is None:
            lock = self._order[order] = asyncio.Lock()
        pauses, busy = iter(again_after), 0
        async with lock:
            while True:
                try:
                    async with self._slots:
                        await work()
                except (Limited, Unreachable) as fault:
                    if (pause := next(pauses, None)) is None:
                        if at_last is None:
                            raise
                        work, at_last, pause = at_last, None, 0.0
                    wait = fault.seconds if isinstance(fault, Limited) else pause
                    problem = str(fault)
                except Busy as fault:
                    if not again_after or (busy := busy + 1) > BUSY_TRIES:
                        raise
                    wait, problem = float(str(fault.values["retry_after"])), fault.code
                else:
                    return
                log.warning("slack.tried_again", problem=problem, again_in=wait)
                await asyncio.sleep(min(wait, LONGEST_SECONDS))

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


async def _done_within(task: asyncio.Task[None], seconds: float) -> bool:
    """Whether it was; it goes on all the same. Raises what it raised by then."""
    try:
        async with asyncio.timeout(seconds):
            await asyncio.shield(task)
    except TimeoutError:
        if task.done():  # in the same moment; or it was the work's own
            task.result()
            return True
        task.add_done_callback(_tell_failure)
        return False
    return True


async def _guarded(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except Exception:
        log.exception("slack.later_failed", what=name)


def _tell_failure(task: asyncio.Task[None]) -> None:
    """Nobody waits for it any more."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("slack.later_failed", what=task.get_name(), exc_info=error)


def _look_at(task: asyncio.Task[None]) -> None:
    """Whoever waited has heard of its failure, or nobody waits any more."""
    if not task.cancelled():
        task.exception()
