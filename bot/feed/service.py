"""Writes the feed while some program wants it, and forgets what is old."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import every, now
from bot.db import Database, Transaction
from bot.feed import repository
from bot.feed.models import FeedEntry

LOOK_SECONDS = 2.0
KEEP = timedelta(days=30)
FORGET_AT_ONCE = 5000


class Feed:
    """`wanted`: whether any program reads it. Without one, not a row is written."""

    def __init__(self, db: Database, *, wanted: Callable[[AsyncSession], Awaitable[bool]]) -> None:
        self._db = db
        self._wanted = wanted
        self.is_open = False

    async def run(self) -> None:
        """Looks whether somebody reads, until cancelled."""
        await every(LOOK_SECONDS, self.look, name="feed.look")

    async def look(self) -> None:
        """Opens or closes the feed of this process."""
        async with self._db.read() as session:
            self.is_open = await self._wanted(session)

    async def forget_old(self) -> int:
        """Deletes entries older than KEEP, some at a time; how many."""

        async def forget(tx: Transaction) -> int:
            before = now() - KEEP
            return await repository.forget(tx.session, before=before, limit=FORGET_AT_ONCE)

        return await self._db.attempt(forget)

    def write(
        self,
        tx: Transaction,
        kind: str,
        *,
        conversation_id: str,
        desk: str,
        status: str,
        epoch: int,
        actor: tuple[str, str | None],
        # `Any`: ids, numbers and reasons; never message text.
        details: dict[str, Any],
    ) -> None:
        """Adds an entry in the caller's transaction. `actor`: kind and name."""
        if self.is_open:
            actor_kind, actor_name = actor
            tx.session.add(
                FeedEntry(
                    kind=kind,
                    conversation_id=conversation_id,
                    desk=desk,
                    status=status,
                    epoch=epoch,
                    actor_kind=actor_kind,
                    actor_name=actor_name,
                    details=details,
                )
            )
