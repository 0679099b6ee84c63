"""Sends the rows of a table: each once, by whichever process gets there first.

A row waits until it is sent, is not wanted any more, or is given up; a crash loses none. A process
that dies between the receiver's “taken” and our own note of it leaves a row that is sent again
when its lease runs out: neither SMTP nor web push knows better.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Generic

import structlog

from bot.clock import every, now
from bot.db import Database, Transaction
from bot.mail import repository
from bot.mail.mailer import MailNotTaken, MailRefused
from bot.mail.models import Going
from bot.mail.repository import Row

SWEEP_SECONDS = 2.0
# So many rows of a process are on their way at once: a receiver that keeps us waiting holds up
# its own row, and not the others'. Mail servers count connections, so they are few.
AT_ONCE = 4
CLEAN_SECONDS = 3600.0
LEASE = timedelta(minutes=10)  # longer than a receiver may keep us waiting
KEPT_FOR = timedelta(days=30)
LAST_WORDS_SECONDS = 60.0
# Before the next try; the last one is used again and again, until it is given up.
PAUSES = (5, 30, 120, 300, 600)

log = structlog.get_logger()


class NotWanted(Exception):
    """Nothing is to be sent any more; the reason is an event's name, for the row."""


class Postman(Generic[Row]):
    """Takes a few rows at once. `send` raises NotWanted, MailNotTaken or MailRefused.

    `before_the_end` belongs to the transaction that notes the row's end, and comes first in it:
    what it locks is locked before the row.
    """

    def __init__(
        self,
        db: Database,
        rows: type[Row],
        *,
        send: Callable[[Row], Awaitable[None]],
        give_up_after: timedelta,
        before_the_end: Callable[[Transaction, Row, Going], Awaitable[None]] | None = None,
    ) -> None:
        self._db = db
        self._rows = rows
        self._send = send
        self._give_up_after = give_up_after
        self._before_the_end = before_the_end
        self._sending: set[asyncio.Task[None]] = set()
        self._name = rows.__name__

    async def run(self) -> None:
        """Until cancelled; what is being sent then goes on, see `stop`."""
        await asyncio.gather(
            *(every(SWEEP_SECONDS, self.sweep, name="postman.sweep") for _ in range(AT_ONCE)),
            every(CLEAN_SECONDS, self.clean, name="postman.clean"),
        )

    async def sweep(self) -> int:
        """Sends everything that is due, one after another; returns how many rows were tried."""
        tried = 0
        while (row := await self._take()) is not None:
            # The thread that speaks to a mail server cannot be cancelled, so its end is noted.
            sending = asyncio.create_task(self._try(row))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)
            await asyncio.shield(sending)
            tried += 1
        return tried

    async def stop(self) -> None:
        """Lets what is on its way arrive."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=LAST_WORDS_SECONDS)

    async def clean(self) -> None:
        """Removes what has been over for long."""
        async with self._db.write() as tx:
            await repository.remove_old(tx.session, self._rows, before=now() - KEPT_FOR)

    async def _take(self) -> Row | None:
        async def take(tx: Transaction) -> Row | None:
            at = now()
            return await repository.take_due(tx.session, self._rows, at=at, lease_until=at + LEASE)

        async with self._db.read() as session:
            if not await repository.anything_due(session, self._rows, at=now()):
                return None
        return await self._db.attempt(take)

    async def _try(self, row: Row) -> None:
        if self._is_too_old(row) and row.attempts > 1:
            # It made this program stumble, or we were away: the row and the log say how.
            await self._finish(row, Going.DEAD, row.problem or "given up")
            return
        try:
            await self._send(row)
        except NotWanted as reason:
            await self._finish(row, Going.DROPPED, str(reason))
        except MailRefused as error:
            log.warning("postman.refused", of=self._name, row=row.id, problem=str(error))
            await self._finish(row, Going.DEAD, str(error))
        except MailNotTaken as error:
            log.warning("postman.not_taken", of=self._name, row=row.id, problem=str(error))
            await self._postpone(row, str(error))
        except Exception as error:
            log.exception("postman.failed", of=self._name, row=row.id)
            await self._postpone(row, type(error).__name__)
        else:
            await self._finish(row, Going.SENT, None)

    def _is_too_old(self, row: Row) -> bool:
        return now() - row.created_at > self._give_up_after

    async def _postpone(self, tried: Row, problem: str) -> None:
        if self._is_too_old(tried):
            await self._finish(tried, Going.DEAD, problem)
            return

        async def postpone(tx: Transaction) -> None:
            row = await self._same(tx, tried)
            if row is not None:
                pause = PAUSES[min(row.attempts, len(PAUSES)) - 1]
                row.due_at = now() + timedelta(seconds=pause)
                row.problem = problem[:300]

        await self._db.attempt(postpone)

    async def _finish(self, tried: Row, status: Going, problem: str | None) -> None:
        async def finish(tx: Transaction) -> None:
            if self._before_the_end is not None:
                await self._before_the_end(tx, tried, status)
            row = await self._same(tx, tried)
            if row is not None:
                row.status, row.finished_at = status, now()
                row.problem = problem[:300] if problem else None
                row.forget()

        await self._db.attempt(finish)

    async def _same(self, tx: Transaction, tried: Row) -> Row | None:
        """The row, unless it is gone, or stands for something newer than what was tried."""
        row = await repository.find(tx.session, self._rows, tried.id)
        return row if row is not None and row.created_at == tried.created_at else None
