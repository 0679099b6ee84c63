"""Live hints to whoever is watching, in process; `shared/bus.py` carries them between processes.

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
# The kind of a hint that only says «hints of this topic were lost: fetch».
MISSED = "missed"
EVERY_TOPIC = "*"


@dataclass(frozen=True)
class Hint:
    """Something happened under `topic`; `data` is what the publisher had in hand.

    From another process comes less: at most what has a form in `shared/hints.py`.
    """

    topic: str
    kind: str
    # `Any`: each kind carries its own frozen object; watchers know which.
    data: Any = None


class Subscription:
    """The hints of some topics, in order. `lagging` is set when some were lost.

    Who sees it clears it and then fetches the gap.
    """

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Hint] = asyncio.Queue(QUEUE_LENGTH)
        self.lagging = False

    def offer(self, hint: Hint) -> None:
        """Takes a hint without waiting; drops it when the watcher is too slow."""
        try:
            self._queue.put_nowait(hint)
        except asyncio.QueueFull:
            self.lagging = True

    def miss(self) -> None:
        """Hints were lost on their way: wakes the watcher, so that it fetches the gap now."""
        self.lagging = True
        self.offer(Hint(EVERY_TOPIC, MISSED))

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
            if hint.kind == MISSED:
                watcher.miss()
            else:
                watcher.offer(hint)

    def publish_here(self, hint: Hint) -> None:
        """To watchers of this process only: the others know it by themselves."""
        Bus.publish(self, hint)

    def is_watched(self, topic: str) -> bool:
        """Whether anybody of this process watches it."""
        return bool(self._watchers.get(topic))

    def subscriptions(self) -> set[Subscription]:
        """All of them, of whatever topic."""
        return set().union(*self._watchers.values())

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
