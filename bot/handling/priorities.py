"""How urgent a conversation is: an agent says so, and its targets follow."""

from bot.accounts.models import Agent
from bot.conversations.service import Conversations
from bot.db import Database, Transaction
from bot.errors import FirstlineError
from bot.handling.door import lock
from bot.handoff.service import actor_of
from bot.priority import Priority, priority_named
from bot.targets.service import Targets


class NoSuchPriority(FirstlineError):
    """Not one of the four."""

    code = "no_such_priority"
    status = 422


class Priorities:
    """One transaction."""

    def __init__(self, db: Database, *, conversations: Conversations, targets: Targets) -> None:
        self._db = db
        self._conversations = conversations
        self._targets = targets

    async def put(self, agent: Agent, conversation_id: str, word: str) -> None:
        """Anybody at the desk may; raises NoSuchPriority."""
        wanted = priority_named(word)
        if wanted is None:
            raise NoSuchPriority

        async def put(tx: Transaction) -> None:
            conversation = await lock(tx, agent, conversation_id)
            before = Priority(conversation.priority)
            if before is wanted:
                return
            conversation.priority = wanted
            await self._targets.priority_set(tx, conversation)
            details = {"from": before.word, "to": wanted.word}
            self._conversations.record(
                tx, conversation, "priority_set", actor=actor_of(agent), details=details
            )
            self._conversations.hint_status(tx, conversation)

        await self._db.attempt(put)
