"""Fetches updates: exactly one process does, and none is confirmed before it is dealt with.

Telegram forgets an update when a later one is asked for. So the next question names the oldest
update that is still being worked on; what comes again meanwhile is known by its number.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channel import Lease
from connectors.telegram import faults
from connectors.telegram.client import Bots
from connectors.telegram.parse import ALLOWED

LEASE = "telegram.poll"
LEASE_SECONDS = 15.0
EXTEND_SECONDS = 4.0
LONG_POLL_SECONDS = 10
LOOK_AGAIN_SECONDS = 2.0
CONFLICT_SECONDS = 15.0
WRONG_TOKEN_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
AT_LEAST_SECONDS = 0.2
UNFINISHED_SECONDS = 0.2
MOST_AT_ONCE = 100  # as Telegram gives them

log = structlog.get_logger()


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
    """Asks Telegram for updates, for as long as this process holds the lease."""

    def __init__(
        self,
        bot: Bots,
        *,
        take: Callable[[Any], Coroutine[Any, Any, None]],
        lease: Lease,
        long_poll_seconds: int = LONG_POLL_SECONDS,
        look_again_seconds: float = LOOK_AGAIN_SECONDS,
    ) -> None:
        self._bot = bot
        self._take = take
        self._lease = lease
        self._long_poll = long_poll_seconds
        self._look_again = look_again_seconds
        self._progress = Progress()
        self._mine = asyncio.Event()
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
            if await self._is_mine():
                self._mine.set()
                await asyncio.sleep(EXTEND_SECONDS)
            else:
                self._mine.clear()
                await asyncio.sleep(self._look_again)

    async def stop(self) -> None:
        """Another process may go on at once."""
        await self._lease.let_go(LEASE)

    async def _is_mine(self) -> bool:
        try:
            return await self._lease.hold(LEASE, seconds=LEASE_SECONDS)
        except Exception:
            log.exception("telegram.lease_failed")
            return False

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
        if not self._progress.working:
            return 0.0
        return 0.0 if began else await self._wait_for_one()

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

    async def _wait_for_one(self) -> float:
        working = list(self._progress.working.values())
        await asyncio.wait(working, timeout=UNFINISHED_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        return 0.0

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
        longest = CONFLICT_SECONDS if isinstance(error, Conflict) else LONGEST_PAUSE_SECONDS
        pause, self._pause = min(self._pause, longest), min(2 * self._pause, longest)
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
