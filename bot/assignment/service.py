"""Gives conversations to agents: in the transaction that hands them off, and whenever room appears.

Whoever gives one holds it and all candidates, counts again, and only then chooses; so with any
number of processes a conversation has one agent and nobody gets more than they have room for.
Those who wait in front are thought of first: a newcomer gets what the queue would leave.
"""

import asyncio
from collections.abc import Mapping, Sequence

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.accounts.presence import Presence
from bot.accounts.standing import State
from bot.assignment import repository
from bot.assignment.choose import Candidate, Choice, Wanted, plan
from bot.assignment.models import Assignment
from bot.assignment.why import as_json
from bot.availability.service import Availability
from bot.channel import AuthorKind
from bot.clock import now
from bot.conversations import repository as conversations_repository
from bot.conversations.models import Conversation
from bot.conversations.news import INBOX_TOPIC, agents_topic
from bot.conversations.owning import Actor
from bot.conversations.service import SYSTEM, Conversations
from bot.conversations.state import Status, Trigger
from bot.db import Database, Transaction
from bot.desk_settings.assignment import AssignmentRule, Strategy
from bot.desks import Desks
from bot.handoff.service import Handoffs
from bot.live import Bus, Hint
from bot.queue.service import QueueWatch

LOOK_SECONDS = 2.0
# News that may mean room, or somebody who waits; gathered for a moment.
NEWS = ("status", "presence")
GATHER_SECONDS = 0.05
# Another process was faster so often in a row: it is at it, and this one looks again later.
OVERTAKEN_TIMES = 3
# So far into a queue it is looked for somebody who can be given away; whoever stands behind waits
# for one of them to leave. It ends: a look holds agents, and there may be tens of thousands.
LOOK_AT = 1000

log = structlog.get_logger()


