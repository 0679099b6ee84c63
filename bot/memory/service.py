"""The channels' memory (`bot.channel.ChannelMemory`): each call is one transaction."""

from datetime import timedelta

from bot.clock import now
from bot.db import Database
from bot.memory import repository

CLEAN_SECONDS = 3600.0


class ChannelMemories:
    """Short texts in the database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def recall(self, channel: str, key: str) -> str | None:
        """What was kept under this key; None when there is nothing."""
        async with self._db.read() as session:
            return await repository.value_of(session, channel, key, at=now())

    async def starting(self, channel: str, prefix: str) -> dict[str, str]:
        """Everything whose key begins so, by its key; at most 100."""
        async with self._db.read() as session:
            return await repository.starting(session, channel, prefix, at=now())

    async def keep(self, channel: str, key: str, value: str, *, days: float | None = None) -> None:
        """Keeps it in the place of what was there."""
        await self._put(channel, key, value, days, only_first=False)

    async def first(self, channel: str, key: str, value: str = "", *, days: float) -> bool:
        """Keeps it if nothing is there: of several processes, one is told True."""
        return await self._put(channel, key, value, days, only_first=True)

    async def _put(
        self, channel: str, key: str, value: str, days: float | None, *, only_first: bool
    ) -> bool:
        until = None if days is None else now() + timedelta(days=days)
        return await self._db.attempt(
            lambda tx: repository.put(
                tx.session, channel, key, value, at=now(), until=until, only_first=only_first
            )
        )

    async def forget(self, channel: str, key: str) -> None:
        """Nothing is kept there any more."""
        await self._db.attempt(lambda tx: repository.drop(tx.session, channel, key))

    async def clean(self) -> None:
        """Forgets what is over."""
        await self._db.attempt(lambda tx: repository.drop_old(tx.session, at=now()))
