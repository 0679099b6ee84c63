"""Work that one process does for all (`bot.channel.Lease`): a row says which, and until when."""

from datetime import timedelta
from uuid import uuid4

from bot.clock import now
from bot.db import Database, Transaction
from bot.timers import repository


class Leases:
    """This process's claims on work."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.holder = str(uuid4())
        # One process works on SQLite: whoever had the work when this one began is gone.
        self._alone = db.is_sqlite
        self._begun: set[str] = set()

    async def hold(self, name: str, *, seconds: float) -> bool:
        """Takes it, or keeps it; False while another process has it."""

        async def take(tx: Transaction) -> bool:
            if self._alone and name not in self._begun:
                await repository.drop_lease(tx.session, name)
            return await repository.lease(
                tx.session, name, holder=self.holder, at=now(), lasts=timedelta(seconds=seconds)
            )

        held = await self._db.attempt(take, finds_itself=True)
        self._begun.add(name)
        return held

    async def let_go(self, name: str) -> None:
        """If it is ours."""
        await self._db.attempt(
            lambda tx: repository.end_lease(tx.session, name, holder=self.holder)
        )
