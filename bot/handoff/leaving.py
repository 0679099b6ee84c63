"""What becomes of an agent's conversations when the account is disabled, or leaves a desk."""

from collections.abc import Collection

from bot.accounts.models import Agent
from bot.channel import AuthorKind
from bot.conversations import repository
from bot.conversations.owning import Actor
from bot.conversations.service import Conversations
from bot.conversations.state import Trigger
from bot.db import Transaction
from bot.handoff import queries
from bot.handoff.service import Handoffs
from bot.texts import text


class Leaving:
    """Gives conversations back to their queues, with a note for whoever comes next."""

    def __init__(self, *, conversations: Conversations, handoffs: Handoffs) -> None:
        self._conversations = conversations
        self._handoffs = handoffs

    async def give_back(
        self, tx: Transaction, agent: Agent, *, by: Agent, keep_desks: Collection[str]
    ) -> int:
        """The agent's conversations but those at `keep_desks`; returns how many there were."""
        held = await queries.held_by(tx.session, agent.id)
        leaving = [found.id for found in held if found.desk not in keep_desks]
        actor = Actor(AuthorKind.AGENT, by.name, by.id, by.picture)
        words = text("handoff.left_desk", by.language, name=agent.name)
        returned = 0
        for conversation_id in leaving:
            conversation = await repository.lock_conversation(tx.session, conversation_id)
            if conversation is None or conversation.agent_id != agent.id:
                continue  # it was closed or given back in this moment
            effects = await self._conversations.move(
                tx,
                conversation,
                Trigger.RELEASE,
                actor=actor,
                details={"left": agent.name},
            )
            await self._handoffs.carry_out(tx, conversation, effects)
            await self._conversations.note(tx, conversation, words, by=actor)
            returned += 1
        return returned
