"""Notes whom to tell, in the transaction of what happens: see `alerts/telling.py` for the rest."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from bot.alerts import repository
from bot.alerts.models import AgentAlert, AlertChoice
from bot.alerts.rules import Kind, Way, offered
from bot.clock import now
from bot.conversations.models import Conversation
from bot.conversations.spans import SpanKind
from bot.db import Transaction
from bot.mail.models import Going


class Booking:
    """A `SpanWatcher`, and what hears of mentions, deadlines and escalations. Its callers hold
    the conversation, so nobody else books for it meanwhile."""

    def __init__(self, *, ways: Collection[Way]) -> None:
        self._ways = frozenset(ways)

    async def span_began(
        self, tx: Transaction, conversation: Conversation, before: SpanKind | None
    ) -> None:
        """It waits in a queue now, or an agent got it."""
        if conversation.span == SpanKind.QUEUE:
            await self._book(tx, conversation, Kind.WAITING)
        elif conversation.span == SpanKind.HUMAN:
            if before is SpanKind.CUSTOMER:  # who wrote again, or a colleague's who is given now
                had = await repository.had_before(tx.session, conversation.id)
                if had == conversation.agent_id:
                    return
            await self._book(tx, conversation, Kind.ASSIGNED, agent_id=conversation.agent_id)

    async def priority_set(self, tx: Transaction, conversation: Conversation) -> None:
        """Whoever waits for it has been told."""

    async def mentioned(self, tx: Transaction, conversation: Conversation, agent_id: str) -> None:
        """A note is about to name this agent."""
        await self._book(tx, conversation, Kind.MENTION, agent_id=agent_id)

    async def deadline_near(self, tx: Transaction, conversation: Conversation) -> None:
        """Its agent is warned, or everyone of the desk whose queue it waits in."""
        await self._book(tx, conversation, Kind.NEAR, agent_id=conversation.agent_id)

    async def escalated(self, tx: Transaction, conversation: Conversation) -> None:
        """The leads of its desk are called."""
        await self._book(tx, conversation, Kind.ESCALATED)

    async def _book(
        self,
        tx: Transaction,
        conversation: Conversation,
        kind: Kind,
        *,
        agent_id: str | None = None,  # None: all agents of its desk
    ) -> None:
        if not self._ways:
            return
        wanted = [
            choice
            for choice, agent in await repository.everyones_choices(tx.session, agent_id=agent_id)
            if kind in choice.kinds
            and kind in offered(agent)  # who was a lead, and is none any more
            and choice.way in self._ways
            and conversation.desk in agent.desks
        ]
        if not wanted:
            return
        agents = {choice.agent_id for choice in wanted}
        await tx.session.flush()
        known = await repository.alerts_about(tx.session, conversation.id, kind, agents)
        news = await self._who_looked(tx, conversation, kind, known, agents)
        for choice in wanted:
            row = known.get((choice.agent_id, choice.way))
            if row is None:
                row = AgentAlert(
                    agent_id=choice.agent_id,
                    conversation_id=conversation.id,
                    kind=kind,
                    way=choice.way,
                )
                tx.session.add(row)
            # What waits to be told is about what they have seen since: this is another thing.
            elif row.status in (Going.WAITING, Going.SENT) and choice.agent_id not in news:
                continue
            _begin(row, choice, conversation, kind)

    async def _who_looked(
        self,
        tx: Transaction,
        conversation: Conversation,
        kind: Kind,
        known: Mapping[tuple[str, str], AgentAlert],
        agents: Collection[str],
    ) -> frozenset[str]:
        """Agents who have looked since such a thing happened of which they were or will be told."""
        if not known:
            return frozenset()
        if kind is Kind.MENTION:
            unseen = await repository.unseen_mentions(tx.session, conversation.id, agents)
            return frozenset(set(agents) - set(unseen))
        read = await repository.read_up_to(tx.session, conversation.id, agents)
        return frozenset(
            row.agent_id
            for row in known.values()
            if has_looked(row.seq, read.get(row.agent_id, 0), conversation.last_seq)
        )


def has_looked(seq: int, read: int, last_seq: int) -> bool:
    """Whether an agent who has read up to `read` looked after message `seq` was the last one."""
    return read > seq or 0 < last_seq <= read


def _begin(row: AgentAlert, choice: AlertChoice, conversation: Conversation, kind: Kind) -> None:
    at = now()
    # A deadline waits for nobody, and an escalation is about one.
    is_urgent = kind in (Kind.NEAR, Kind.ESCALATED)
    wait = timedelta(0) if is_urgent else timedelta(seconds=choice.patience)
    row.seq = conversation.last_seq
    row.created_at, row.due_at = at, at + wait
    row.status, row.attempts = Going.WAITING, 0
    row.problem, row.finished_at = None, None
