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


class PriorityChanged(FirstlineError):
    """Somebody has set another one since: an undo leaves it alone."""

    code = "priority_changed"
    status = 409


class Priorities:
    """One transaction."""

    def __init__(self, db: Database, *, conversations: Conversations, targets: Targets) -> None:
        self._db = db
        self._conversations = conversations
        self._targets = targets

    async def put(
        self, agent: Agent, conversation_id: str, word: str, *, instead_of: str | None = None
    ) -> str | None:
        """Anybody at the desk may; the word that it was before, None where nothing changed.

        `instead_of`: only where it is this one now, else PriorityChanged. Raises NoSuchPriority.
        """
        wanted = priority_named(word)
        if wanted is None:
            raise NoSuchPriority

        async def put(tx: Transaction) -> str | None:
            conversation = await lock(tx, agent, conversation_id)
            before = Priority(conversation.priority)
            if instead_of is not None and before.word != instead_of:
                raise PriorityChanged
            if before is wanted:
                return None
            conversation.priority = wanted
            await self._targets.priority_set(tx, conversation)
            details = {"from": before.word, "to": wanted.word}
            self._conversations.record(
                tx, conversation, "priority_set", actor=actor_of(agent), details=details
            )
            self._conversations.hint_status(tx, conversation)
            return before.word

        return await self._db.attempt(put)
