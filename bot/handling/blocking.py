"""Blocks a customer: what they write is refused, until somebody lifts it."""

from bot.accounts.models import Agent
from bot.accounts.permissions import Permission, may
from bot.clock import now
from bot.conversations.models import Conversation, Customer
from bot.conversations.service import Conversations
from bot.conversations.state import Closing, Status, Trigger
from bot.db import Database, Transaction
from bot.handling.door import lock
from bot.handling.errors import NoReason, TooLongAnswer
from bot.handoff.service import Handoffs, actor_of, check_owner
from bot.records import repository
from bot.records.models import Block

MOST_LETTERS = 500


class Blocking:
    """Each call is one transaction. The record stays: by whom, when and why."""

    def __init__(self, db: Database, *, conversations: Conversations, handoffs: Handoffs) -> None:
        self._db = db
        self._conversations = conversations
        self._handoffs = handoffs

    async def block(self, agent: Agent, conversation_id: str, *, reason: str) -> None:
        """Closes the conversation and refuses the next; raises NoReason, NotYours.

        A conversation that is open at another desk ends there; no new one begins anywhere.
        """
        reason = " ".join(reason.split())
        if not reason:
            raise NoReason
        if len(reason) > MOST_LETTERS:
            raise TooLongAnswer(limit=MOST_LETTERS)

        async def block(tx: Transaction) -> None:
            conversation = await lock(tx, agent, conversation_id)
            if not may(agent, Permission.DIRECT):
                check_owner(conversation, agent)
            customer = await tx.session.get_one(Customer, conversation.customer_id)
            if await repository.block_on(tx.session, customer.id) is None:
                tx.session.add(
                    Block(
                        customer_id=customer.id,
                        reason=reason,
                        agent_id=agent.id,
                        agent_name=agent.name,
                    )
                )
                customer.blocked_at = now()
                self._conversations.record(tx, conversation, "blocked", actor=actor_of(agent))
            if conversation.status is not Status.CLOSED:
                await self._close(tx, conversation, agent)

        await self._db.attempt(block)

    async def unblock(self, agent: Agent, conversation_id: str) -> None:
        """Their next message is welcome again."""

        async def unblock(tx: Transaction) -> None:
            conversation = await lock(tx, agent, conversation_id)
            customer = await tx.session.get_one(Customer, conversation.customer_id)
            block = await repository.block_on(tx.session, customer.id)
            customer.blocked_at = None
            if block is not None:
                block.lifted_at, block.lifted_by = now(), agent.name
                self._conversations.record(tx, conversation, "unblocked", actor=actor_of(agent))
                self._conversations.hint_status(tx, conversation)

        await self._db.attempt(unblock)

    async def _close(self, tx: Transaction, conversation: Conversation, agent: Agent) -> None:
        for finish in self._handoffs.before_moves:
            await finish(tx, agent, conversation)
        effects = await self._conversations.move(
            tx,
            conversation,
            Trigger.CLOSE,
            actor=actor_of(agent),
            details={"as": Closing.SPAM},
        )
        conversation.closed_as = Closing.SPAM
        await self._handoffs.carry_out(tx, conversation, effects)
