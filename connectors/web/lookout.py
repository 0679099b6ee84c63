"""Looks after the open sockets: has each said what its thread holds?

Hints are only hints, and one that is lost would otherwise be noticed with the next one, which in
a quiet conversation may never come. So each process asks the database now and then, once for
hundreds of sockets, and wakes those that are behind.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Protocol

import structlog

from bot.channel import HistoryDesk, Standing, Subscription

LOOK_SECONDS = 10.0
THREADS_AT_ONCE = 500

log = structlog.get_logger()


# A socket's thread, the conversation that it is in, and the last message that it sent on.
Reached = tuple[str, str | None, int]


class Watched(Protocol):
    """An open socket, as far as it is looked after."""

    def reached(self) -> Reached:
        """How far it is."""


class Lookout:
    """Of one process."""

    def __init__(self, history: HistoryDesk, *, channel: str) -> None:
        self._history = history
        self._channel = channel
        self._open: dict[Watched, Subscription] = {}
        self._behind: dict[Watched, Reached] = {}  # at the last look, and where they were then

    @contextmanager
    def over(self, socket: Watched, hints: Subscription) -> Iterator[None]:
        """The socket is looked after for as long as the block lasts."""
        self._open[socket] = hints
        try:
            yield
        finally:
            del self._open[socket]

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look()
            except Exception:
                log.exception("widget.look_failed")  # the database is away; the next look may work

    async def look(self) -> int:
        """Wakes who is behind since the last look and has not moved; how many."""
        before, self._behind = self._behind, {}
        sockets, woken = iter(list(self._open)), 0
        while batch := list(islice(sockets, THREADS_AT_ONCE)):
            threads = {thread: there for thread, there, _ in map(_reached, batch)}
            standings = await self._history.standings(self._channel, threads)
            for socket in batch:
                if (hints := self._open.get(socket)) is None:
                    continue
                reached = socket.reached()
                if not _is_behind(reached, standings):
                    continue
                self._behind[socket] = reached
                if before.get(socket) == reached:
                    hints.miss()
                    woken += 1
        if woken:
            log.warning("widget.behind", sockets=woken)
        return woken


def _reached(socket: Watched) -> Reached:
    return socket.reached()


def _is_behind(reached: Reached, standings: Mapping[str, Standing]) -> bool:
    thread, conversation, seq = reached
    standing = standings.get(thread)
    if standing is None:
        return False
    return conversation != standing.conversation or seq < standing.last_seq
