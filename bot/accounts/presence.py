"""Who is there: an agent is online while an inbox of theirs is open in some browser.

With one process the database knows. With Redis the processes tell each other there, which saves
a write for each agent and heartbeat; while it is away they fall back to the database.
"""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from time import monotonic

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.accounts import repository
from bot.clock import now
from bot.db import Database
from bot.shared.link import Away
from bot.shared.online import GONE_AFTER_SECONDS, OnlineAgents

HEARTBEAT_SECONDS = 15.0
GONE_AFTER = timedelta(seconds=GONE_AFTER_SECONDS)
# How long a word for an agent lasts when one of several processes saw the last inbox close:
# another process, where one may still be open, needs time for its next heartbeat.
LAST_WORD = timedelta(seconds=20)
FRESH_SECONDS = 2.0

log = structlog.get_logger()


class Presence:
    """Every process knows; it asks at most every two seconds."""

    def __init__(self, db: Database, *, online: OnlineAgents | None = None) -> None:
        self._db = db
        self._online = online
        self._here: set[str] = set()
        self._desks: frozenset[str] = frozenset()
        self._asked_at: float | None = None
        self._moving: set[asyncio.Task[None]] = set()
        if online is not None:
            online.link.on_change(self._move)

    async def anyone_online(self, desk: str) -> bool:
        """Whether an agent of this desk has an inbox open."""
        if self._asked_at is None or monotonic() - self._asked_at > FRESH_SECONDS:
            self._desks = frozenset(await self._desks_online())
            self._asked_at = monotonic()
        return desk in self._desks

    async def heartbeat(self, agent_id: str) -> None:
        """The agent has an inbox open at this process."""
        self._here.add(agent_id)
        await self._say([agent_id])

    async def left(self, agent_id: str) -> None:
        """The agent closed the last inbox that was open at this process."""
        self._here.discard(agent_id)
        await self._take_back(agent_id, everywhere=False)

    async def signed_out(self, agent_id: str) -> None:
        """The agent is gone from every process."""
        self._here.discard(agent_id)
        await self._take_back(agent_id, everywhere=True)

    async def _desks_online(self) -> set[str]:
        try:
            ids = None if self._online is None else await self._online.who()
        except Away:
            ids = None
        async with self._db.read() as session:
            if ids is None:
                agents = await repository.agents_seen_since(session, now() - GONE_AFTER)
            else:
                agents = await repository.agents_by_ids(session, ids)
        return {desk for agent in agents for desk in agent.desks}

    async def _say(self, agents: Collection[str]) -> None:
        self._asked_at = None
        if self._online is not None:
            try:
                await self._online.beat(agents)
            except Away:
                pass
            else:
                return
        async with self._db.write() as tx:
            await repository.touch(tx.session, agents, at=now())

    async def _take_back(self, agent_id: str, *, everywhere: bool) -> None:
        self._asked_at = None
        at = None
        if self._online is not None:
            try:
                await self._online.leave(agent_id, everywhere=everywhere)
            except Away:
                at = None if everywhere else now() - GONE_AFTER + LAST_WORD
            else:
                return
        async with self._db.write() as tx:
            await repository.touch(tx.session, [agent_id], at=at)

    def _move(self, there: bool) -> None:
        """Redis went or is back: whoever is online stays so without waiting for a heartbeat."""
        self._asked_at = None
        if self._here:
            task = asyncio.create_task(self._say_all(), name=f"presence, redis there: {there}")
            self._moving.add(task)
            task.add_done_callback(self._moving.discard)

    async def _say_all(self) -> None:
        try:
            await self._say(list(self._here))
        except (SQLAlchemyError, OSError) as error:
            # The next heartbeats say it again.
            log.warning("presence.not_moved", problem=type(error).__name__)
