"""What comes back into the queue by itself, and who may take what waits for too long.

Each is a timer row, set and cancelled in the transaction of the change that it follows from.
"""

from collections.abc import Mapping

import structlog

from bot.accounts import repository as accounts_repository
from bot.accounts.standing import State
from bot.assignment import repository
from bot.assignment.service import Assigner
from bot.availability.service import Availability
from bot.clock import now
from bot.conversations import repository as conversations_repository
from bot.conversations.models import Conversation
from bot.conversations.service import SYSTEM, Conversations
from bot.conversations.spans import SpanKind
from bot.conversations.state import Status, Trigger
from bot.db import Database, Transaction
from bot.desk_settings.assignment import Strategy
from bot.handoff.service import Handoffs
from bot.timers import repository as timers
from bot.timers.worker import Fire

UNANSWERED = "unanswered"
NEEDS_FALLBACK = "needs_fallback"
AGENT_OFFLINE = "agent_offline"

log = structlog.get_logger()


class Returns:
    """A `SpanWatcher` with its timers, and what follows when an agent goes home."""

    def __init__(
        self,
        db: Database,
        *,
        conversations: Conversations,
        handoffs: Handoffs,
        assigner: Assigner,
        availability: Availability,
    ) -> None:
        self._db = db
        self._conversations = conversations
        self._handoffs = handoffs
        self._assigner = assigner
        self._availability = availability

    def by_kind(self) -> Mapping[str, Fire]:
        """For the timers' worker."""
        return {UNANSWERED: self.unanswered, NEEDS_FALLBACK: self.relax}

    async def span_began(
        self, tx: Transaction, conversation: Conversation, before: SpanKind | None
    ) -> None:
        """Sets the timer of whoever's turn it is, and ends that of the one before."""
        rule, at = self._assigner.rule(conversation.desk), conversation.span_since or now()
        is_new = before is not SpanKind.CUSTOMER  # and not one that they have answered before
        if rule.return_unanswered is not None:
            if conversation.span == SpanKind.HUMAN and is_new:
                due = self._availability.after_open_time(
                    conversation.desk, at, rule.return_unanswered
                )
                await timers.start(tx.session, UNANSWERED, conversation.id, due_at=due)
            elif before is SpanKind.HUMAN:
                await timers.cancel(tx.session, UNANSWERED, conversation.id)
        if rule.strategy is not Strategy.PULL:
            if conversation.span == SpanKind.QUEUE:
                due = self._availability.opens_after(conversation.desk, at + rule.fallback)
                await timers.start(tx.session, NEEDS_FALLBACK, conversation.id, due_at=due)
            elif before is SpanKind.QUEUE:
                await timers.cancel(tx.session, NEEDS_FALLBACK, conversation.id)

    async def priority_set(self, tx: Transaction, conversation: Conversation) -> None:
        """Nothing comes back sooner for it."""

    async def unanswered(self, tx: Transaction, conversation_id: str) -> None:
        """The agent has not said a word since they got it: somebody else may."""
        conversation = await conversations_repository.lock_conversation(tx.session, conversation_id)
        if conversation is None or conversation.span != SpanKind.HUMAN:
            return
        agent_id, since = conversation.agent_id, conversation.span_since
        await self._finish(tx, conversation)
        if conversation.span != SpanKind.HUMAN:
            return  # the answer was on its way
        await self._give_back(tx, conversation, UNANSWERED)
        # Whoever did nothing at all meanwhile is not there.
        if agent_id is not None and since is not None:
            await accounts_repository.make_idle(
                tx.session, agent_id, State.AWAY, unless_active_since=since
            )

    async def relax(self, tx: Transaction, conversation_id: str) -> None:
        """It has waited for the right agent for long enough: anybody is better than nobody."""
        conversation = await conversations_repository.lock_conversation(tx.session, conversation_id)
        if conversation is None or conversation.status is not Status.QUEUED:
            return
        self._conversations.record(tx, conversation, "needs_relaxed", actor=SYSTEM)
        await self._assigner.queued(tx, conversation)

    async def gone_home(self, agent_id: str) -> None:
        """The agent is offline: what they have goes back, each with a word to its customer."""
        async with self._db.read() as session:
            theirs = await repository.with_agent(session, agent_id)
        for conversation_id in theirs:

            async def give_back(tx: Transaction, conversation_id: str = conversation_id) -> None:
                conversation = await conversations_repository.lock_conversation(
                    tx.session, conversation_id
                )
                if conversation is None or conversation.status is not Status.WITH_AGENT:
                    return
                if conversation.agent_id == agent_id:
                    await self._finish(tx, conversation)
                    await self._give_back(tx, conversation, AGENT_OFFLINE)

            await self._db.attempt(give_back)
        log.info("agent.gone_home", agent=agent_id, returned=len(theirs))

    async def _finish(self, tx: Transaction, conversation: Conversation) -> None:
        """What the agent has begun is done before it goes elsewhere."""
        agent = await accounts_repository.get_agent(tx.session, conversation.agent_id or "")
        if agent is not None:
            for finish in self._handoffs.before_moves:
                await finish(tx, agent, conversation)

    async def _give_back(self, tx: Transaction, conversation: Conversation, why: str) -> None:
        """Into the queue; the card says to whoever takes it next who had it, and why not now."""
        conversation.handoff_reason = conversation.handoff_reason or "agent_gone"
        conversation.handoff_details = {
            **(conversation.handoff_details or {}),
            "had_by": conversation.agent_name or "",
            "given_back": why,
        }
        effects = await self._conversations.move(
            tx, conversation, Trigger.RELEASE, actor=SYSTEM, details={"returned": why}
        )
        await self._handoffs.carry_out(tx, conversation, effects)
