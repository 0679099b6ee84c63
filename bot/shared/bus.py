"""Live hints between service processes, through one Redis channel.

A hint reaches the subscriptions of its own process at once, without a trip to Redis; the other
processes hear of it. What could not be sent is not sent later: its topics are remembered, and
once Redis is there everybody who watches them is told to fetch the gap.
"""

import asyncio
from collections import deque
from contextlib import suppress
from uuid import uuid4

from bot.live import EVERY_TOPIC, MISSED, Bus, Hint, Subscription
from bot.shared.hints import from_json, to_json
from bot.shared.link import RedisLink

OUTGOING = 4096
BATCH = 128
FLUSH_SECONDS = 1.0
MISSED_TOPICS = 1000
# After an outage everybody fetches; not all at once.
WAKE_AT_ONCE = 100
WAKE_PAUSE_SECONDS = 0.05
# Nothing of it can be fetched, and the next one comes soon.
FLEETING = "typing"


class SharedBus(Bus):
    """A bus whose hints cross processes as long as Redis is there."""

    def __init__(self, link: RedisLink) -> None:
        super().__init__()
        self._link = link
        self._me = uuid4().hex[:12]
        self._outgoing: deque[Hint] = deque()
        self._missed: set[str] = set()
        self._anything = asyncio.Event()
        self._all_sent = asyncio.Event()
        self._all_sent.set()
        self._waking: set[asyncio.Task[None]] = set()
        link.carry(receive=self._received, send=self._send)
        link.on_change(self._link_changed)

    def publish(self, hint: Hint) -> None:
        """Here at once, elsewhere soon; never waits."""
        super().publish(hint)
        if self._link.there and len(self._outgoing) < OUTGOING:
            self._outgoing.append(hint)
        else:
            self._remember(hint)
        self._all_sent.clear()
        self._anything.set()

    async def flush(self) -> None:
        """Before the process ends: until everything is sent, or for a moment."""
        if self._link.there:
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self._all_sent.wait()

    async def stop(self) -> None:
        """Ends what is still going on."""
        for task in self._waking:
            task.cancel()
        await asyncio.gather(*self._waking, return_exceptions=True)

    async def _send(self) -> None:
        """What there is to send; what fails is remembered by its topic."""
        await self._anything.wait()
        self._anything.clear()
        while self._outgoing or self._missed:
            batch = [self._outgoing.popleft() for _ in range(min(BATCH, len(self._outgoing)))]
            missed, self._missed = self._missed, set()
            notes = [Hint(topic, MISSED) for topic in sorted(missed)]
            try:
                await self._link.publish([to_json(h, sender=self._me) for h in (*batch, *notes)])
            except BaseException:
                self._missed |= missed
                for hint in batch:
                    self._remember(hint)
                raise
        self._all_sent.set()

    def _received(self, raw: bytes) -> None:
        found = from_json(raw)
        if found is None or found[0] == self._me:
            return
        hint = found[1]
        if hint.topic == EVERY_TOPIC:
            self._wake_everybody()
        else:
            super().publish(hint)

    def _link_changed(self, there: bool) -> None:
        if there:
            self._wake_everybody()
        while self._outgoing:
            self._remember(self._outgoing.popleft())
        self._anything.set()

    def _remember(self, hint: Hint) -> None:
        if hint.kind == FLEETING or EVERY_TOPIC in self._missed:
            return
        self._missed.add(hint.topic)
        if len(self._missed) > MISSED_TOPICS:
            self._missed = {EVERY_TOPIC}

    def _wake_everybody(self) -> None:
        task = asyncio.create_task(_wake(list(self.subscriptions())), name="wake watchers")
        self._waking.add(task)
        task.add_done_callback(self._waking.discard)


async def _wake(watchers: list[Subscription]) -> None:
    for number, watcher in enumerate(watchers, start=1):
        watcher.miss()
        if number % WAKE_AT_ONCE == 0:
            await asyncio.sleep(WAKE_PAUSE_SECONDS)
