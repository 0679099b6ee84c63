"""Tells those who wait where they stand, as the queue moves.

Every process looks after its own widgets: it asks for a desk's queue at most every two seconds, and
only while somebody watches. Nothing goes through Redis.
"""

from collections.abc import Iterable, Sequence

from bot.availability.service import Availability
from bot.channel import Hint, PlaceInQueue, thread_topic
from bot.clock import every, now
from bot.conversations.models import Conversation
from bot.db import Database, Transaction
from bot.live import Bus
from bot.queue import repository
from bot.queue.estimate import LOOKS_BACK, Wait, estimate
from bot.queue.repository import Queued

LOOK_SECONDS = 2.0


class QueueWatch:
    """Knows the place of everybody who waits and has a widget open at this process."""

    def __init__(
        self, db: Database, *, desks: Iterable[str], availability: Availability, bus: Bus
    ) -> None:
        self._db = db
        self._desks = tuple(desks)
        self._availability = availability
        self._bus = bus
        self._places: dict[str, PlaceInQueue] = {}

    def place_of(self, conversation: str) -> PlaceInQueue | None:
        """As it was told last; None for who does not wait, or only just began to."""
        return self._places.get(conversation)

    def keep_wait(self, tx: Transaction, conversation: Conversation) -> None:
        """An agent takes somebody who waits: how long that took is measured."""
        at, since = now(), conversation.span_since
        if since is None:
            return
        open_time = self._availability.open_time(conversation.desk, since, at)
        repository.keep_wait(
            tx.session,
            conversation,
            queued_at=since,
            taken_at=at,
            open_seconds=open_time.total_seconds(),
        )

    async def run(self) -> None:
        """Until cancelled."""
        await every(LOOK_SECONDS, self.look, name="queue.look")

    async def look(self) -> None:
        """Tells everybody whose place or expected wait is another one now."""
        places: dict[str, PlaceInQueue] = {}
        if self._bus.subscriptions():
            for desk in self._desks:
                places |= await self._look_at(desk)
        self._places = places

    async def _look_at(self, desk: str) -> dict[str, PlaceInQueue]:
        async with self._db.read() as session:
            queue = await repository.queue_of(session, desk)
            watched = [
                (place, queued)
                for place, queued in enumerate(queue, start=1)
                if self._bus.is_watched(thread_topic(queued.channel, queued.thread))
            ]
            if not watched:
                return {}
            waits = await repository.last_waits(session, desk, since=now() - LOOKS_BACK)
        standing = await self._availability.standing(desk)
        if not (standing.is_open and standing.agent_online):
            waits = ()  # nobody is at work: what was measured before says nothing
        stalled = self._stalled(desk, queue, waits)
        return {
            queued.conversation: self._tell(queued, place, waits, stalled)
            for place, queued in watched
        }

    def _tell(
        self, queued: Queued, place: int, waits: Sequence[Wait], stalled: float
    ) -> PlaceInQueue:
        minutes = estimate(place, waits, stalled=stalled)
        told = PlaceInQueue(
            queued.conversation, place, (minutes.low, minutes.high) if minutes else None
        )
        if self._places.get(queued.conversation) != told:
            topic = thread_topic(queued.channel, queued.thread)
            self._bus.publish_here(Hint(topic, "place", told))
        return told

    def _stalled(self, desk: str, queue: Sequence[Queued], waits: Sequence[Wait]) -> float:
        """For how many opening seconds somebody has waited here and nobody was taken."""
        began = [queued.since for queued in queue if queued.since is not None]
        if not waits or not began:
            return 0.0
        since = max(min(began), waits[0].taken_at)
        return self._availability.open_time(desk, since, now()).total_seconds()
