"""Counts what happens on a busy path without a write there.

The counts of a second are written together, and what is left when the process stops. A process
that is killed loses the last second's: these numbers are for people, nothing depends on them.
"""

from collections import Counter as Counts

from bot.clock import every
from bot.counters import repository
from bot.db import Database, Transaction

DUPLICATES_REFUSED = "duplicates_refused"
STALE_SENDS_REFUSED = "stale_sends_refused"
FLUSH_SECONDS = 1.0


class Counters:
    """This process's counts that are not written yet."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._counts: Counts[str] = Counts()

    def count(self, name: str) -> None:
        """Once more; never waits. What a transaction does is counted after its commit."""
        self._counts[name] += 1

    async def run(self) -> None:
        """Writes now and again, until cancelled."""
        await every(FLUSH_SECONDS, self.flush, name="counters.flush")

    async def flush(self) -> None:
        """Writes what was counted; keeps it when the database is away."""
        if not self._counts:
            return
        counts, self._counts = self._counts, Counts()

        async def write(tx: Transaction) -> None:
            await repository.add(tx.session, counts)

        try:
            await self._db.attempt(write)
        except BaseException:
            self._counts.update(counts)
            raise
