"""All widget sockets of a process: how many there may be, and how they come back after a fall."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager

# What a process greets without its customers noticing: two questions to the database each.
GREETINGS_PER_SECOND = 200
GREETINGS_AT_ONCE = 32
SHORTEST_SPREAD_SECONDS = 0.5
FULL_RETRY_SECONDS = 10.0


class Crowd:
    """Counts the open sockets."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open = 0
        # Hellos that come all at once are answered a few at a time, in the order of their coming.
        self.greeting = asyncio.Semaphore(GREETINGS_AT_ONCE)

    @contextmanager
    def enter(self) -> Iterator[bool]:
        """Counts a socket for as long as the block lasts; whether there was room for it."""
        has_room = self._open < self._limit
        self._open += has_room
        try:
            yield has_room
        finally:
            self._open -= has_room

    def retry_ms(self) -> int:
        """When this socket shall come back if the process falls: all of them spread out evenly.

        A wish, drawn anew for each socket; it is told while the process can still speak.
        """
        spread = max(SHORTEST_SPREAD_SECONDS, self._open / GREETINGS_PER_SECOND)
        return int(1000 * spread * random.uniform(0.0, 1.0))  # noqa: S311 - jitter
