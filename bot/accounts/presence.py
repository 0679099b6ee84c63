"""Who is there: an agent is online while an inbox of theirs is open in some browser."""

from datetime import timedelta
from time import monotonic

from bot.accounts import repository
from bot.clock import now
from bot.db import Database

HEARTBEAT_SECONDS = 15.0
GONE_AFTER = timedelta(seconds=40)
FRESH_SECONDS = 2.0


class Presence:
    """Knows from the database, so every process knows; asks it at most every two seconds."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._desks: frozenset[str] = frozenset()
        self._asked_at: float | None = None

    async def anyone_online(self, desk: str) -> bool:
        """Whether an agent of this desk has an inbox open."""
        if self._asked_at is None or monotonic() - self._asked_at > FRESH_SECONDS:
            async with self._db.read() as session:
                agents = await repository.agents_seen_since(session, now() - GONE_AFTER)
            self._desks = frozenset(desk for agent in agents for desk in agent.desks)
            self._asked_at = monotonic()
        return desk in self._desks

    async def heartbeat(self, agent_id: str) -> None:
        """The agent's inbox is open."""
        async with self._db.write() as tx:
            await repository.touch(tx.session, agent_id, at=now())
        self._asked_at = None

    async def left(self, agent_id: str) -> None:
        """The agent signed out, or closed the last inbox."""
        async with self._db.write() as tx:
            await repository.touch(tx.session, agent_id, at=None)
        self._asked_at = None
