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

    async def hold(self, name: str, *, seconds: float) -> bool:
        """Takes it, or keeps it; False while another process has it."""

        async def take(tx: Transaction) -> bool:
            return await repository.lease(
                tx.session, name, holder=self.holder, at=now(), lasts=timedelta(seconds=seconds)
            )

        return await self._db.attempt(take, finds_itself=True)

    async def let_go(self, name: str) -> None:
        """If it is ours."""
        await self._db.attempt(
            lambda tx: repository.end_lease(tx.session, name, holder=self.holder)
        )
