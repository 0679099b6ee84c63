"""What every door of this folder begins with: the conversation, locked for an agent of its desk."""

from bot.accounts.models import Agent
from bot.accounts.permissions import Permission, may
from bot.conversations import repository
from bot.conversations.errors import NotFound
from bot.conversations.models import Conversation
from bot.conversations.service import Conversations
from bot.db import Transaction
from bot.handoff.service import Handoffs, actor_of, check_owner


async def lock(tx: Transaction, agent: Agent, conversation_id: str) -> Conversation:
    """Raises NotFound for whoever does not work at its desk."""
    found = await repository.lock_conversation(tx.session, conversation_id)
    if found is None or found.desk not in agent.desks:
        raise NotFound
    return found


async def lock_own(
    tx: Transaction,
    conversations: Conversations,
    handoffs: Handoffs,
    agent: Agent,
    conversation_id: str,
    *,
    epoch: int,
) -> Conversation | None:
    """The same for a move: None when the epoch is stale (which is on record); raises NotYours.

    Whoever directs others' work (a lead) may move what is another agent's.
    """
    found = await lock(tx, agent, conversation_id)
    if conversations.refuse_stale(tx, found, epoch, actor=actor_of(agent)):
        return None
    if not may(agent, Permission.DIRECT):
        check_owner(found, agent)
    for finish in handoffs.before_moves:
        await finish(tx, agent, found)
    return found
