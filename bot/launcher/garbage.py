"""Keeps the pauses of Python's garbage collector short in a process that holds much for long."""

import asyncio
import gc
import time
from typing import Any

import structlog

OLDEST = 2  # the generation that is looked at by a full collection
# How much may pile up among what is not looked at, as times what was there.
GROWS_BY = 1.5

log = structlog.get_logger()


class Garbage:
    """What outlives a full collection is not looked at by the next ones.

    Libraries and open connections are no garbage, yet a full collection looks at each of their
    objects: with 2,000 sockets it stops the process for a third of a second, again and again while
    the desk is busy. So the survivors are put aside (`gc.freeze`). Some of them die too, as when a
    connection ends, and what refers to itself is found by a collection alone: when what is put
    aside has grown by half, all of it is looked at once.
    """

    def __init__(self) -> None:
        self._kept = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_thawing = False

    def start(self) -> None:
        """From now on, in this process; called in the event loop."""
        self._loop = asyncio.get_running_loop()
        gc.callbacks.append(self._watch)
        self._thaw()

    def stop(self) -> None:
        """As Python does it by itself."""
        if self._watch in gc.callbacks:
            gc.callbacks.remove(self._watch)
        self._loop = None
        gc.unfreeze()

    # `Any`: as the standard library has it.
    def _watch(self, phase: str, info: dict[str, Any]) -> None:
        """Called before and after each collection, in whichever thread had to collect."""
        if phase != "stop" or info["generation"] != OLDEST:
            return
        gc.freeze()
        if self._is_thawing or self._loop is None or self._loop.is_closed():
            return
        if gc.get_freeze_count() > self._kept * GROWS_BY:
            self._is_thawing = True
            self._loop.call_soon_threadsafe(self._thaw)

    def _thaw(self) -> None:
        """Looks at everything, once."""
        if self._loop is None:
            return
        self._is_thawing = True
        began = time.perf_counter()
        gc.unfreeze()
        found = gc.collect()
        self._is_thawing = False
        self._kept = gc.get_freeze_count()
        took_ms = round((time.perf_counter() - began) * 1000)
        log.debug("garbage.all_looked_at", kept=self._kept, found=found, took_ms=took_ms)
