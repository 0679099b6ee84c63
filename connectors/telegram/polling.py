"""Fetches updates: exactly one process does, and none is confirmed before it is dealt with.

Telegram forgets an update when a later one is asked for. So the next question names the oldest
update that is still being worked on; what comes again meanwhile is known by its number.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

import structlog
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channel import Lease
from connectors.telegram import faults
from connectors.telegram.client import Bots
from connectors.telegram.intake import AT_ONCE
from connectors.telegram.leading import EXTEND_SECONDS, LOOK_AGAIN_SECONDS, holds
from connectors.telegram.parse import ALLOWED
from connectors.telegram.rivals import PEEK_SECONDS, Rivals

LEASE = "telegram.poll"
LONG_POLL_SECONDS = 10
WEBHOOK_SECONDS = 15.0
WRONG_TOKEN_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
AT_LEAST_SECONDS = 0.2
GATHER_SECONDS = 0.05
UNFINISHED_SECONDS = 0.2
CROWDED_SECONDS = 0.5
MOST_AT_ONCE = 100  # as Telegram gives them

log = structlog.get_logger()


class OnHold(Protocol):
    """What else whoever asks Telegram does."""

    async def __call__(self, *, anew: bool) -> None: ...


@dataclass
class Progress:
    """Which updates are at work, and which are done but not confirmed yet."""

    working: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)
    newest: int | None = None

    @property
    def offset(self) -> int | None:
        """The oldest update that Telegram must keep; None: whatever it has."""
        if self.working:
            return min(self.working)
        return None if self.newest is None else self.newest + 1

    @property
    def room(self) -> int:
        """How many updates that we do not know Telegram could give: behind the oldest that is
        unfinished it gives so many, and no more."""
        if not self.working:
            return MOST_AT_ONCE
        oldest = min(self.working)
        known = len(self.working) + sum(number >= oldest for number in self.done)
        return max(0, MOST_AT_ONCE - known)

    def is_new(self, number: int) -> bool:
        """Whether nobody has begun with it."""
        return number not in self.working and number not in self.done

    def finish(self, number: int) -> None:
        """It is dealt with; until it is confirmed it may come again."""
        self.working.pop(number, None)
        self.done.add(number)

    def ask_from(self) -> int | None:
        """The offset of the next question, which confirms all that is older."""
        offset = self.offset
        if offset is not None:
            self.done = {number for number in self.done if number >= offset}
        return offset

    def nothing_came(self) -> None:
        """All is confirmed. After a week of silence Telegram may go on with smaller numbers, which
        an offset of ours would confirm unseen."""
        if not self.working:
            self.newest = None


class Poller:
    """Asks Telegram for updates, for as long as this process holds the lease; `on_hold` is called
    each time that it gets or extends it (whether it is `anew`), and raises nothing."""

    def __init__(
        self,
        bot: Bots,
        *,
        take: Callable[[Any], Coroutine[Any, Any, None]],
        lease: Lease,
        on_hold: OnHold | None = None,
        long_poll_seconds: int = LONG_POLL_SECONDS,
        look_again_seconds: float = LOOK_AGAIN_SECONDS,
    ) -> None:
        self._bot = bot
        self._take = take
        self._lease = lease
        self._on_hold = on_hold
        self._long_poll = long_poll_seconds
        self._look_again = look_again_seconds
        self._progress = Progress()
        self._rivals = Rivals()
        self._mine = asyncio.Event()
        self._one_is_done = asyncio.Event()
        self._pause = FIRST_PAUSE_SECONDS
        self.problem: str | None = None  # why no updates come, for whoever asks

    async def run(self) -> None:
        """Until cancelled."""
        keeper = asyncio.create_task(self._keep(), name="telegram lease")
        try:
            while True:
                await self._mine.wait()
                await asyncio.sleep(await self._guarded_round())
        finally:
            keeper.cancel()
            for task in self._progress.working.values():
                task.cancel()

    async def _keep(self) -> None:
        """Holds the lease while a question waits for its answer; tries to get it otherwise."""
        while True:
            if await holds(self._lease, LEASE):
                anew = not self._mine.is_set()
                if anew:
                    self._rivals.begin()
                    self._mine.set()
                if self._on_hold is not None:
                    await self._on_hold(anew=anew)
                await asyncio.sleep(EXTEND_SECONDS)
            else:
                self._mine.clear()
                await asyncio.sleep(self._look_again)

    async def stop(self) -> None:
        """Another process may go on at once."""
        await self._lease.let_go(LEASE)

    async def _guarded_round(self) -> float:
        """Whatever goes wrong, we ask again."""
        try:
            return await self._round()
        except Exception:
            log.exception("telegram.round_failed")
            return LOOK_AGAIN_SECONDS

    async def _round(self) -> float:
        """One question; how long to wait before the next."""
        try:
            updates = await self._ask()
        except TelegramError as error:
            return self._trouble(error)
        if not self._rivals.may_take():
            return self._leave(updates)
        self._well()
        if not updates:
            self._progress.nothing_came()
            # A server that does not wait as it was asked to would be asked without end.
            return AT_LEAST_SECONDS
        began = 0
        for update in updates:
            number = update["update_id"]
            if self._progress.is_new(number):
                began += 1
                self._begin(number, update)
        if self._progress.working:
            await self._wait(for_new=began > 0)
        return 0.0

    # `Any`: JSON.
    def _leave(self, updates: list[Any]) -> float:
        """Somebody else may be at them; how long to wait before the next question."""
        given = (update["update_id"] for update in updates)
        if self._rivals.leave(filter(self._progress.is_new, given)):
            return self._trouble(Conflict("another program confirmed what was given to us, too"))
        return PEEK_SECONDS

    # `Any`: JSON.
    async def _ask(self) -> list[Any]:
        """While something is unfinished, Telegram answers at once with just that."""
        found = await self._bot.raw_updates(
            offset=self._progress.ask_from(),
            limit=MOST_AT_ONCE,
            wait=0 if self._progress.working else self._long_poll,
            allowed=ALLOWED,
        )
        if not isinstance(found, list) or not all(_has_number(update) for update in found):
            raise NetworkError("the answer to getUpdates is no list of updates")
        return found

    # `Any`: JSON.
    def _begin(self, number: int, raw: Any) -> None:
        newest = self._progress.newest
        self._progress.newest = number if newest is None else max(newest, number)
        task = asyncio.create_task(self._take(raw), name=f"telegram update {number}")
        self._progress.working[number] = task
        task.add_done_callback(lambda done: self._finished(number, done))

    def _finished(self, number: int, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            if (error := task.exception()) is not None:
                log.error("telegram.update_lost", update=number, problem=type(error).__name__)
            self._progress.finish(number)
        self._one_is_done.set()

    async def _wait(self, *, for_new: bool) -> None:
        """Asked while something is at work, Telegram gives it again: so not before it is of use.

        A few are done in a moment as a rule, and then one question confirms them all. Beside many,
        what is new would only wait here and not there, until half of them are done. And while the
        oldest leaves no room behind it, there is nothing new to be had.
        """
        working = self._progress.working
        if len(working) <= AT_ONCE:
            enough, seconds = 0, GATHER_SECONDS if for_new else UNFINISHED_SECONDS
        else:
            enough, seconds = len(working) // 2, CROWDED_SECONDS
        until = monotonic() + seconds
        while working:
            has_room, left = self._progress.room > 0, until - monotonic()
            if has_room and (left <= 0 or len(working) <= enough):
                return
            self._one_is_done.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left if has_room else None):
                    await self._one_is_done.wait()

    def _well(self) -> None:
        if self.problem is not None:
            log.info("telegram.polling_again")
        self.problem, self._pause = None, FIRST_PAUSE_SECONDS

    def _trouble(self, error: TelegramError) -> float:
        name = type(error).__name__
        if self.problem != name:
            log.warning(
                "telegram.polling_failed", problem=name, detail=str(error), hint=_hint(error)
            )
        self.problem = name
        if isinstance(error, RetryAfter):
            return faults.seconds_of(error)
        if isinstance(error, InvalidToken):
            return WRONG_TOKEN_SECONDS
        if isinstance(error, Conflict):
            has_webhook = "webhook" in str(error).lower()
            return WEBHOOK_SECONDS if has_webhook else self._rivals.conflict()
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        return pause


# `Any`: JSON.
def _has_number(update: Any) -> bool:
    return isinstance(update, dict) and type(update.get("update_id")) is int


def _hint(error: TelegramError) -> str | None:
    if isinstance(error, Conflict):
        return (
            "another program uses this token (or has set a webhook): every bot needs a token of "
            "its own; run `firstline telegram check`"
        )
    if isinstance(error, InvalidToken):
        return "FIRSTLINE_TELEGRAM_TOKEN is not a token that Telegram knows"
    return None
