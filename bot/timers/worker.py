"""Fires timers: each once, whichever process gets there first.

A timer's row goes in the transaction of what it sets off, so it happened exactly if the row is
gone. A timer that fails is tried again after growing pauses, and holds no other one up.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import every, now
from bot.db import Database, Transaction
from bot.timers import repository
from bot.timers.repository import Due

SWEEP_SECONDS = 1.0
SWEEP_LIMIT = 100
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)

log = structlog.get_logger()

# Does what is due with the conversation of this id, which is locked; checks itself whether there
# is still something to do.
Fire = Callable[[Transaction, str], Awaitable[None]]
# Locks a conversation. First of all, as everywhere: then nobody waits for someone who waits for us.
Lock = Callable[[AsyncSession, str], Awaitable[object]]


class TimerWorker:
    """Looks for due timers every second, and fires them one by one."""

    def __init__(self, db: Database, *, fire: Mapping[str, Fire], lock: Lock) -> None:
        self._db = db
        self._fire = fire
        self._lock = lock

    async def run(self) -> None:
        """Until cancelled."""
        await every(SWEEP_SECONDS, self.sweep, name="timers.sweep")

    async def sweep(self) -> int:
        """Fires what is due; returns how many this process fired."""
        async with self._db.read() as session:
            due = await repository.due(session, self._fire, at=now(), limit=SWEEP_LIMIT)
        fired = 0
        for timer in due:
            try:
                fired += await self._fire_one(timer)
            except Exception as error:
                log.exception("timer.failed", timer=timer.key)
                await self._postpone(timer, error)
        return fired

    async def _fire_one(self, timer: Due) -> bool:
        async def fire(tx: Transaction) -> bool:
            await self._lock(tx.session, timer.conversation_id)
            if not await repository.take(tx.session, timer.key, at=now()):
                return False
            await self._fire[timer.kind](tx, timer.conversation_id)
            return True

        return await self._db.attempt(fire)

    async def _postpone(self, timer: Due, error: Exception) -> None:
        async def postpone(tx: Transaction) -> None:
            failures = await repository.failures_of(tx.session, timer.key)
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures, 10))
            await repository.postpone(
                tx.session, timer.key, problem=type(error).__name__, until=now() + pause
            )

        await self._db.attempt(postpone)
