"""The inbox's live stream: small hints over server-sent events; the page fetches what they name.

While a stream is open its agent counts as online. A stream that ends may only mean that the
agent turns a page, so presence waits a little before it ends.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from time import monotonic

from bot.accounts.presence import HEARTBEAT_SECONDS, Presence
from bot.accounts.service import Accounts
from bot.conversations.news import AGENTS_MESSAGE, BOT_MESSAGE, INBOX_TOPIC, agents_topic
from bot.live import Bus, Hint, Subscription
from bot.writing.drafts import HINT as DRAFT
from bot.writing.replies import HOLD
from bot.writing.viewers import HINT as VIEWERS

# After a burst of hints the next one is gathered for so long; the first goes out at once.
GATHER_SECONDS = 0.1
# What people say to people does not wait behind what the bot says to all others: it takes what was
# gathered along, unless its conversation was just told of.
PEOPLES_WORDS = ("message", AGENTS_MESSAGE)
# Every conversation's news changes the list, and fetching it is an inbox's dearest question: on a
# busy desk once a second is enough, while an open conversation is always current.
LIST_SECONDS = 1.0
LIST = "list"
BOTS_LIST = "list-bot"  # only the list of the bot's conversations
TYPING = "typing"  # a customer writes: neither a list nor a transcript changes
SEEN = "seen"  # the customer has read: nothing that a list shows
HERE = "here"  # the stream still carries something: the page opens another one when it does not
PRESENCE = "presence"  # the agent's own changed, or they are asked whether they are there
# Of the agents' messages, their own topic tells.
NO_LISTS = (SEEN, TYPING, AGENTS_MESSAGE, HOLD, PRESENCE)
# Their data are a conversation, and their events are of their own: no transcript changes.
ASIDE = (TYPING, DRAFT, VIEWERS)
LEFT_AFTER_SECONDS = 6.0
RETRY_MS = (1000, 4000)


class LiveStreams:
    """All open streams of this process."""

    def __init__(self, *, bus: Bus, presence: Presence, accounts: Accounts) -> None:
        self._bus = bus
        self._presence = presence
        self._accounts = accounts
        self._open: Counter[str] = Counter()
        self._leaving: set[asyncio.Task[None]] = set()

    async def stream(self, agent_id: str, token: str) -> AsyncIterator[str]:
        """Events until the browser goes or the session ends."""
        self._open[agent_id] += 1
        try:
            with self._bus.subscribe([INBOX_TOPIC, agents_topic(agent_id)]) as hints:
                # Not the same for everyone: a desk's restart ends all streams in one moment.
                yield f"retry: {random.randint(*RETRY_MS)}\n\n"  # noqa: S311
                pace, is_asked = Pace(), False
                while (who := await self._accounts.who(token)) is not None:
                    await self._presence.heartbeat(agent_id)
                    yield f": here\n\n{_event(HERE)}"
                    found = await self._presence.look_idle(who.agent)
                    if found.is_asked or is_asked:  # again and again: a page may have missed it
                        yield _event(PRESENCE)
                    is_asked = found.is_asked
                    until = monotonic() + HEARTBEAT_SECONDS
                    while (changed := await _gather(hints, pace, until=until)) is not None:
                        if changed:
                            yield "".join(map(_event, changed))
        finally:
            self._closed(agent_id)

    def _closed(self, agent_id: str) -> None:
        self._open[agent_id] -= 1
        if not self._open[agent_id]:
            del self._open[agent_id]
            loop = asyncio.get_running_loop()
            loop.call_later(LEFT_AFTER_SECONDS, self._leave_unless_back, agent_id)

    def _leave_unless_back(self, agent_id: str) -> None:
        if agent_id in self._open:
            return
        task = asyncio.create_task(self._presence.left(agent_id), name=f"left {agent_id}")
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)


@dataclass
class Pace:
    """When the next events of a stream may go out, and which lists are out of date."""

    next_at: float = 0.0
    list_at: float = 0.0
    lists: set[str] = field(default_factory=set)
    told: dict[str, float] = field(default_factory=dict)  # when, of those of the last moment

    def hurries(self, hint: Hint) -> bool:
        """Whether this one goes out before the burst is gathered."""
        lately = self.told.get(hint.data, -GATHER_SECONDS)
        is_peoples = hint.kind in PEOPLES_WORDS and bool(hint.data)
        return is_peoples and monotonic() >= lately + GATHER_SECONDS

    def goes_out(self, hints: Iterable[Hint]) -> None:
        """A burst with these is told now."""
        at = monotonic()
        self.told = {name: then for name, then in self.told.items() if then > at - GATHER_SECONDS}
        self.told |= {hint.data: at for hint in hints}
        self.next_at = at + GATHER_SECONDS

    def note(self, hint: Hint) -> None:
        """The news of a hint make some lists old."""
        if hint.kind not in NO_LISTS:
            self.lists.add(BOTS_LIST if hint.kind == BOT_MESSAGE else LIST)

    def due_list(self) -> list[str]:
        """The event that it is time for; `list` makes every page fetch its own."""
        if not self.lists or monotonic() < self.list_at:
            return []
        name = LIST if LIST in self.lists else BOTS_LIST
        self.lists.clear()
        self.list_at = monotonic() + LIST_SECONDS
        return [name]


async def _gather(hints: Subscription, pace: Pace, *, until: float) -> list[str] | None:
    """The events of the next burst of hints, each once; None when it is time to beat."""
    burst: list[Hint] = []
    named: dict[str, bool] = {}
    hint = await _next(hints, until=min(until, pace.list_at) if pace.lists else until)
    if hint is None and monotonic() >= until:
        return None
    while hint is not None:
        burst.append(hint)
        named |= _news_of(hint, pace)
        hint = None if pace.hurries(hint) else await _next(hints, until=pace.next_at)
    pace.goes_out(burst)
    if hints.lagging:
        hints.lagging = False
        pace.lists.clear()
        return ["everything"]
    return pace.due_list() + list(named)


def _news_of(hint: Hint, pace: Pace) -> dict[str, bool]:
    """The event that this hint is for whoever has its conversation open; none without one."""
    if hint.kind in ASIDE:
        return {f"{hint.kind}-{hint.data}": True}
    if hint.kind == PRESENCE:
        return {PRESENCE: True} if hint.topic != INBOX_TOPIC else {}
    pace.note(hint)
    return {f"conversation-{hint.data}": True} if hint.data else {}


async def _next(hints: Subscription, *, until: float) -> Hint | None:
    try:
        async with asyncio.timeout(max(until - monotonic(), 0)):
            return await hints.get()
    except TimeoutError:
        return None


def _event(name: str) -> str:
    # A browser drops an event without data.
    return f"event: {name}\ndata: .\n\n"
