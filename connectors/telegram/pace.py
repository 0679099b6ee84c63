"""How fast we may call Telegram: thirty messages a second overall, twenty a minute in a group, one
a second in a chat. What a customer waits for goes before what can wait."""

import asyncio
import heapq
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from itertools import count
from time import monotonic
from typing import Any

from telegram.ext import AIORateLimiter

# What Telegram allows: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
OVERALL_PER_SECOND = 30
GROUP_PER_MINUTE = 20
CHAT_SECONDS = 1.0
KNOWN_CHATS = 10_000
# The messages; answers to presses and typing signs are none, and take nothing of the budget.
MESSAGES = frozenset({"sendMessage", "sendPhoto", "sendDocument", "sendMediaGroup"})
EDITS = frozenset({"editMessageText", "editMessageReplyMarkup"})
TYPING = "sendChatAction"

Answer = Any  # what Telegram answers: JSON


class Urgency(IntEnum):
    """Who goes first when there are more calls than Telegram allows."""

    NOW = 0  # somebody waits for it
    LATER = 1  # an opinion that is asked for, a place in the queue that has changed


_urgency: ContextVar[Urgency] = ContextVar("telegram_urgency", default=Urgency.NOW)


@contextmanager
def at_leisure() -> Iterator[None]:
    """What is sent in this block lets everything else go first."""
    token = _urgency.set(Urgency.LATER)
    try:
        yield
    finally:
        _urgency.reset(token)


class Budget:
    """So many calls a second, the urgent ones first, each kind in order.

    A second's worth may go at once after a pause. 0: no limit.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._left = per_second
        self._at = monotonic()
        self._order = count()
        self._waiting: list[tuple[Urgency, int, asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_tight(self) -> bool:
        """Whether somebody waits already."""
        return any(not done.done() for _, _, done in self._waiting)

    async def take(self, urgency: Urgency = Urgency.NOW) -> None:
        """Returns when the call may be made."""
        if not self._per_second:
            return
        self._fill()
        if self._left >= 1 and not self.is_tight:
            self._left -= 1
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (urgency, next(self._order), done))
        self._set_timer()
        await done

    def _fill(self) -> None:
        at = monotonic()
        self._left = min(self._per_second, self._left + (at - self._at) * self._per_second)
        self._at = at

    def _set_timer(self) -> None:
        if self._timer is None:
            seconds = max(0.0, (1 - self._left) / self._per_second)
            self._timer = asyncio.get_running_loop().call_later(seconds, self._let_pass)

    def _let_pass(self) -> None:
        self._timer = None
        self._fill()
        while self._waiting and self._left >= 1:
            _, _, done = heapq.heappop(self._waiting)
            if not done.done():  # who was cancelled takes nothing
                done.set_result(None)
                self._left -= 1
        if self._waiting:
            self._set_timer()


class Pace(AIORateLimiter):
    """PTB's limiter for groups, with a chat's second and an overall budget of our own.

    The library's overall limit counts typing signs as messages, and lets whoever comes later go
    before those who wait.
    """

    def __init__(self, *, chat_seconds: float = CHAT_SECONDS) -> None:
        super().__init__(
            overall_max_rate=0,
            group_max_rate=GROUP_PER_MINUTE,
            group_time_period=60,
            max_retries=0,
        )
        self.budget = Budget(OVERALL_PER_SECOND)
        self._chat_seconds = chat_seconds
        self._next: OrderedDict[str, float] = OrderedDict()

    # `Any`: as the class above has it.
    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Answer:
        """Waits for the chat's turn, then for the others'."""
        if endpoint == TYPING:
            # It says “now”: where others wait it would come too late, and only take their room.
            return True if self.budget.is_tight else await callback(*args, **kwargs)
        if endpoint not in MESSAGES and endpoint not in EDITS:
            return await callback(*args, **kwargs)
        if endpoint in MESSAGES:
            await self._wait_for(str(data["chat_id"]))
        urgency = Urgency.LATER if endpoint in EDITS else _urgency.get()

        async def within_budget() -> Answer:
            await self.budget.take(urgency)
            return await callback(*args, **kwargs)

        return await super().process_request(within_budget, (), {}, endpoint, data, rate_limit_args)

    async def _wait_for(self, chat: str) -> None:
        at = monotonic()
        mine = max(at, self._next.get(chat, at))
        self._next[chat] = mine + self._chat_seconds
        self._next.move_to_end(chat)
        if len(self._next) > KNOWN_CHATS:
            self._next.popitem(last=False)
        if mine > at:
            await asyncio.sleep(mine - at)
