"""Home pages are drawn anew when a request of theirs changes, not only when somebody opens them.

Every process hears what changed and gathers it for a moment: however often a request changes
meanwhile, and however many of somebody's requests do, their page is drawn once. Which process
draws it is decided in the database, and one that looks the same is not sent again.
"""

import asyncio
from contextlib import suppress

import structlog

from bot.channel import Subscription
from connectors.slack.asking.begin import Beginnings
from connectors.slack.asking.home import Home
from connectors.slack.channel import CHANNEL, SlackChannel
from connectors.slack.faults import Limited, NotInstalled, Refused, SlackFault

GATHER_SECONDS = 1.0
MOST_KNOWN = 10_000
MOST_CHANGED = 500  # conversations of one moment; what is beyond is drawn when it is looked at
AT_ONCE, TRIES, LONGEST_SECONDS = 4, 5, 60.0
# They say nothing of a conversation.
FLEETING = frozenset({"typing", "seen", "alarms", "engines", "presence"})

log = structlog.get_logger()


async def work(slack: SlackChannel) -> None:
    """Until cancelled."""
    redraws = Redraws(slack)
    with slack.agents.watch() as hints:
        changes = Changes(hints)
        while True:
            slack.later.start(redraws.draw(await changes.gather()), "slack home")


class Changes:
    """What changes a home page: a request begins, or stands elsewhere."""

    def __init__(self, hints: Subscription) -> None:
        self._hints = hints
        self._known: dict[str, None] = {}  # conversations whose beginning was noticed

    async def gather(self) -> set[str]:
        """The conversations of one moment, once there is one."""
        changed = {await self._next()}
        with suppress(TimeoutError):
            async with asyncio.timeout(GATHER_SECONDS):
                while len(changed) < MOST_CHANGED:
                    changed.add(await self._next())
        return changed

    async def _next(self) -> str:
        while True:
            hint = await self._hints.get()
            if not isinstance(hint.data, str) or not hint.data or hint.kind in FLEETING:
                continue
            is_new = hint.data not in self._known
            if is_new:
                if len(self._known) >= MOST_KNOWN:
                    del self._known[next(iter(self._known))]
                self._known[hint.data] = None
            if is_new or hint.kind == "status":
                return hint.data


class Redraws:
    """Draws the pages of whose requests changed."""

    def __init__(self, slack: SlackChannel) -> None:
        self._slack = slack
        self._home = Home(slack, Beginnings(slack))
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting: set[str] = set()  # customers whose page is not begun

    async def draw(self, conversations: set[str]) -> None:
        """Each page once, of those that somebody has looked at lately."""
        found = await self._slack.agents.requesters(CHANNEL, conversations)
        customers = found - self._waiting
        self._waiting |= customers
        await asyncio.gather(*(self._draw(customer) for customer in customers))

    async def _draw(self, customer: str) -> None:
        team, _, user = customer.partition(":")
        try:
            async with self._slots:
                for _ in range(TRIES):
                    self._waiting.discard(customer)
                    pause = await self._try(team, user)
                    if pause is None:
                        return
                    self._waiting.add(customer)
                    await asyncio.sleep(min(pause, LONGEST_SECONDS))
        finally:
            self._waiting.discard(customer)
        log.info("slack.home_not_drawn", problem="gave up; it is drawn when it is opened")

    async def _try(self, team: str, user: str) -> float | None:
        """None when it is done with; else after how many seconds to try again."""
        try:
            return None if await self._home.refresh(team, user) else GATHER_SECONDS
        except (Refused, NotInstalled) as fault:
            log.info("slack.home_not_drawn", problem=str(fault))
            return None
        except SlackFault as fault:
            return fault.seconds if isinstance(fault, Limited) else GATHER_SECONDS
