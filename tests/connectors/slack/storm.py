"""Many employees at once, with duplicates and faults: how each request was answered."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.connectors.slack.fake import FakeSlack, Fault, Json
from tests.connectors.slack.office import Office

PEOPLE = 30
# What goes wrong: too fast, broken, nonsense, and «done, but the answer was lost».
FAULTS: tuple[Callable[[], Fault], ...] = (
    lambda: Fault(status=429, retry_after=0.05),
    lambda: Fault(status=500),
    lambda: Fault(status=502, body="<html>bad gateway</html>"),
    lambda: Fault(status=503, done_first=True),
    lambda: Fault(body="<html>hello</html>"),
)


@dataclass
class Storm:
    """`events` posts, `share` of them twice, and `share` of all calls of Slack going wrong."""

    events: int
    channels: tuple[str, ...]
    share: float = 0.05
    per_second: float | None = None  # None: as fast as it goes
    random: Random = field(default_factory=lambda: Random(8))  # noqa: S311 - no secret
    sent_at: dict[str, float] = field(default_factory=dict)

    async def rage(self, office: Office) -> None:
        """Until every post has its answer and every pair of eyes is out."""
        slack = office.slack
        people = [slack.add_user(f"U0P{n}", f"Person{n} Number") for n in range(PEOPLE)]
        slack.chaos = self._fault
        slack.again_after = 1.0
        began = time.monotonic()
        for number in range(self.events):
            if self.per_second is not None:
                await asyncio.sleep(max(began + number / self.per_second - time.monotonic(), 0))
            channel = self.channels[number % len(self.channels)]
            event = slack.message(self.random.choice(people), channel, f"Request {number}")
            self.sent_at[event["ts"]] = time.monotonic()
            await slack.event(event, times=2 if self.random.random() < self.share else 1)
        await self._wait(slack)
        slack.chaos = None
        await office.nothing_under_way()

    def _fault(self, method: str) -> Fault | None:
        if method in ("auth.test", "apps.connections.open"):
            return None
        if self.random.random() >= self.share:
            return None
        return self.random.choice(FAULTS)()

    async def _wait(self, slack: FakeSlack) -> None:
        while not self.sent_at.keys() <= self.answers(slack).keys():
            await asyncio.sleep(0.2)

    def answers(self, slack: FakeSlack) -> dict[str, list[Json]]:
        """The app's posts, by thread."""
        found: dict[str, list[Json]] = {}
        for post in slack.posts:
            if post.get("bot_id") and post.get("thread_ts"):
                found.setdefault(str(post["thread_ts"]), []).append(post)
        return found
