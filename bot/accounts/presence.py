"""Who is there: an agent is on duty while an inbox of theirs is open in some browser, and they are
online by their own choice (`accounts/standing.py`).

With one process the database knows. With Redis the processes tell each other there, which saves
a write for each agent and heartbeat; while it is away they fall back to the database.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from time import monotonic

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.accounts import repository
from bot.accounts.models import Agent
from bot.accounts.standing import NOTED_EVERY, Standing, State, is_due, standing
from bot.clock import now
from bot.db import Database, Transaction
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

    def __init__(
        self,
        db: Database,
        *,
        online: OnlineAgents | None = None,
        patience: timedelta = timedelta(0),  # with an agent who does nothing; zero: for ever
        told: Callable[[str], object] = lambda agent_id: None,  # their presence changed
    ) -> None:
        self._db = db
        self._online = online
        self._patience = patience
        self._told = told
        # What else happens when an agent goes home; set by whoever puts the desk together.
        self.when_gone_home: Callable[[str], Awaitable[None]] | None = None
        self._here: set[str] = set()
        self._desks: frozenset[str] = frozenset()
        self._asked_at: float | None = None
        self._moving: set[asyncio.Task[None]] = set()
        if online is not None:
            online.link.on_change(self._move)

    async def anyone_online(self, desk: str) -> bool:
        """Whether an agent of this desk is on duty."""
        if self._asked_at is None or monotonic() - self._asked_at > FRESH_SECONDS:
            here = [agent for agent in await self.here() if agent.presence == State.ONLINE]
            self._desks = frozenset(desk for agent in here for desk in agent.desks)
            self._asked_at = monotonic()
        return desk in self._desks

    async def here(self) -> Sequence[Agent]:
        """Agents who have an inbox open, whatever they chose to be; asked anew."""
        try:
            ids = None if self._online is None else await self._online.who()
        except Away:
            ids = None
        async with self._db.read() as session:
            if ids is None:
                return await repository.agents_seen_since(session, now() - GONE_AFTER)
            return await repository.agents_by_ids(session, ids)

    def standing(self, agent: Agent) -> Standing:
        """How it is with this agent, whose row was just read."""
        return standing(
            agent.presence,
            agent.active_at,
            now(),
            is_idle=agent.is_idle,
            patience=self._patience,
        )

    async def choose(self, agent_id: str, state: State) -> None:
        """What the agent wants to be, until they choose something else."""

        async def choose(tx: Transaction) -> None:
            await repository.choose_presence(tx.session, agent_id, state, is_idle=False, at=now())

        await self._db.attempt(choose)
        self._changed(agent_id)
        if state is State.OFFLINE:
            await self.gone_home(agent_id)

    async def gone_home(self, agent_id: str) -> None:
        """The agent has chosen to go: they are offline, or signed out of their last browser."""
        if self.when_gone_home is not None:
            await self.when_gone_home(agent_id)

    async def active(self, agent: Agent) -> None:
        """A sign of life: whoever was away by idleness alone is online again."""
        if agent.is_idle:
            await self.choose(agent.id, State.ONLINE)
        elif agent.active_at is None or agent.active_at <= now() - NOTED_EVERY:
            async with self._db.write() as tx:
                await repository.note_activity(tx.session, agent.id, at=now())

    async def look_idle(self, agent: Agent) -> Standing:
        """Away, if they have done nothing for too long. `agent` was just read."""
        if agent.active_at is None and not agent.is_idle:
            await self.active(agent)
        found = self.standing(agent)
        if not is_due(found, now()):
            return found
        if await self.make_idle(agent.id, unless_active_since=now() - self._patience):
            return Standing(State.AWAY, is_idle=True)
        return found

    async def make_idle(self, agent_id: str, *, unless_active_since: datetime) -> bool:
        """Away until the next sign of life; False when there was one since, or they chose."""

        async def make(tx: Transaction) -> bool:
            return await repository.make_idle(
                tx.session, agent_id, State.AWAY, unless_active_since=unless_active_since
            )

        made = await self._db.attempt(make)
        if made:
            self._changed(agent_id)
        return made

    def _changed(self, agent_id: str) -> None:
        self._asked_at = None
        self._told(agent_id)

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