class Assigner:
    """`bot.handoff.service.Assigner`, and the worker that empties queues."""

    def __init__(
        self,
        db: Database,
        *,
        conversations: Conversations,
        handoffs: Handoffs,
        presence: Presence,
        availability: Availability,
        queue: QueueWatch,
        desks: Desks,
        bus: Bus,
    ) -> None:
        self._db = db
        self._conversations = conversations
        self._handoffs = handoffs
        self._presence = presence
        self._availability = availability
        self._queue = queue
        self._rules = {desk.id: desk.assignment for desk in desks.all()}
        self._bus = bus

    def rule(self, desk: str) -> AssignmentRule:
        """The desk's rule; of a desk that is gone, the default."""
        return self._rules.get(desk) or AssignmentRule()

    async def queued(self, tx: Transaction, conversation: Conversation) -> bool:
        """Gives it to an agent where the desk's rule finds one; the caller holds it."""
        if not self._gives(conversation.desk):
            return False
        here = await self._here(conversation.desk)
        if not here:
            return False
        await tx.session.flush()  # what is asked below sees it where it is now
        agents = await repository.lock_agents(tx.session, [agent.id for agent in here])
        found = await self._plan(tx.session, conversation.desk, agents, sought=conversation.id)
        choice = found.get(conversation.id)
        if choice is None or choice.agent_id is None:
            return False
        agent = next(agent for agent in agents if agent.id == choice.agent_id)
        await self._give(tx, conversation, agent, choice)
        return True

    async def run(self) -> None:
        """Until cancelled: empties queues whenever something changes, and every two seconds."""
        if all(rule.strategy is Strategy.PULL for rule in self._rules.values()):
            await asyncio.Event().wait()  # there is nothing to give: nobody listens, nobody asks
        with self._bus.subscribe([INBOX_TOPIC]) as news:
            while True:
                try:
                    await self.drain()
                except Exception:
                    log.exception("assignment.drain_failed")
                try:
                    async with asyncio.timeout(LOOK_SECONDS):
                        while (await news.get()).kind not in NEWS:
                            pass
                        await asyncio.sleep(GATHER_SECONDS)
                except TimeoutError:
                    pass

    async def drain(self) -> int:
        """Gives away what can be given; returns how much it was."""
        given = 0
        for desk in self._rules:
            if self._gives(desk):
                given += await self._drain(desk)
        return given

    async def _drain(self, desk: str) -> int:
        given = overtaken = 0
        while overtaken < OVERTAKEN_TIMES and (found := await self._next(desk)) is not None:
            conversation_id = found

            async def give(tx: Transaction, conversation_id: str = conversation_id) -> bool:
                conversation = await conversations_repository.lock_conversation(
                    tx.session, conversation_id
                )
                if conversation is None or conversation.status is not Status.QUEUED:
                    return False
                return await self.queued(tx, conversation)

            was_given = await self._db.attempt(give)
            given += was_given
            overtaken = 0 if was_given else overtaken + 1
        return given

    async def _next(self, desk: str) -> str | None:
        """The first in the queue whom somebody could take; asks without holding anything."""
        async with self._db.read() as session:
            if not await repository.anyone_waits(session, desk):
                return None
        here = await self._here(desk)
        if not here:
            return None
        async with self._db.read() as session:
            found = await self._plan(session, desk, here)
        return next((id_ for id_, choice in found.items() if choice.agent_id is not None), None)

    def _gives(self, desk: str) -> bool:
        """Whether the desk hands out conversations now."""
        at = now()
        pushes = self.rule(desk).strategy is not Strategy.PULL
        return pushes and self._availability.opens_after(desk, at) <= at

    async def _here(self, desk: str) -> Sequence[Agent]:
        here = await self._presence.here()
        return [a for a in here if a.presence == State.ONLINE and desk in a.desks]

    async def _plan(
        self, session: AsyncSession, desk: str, agents: Sequence[Agent], *, sought: str = ""
    ) -> Mapping[str, Choice]:
        """What the first piece of the queue gets of which anybody can be taken, or `sought` is.

        Nobody in the pieces before takes room, so each is planned as if it were the front.
        """
        rule = self.rule(desk)
        candidates = await self._candidates(
            session, [agent for agent in agents if desk in agent.desks], rule
        )
        has_room = any(one.load < one.capacity for one in candidates)
        found: Mapping[str, Choice] = {}
        for start in range(0, LOOK_AT, repository.PIECE):
            waiting = await self._waiting(session, desk, rule, start=start)
            found = plan(
                waiting,
                candidates,
                rule.strategy,
                prefer_last=rule.prefer_last_agent,
                at=now(),
            )
            is_taken = any(choice.agent_id is not None for choice in found.values())
            is_last = len(waiting) < repository.PIECE or not has_room
            if is_taken or is_last or sought in found:
                break
        return found

    async def _waiting(
        self, session: AsyncSession, desk: str, rule: AssignmentRule, *, start: int
    ) -> Sequence[Wanted]:
        front = await repository.piece_of(session, desk, start=start)
        had = await repository.had_by(session, [waiting.id for waiting in front])
        last: Mapping[str, str] = {}
        if rule.prefer_last_agent:
            last = await repository.last_agents(session, {waiting.customer for waiting in front})
        relaxed_before = now() - rule.fallback
        return [
            Wanted(
                conversation=waiting.id,
                language=waiting.language,
                weight=rule.weight(waiting.channel),
                skills=rule.skills(waiting.topic),
                relaxed=waiting.span_since is not None and waiting.span_since <= relaxed_before,
                last_agent=last.get(waiting.customer),
                not_again=frozenset({had[waiting.id]} if waiting.id in had else ()),
            )
            for waiting in front
        ]

    async def _candidates(
        self, session: AsyncSession, agents: Sequence[Agent], rule: AssignmentRule
    ) -> Sequence[Candidate]:
        loads = dict.fromkeys((agent.id for agent in agents), 0)
        for agent_id, desk, channel, count in await repository.open_conversations(
            session, list(loads)
        ):
            loads[agent_id] += count * self.rule(desk).weight(channel)
        return [
            Candidate(
                agent_id=agent.id,
                name=agent.name,
                load=loads[agent.id],
                capacity=rule.capacity if agent.capacity is None else agent.capacity,
                languages=frozenset(agent.languages),
                skills=frozenset(agent.skills),
                assigned_at=agent.assigned_at,
            )
            for agent in agents
        ]

    async def _give(
        self, tx: Transaction, conversation: Conversation, agent: Agent, choice: Choice
    ) -> None:
        if choice.because is None:
            raise ValueError("A choice of somebody has a reason.")
        at = now()
        self._queue.keep_wait(tx, conversation)
        effects = await self._conversations.move(
            tx,
            conversation,
            Trigger.ASSIGN,
            actor=SYSTEM,
            owner=Actor(AuthorKind.AGENT, agent.name, agent.id, agent.picture),
            details={"agent": agent.name, "because": choice.because},
        )
        agent.assigned_at = at
        tx.session.add(
            Assignment(
                conversation_id=conversation.id,
                agent_id=agent.id,
                agent_name=agent.name,
                desk=conversation.desk,
                strategy=choice.strategy,
                because=choice.because,
                why=as_json(choice),
                at=at,
            )
        )
        await self._handoffs.carry_out(tx, conversation, effects)
        hint = Hint(agents_topic(agent.id), "assigned", "")
        tx.after_commit(lambda: self._bus.publish(hint))
