"""Live hints to whoever is watching, in process.

A hint says «there is something new»; it may be lost. Every watcher holds the last sequence
number that it saw and fetches the gap, so a full queue drops hints and marks itself as lagging.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

QUEUE_LENGTH = 256


@dataclass(frozen=True)
class Hint:
    """Something happened under `topic`; `data` is what the publisher had in hand."""

    topic: str
    kind: str
    # `Any`: each kind carries its own frozen object; watchers know which.
    data: Any = None


class Subscription:
    """The hints of some topics, in order. `lagging` is set when some had to be dropped."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Hint] = asyncio.Queue(QUEUE_LENGTH)
        self.lagging = False

    def offer(self, hint: Hint) -> None:
        """Takes a hint without waiting; drops it when the watcher is too slow."""
        try:
            self._queue.put_nowait(hint)
        except asyncio.QueueFull:
            self.lagging = True

    async def get(self) -> Hint:
        """The next hint, when there is one."""
        return await self._queue.get()

    async def __aiter__(self) -> AsyncIterator[Hint]:
        while True:
            yield await self._queue.get()


class Bus:
    """Carries hints from publishers to the subscriptions of their topic."""

    def __init__(self) -> None:
        self._watchers: defaultdict[str, set[Subscription]] = defaultdict(set)

    def publish(self, hint: Hint) -> None:
        """Hands the hint to everyone who watches its topic; never waits."""
        for watcher in tuple(self._watchers.get(hint.topic, ())):
            watcher.offer(hint)

    @contextmanager
    def subscribe(self, topics: Iterable[str]) -> Iterator[Subscription]:
        """Watches the topics for as long as the block lasts."""
        subscription, watched = Subscription(), list(topics)
        for topic in watched:
            self._watchers[topic].add(subscription)
        try:
            yield subscription
        finally:
            for topic in watched:
                self._watchers[topic].discard(subscription)
                if not self._watchers[topic]:
                    del self._watchers[topic]
