"""An agent gives a conversation to a colleague: one transaction, and one text to the customer."""

from bot.accounts.models import Agent
from bot.accounts.permissions import Permission, may
from bot.channel import AuthorKind
from bot.conversations import repository
from bot.conversations.errors import NotFound
from bot.conversations.owning import Actor
from bot.conversations.service import Conversations
from bot.conversations.state import OWNER, Owner, Trigger
from bot.db import Database, Transaction
from bot.errors import FirstlineError
from bot.handoff.service import Handoffs, NotYours, StaleSend


class NotAtDesk(FirstlineError):
    """Whoever should get it does not work at its desk."""

    code = "not_at_desk"
    status = 422


class Assigning:
    """Releases it where it must be, and lets the colleague have it."""

    def __init__(self, db: Database, *, conversations: Conversations, handoffs: Handoffs) -> None:
        self._db = db
        self._conversations = conversations
        self._handoffs = handoffs

    async def assign(self, by: Agent, conversation_id: str, *, epoch: int, to: Agent) -> None:
        """Raises NotFound, NotAtDesk, NotYours, StaleSend or NotPossibleNow."""
        if by.id == to.id:
            await self._handoffs.claim(by, conversation_id, epoch=epoch)
            return

        async def assign(tx: Transaction) -> bool:
            conversation = await repository.lock_conversation(tx.session, conversation_id)
            if conversation is None or conversation.desk not in by.desks:
                raise NotFound
            if conversation.desk not in to.desks:
                raise NotAtDesk(name=to.name)
            if self._conversations.refuse_stale(tx, conversation, epoch, actor=_actor(by)):
                return False
            if OWNER[conversation.status] is Owner.AGENT:
                if conversation.agent_id != by.id and not may(by, Permission.DIRECT):
                    raise NotYours(name=conversation.agent_name)
                # The customer is told who has it now, not that nobody had it for a moment.
                await self._conversations.move(
                    tx, conversation, Trigger.RELEASE, actor=_actor(by), details={"to": to.name}
                )
            effects = await self._conversations.move(
                tx, conversation, Trigger.CLAIM, actor=_actor(to), details={"by": by.name}
            )
            await self._handoffs.carry_out(tx, conversation, effects)
            return True

        if not await self._db.attempt(assign):
            raise StaleSend


def _actor(agent: Agent) -> Actor:
    return Actor(AuthorKind.AGENT, agent.name, agent.id, agent.picture)
