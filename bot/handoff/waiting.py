"""What happens when a conversation has waited until its time: see `conversations/timing.py`."""

from collections.abc import Mapping
from datetime import timedelta

from bot.clock import now
from bot.conversations import repository
from bot.conversations.models import Conversation
from bot.conversations.service import SYSTEM, Conversations
from bot.conversations.state import Status, Trigger
from bot.conversations.timing import PROMISE, QUEUE_DEADLINE, WAKE
from bot.db import Transaction
from bot.handoff.reasons import PROMISED
from bot.handoff.service import Handoffs
from bot.timers import repository as timers
from bot.timers.worker import Fire

# Who has written to the bot so lately is not taken out of their talk.
STILL_TALKING = timedelta(minutes=5)


class Waiting:
    """Fires the timers of conversations that wait."""

    def __init__(self, *, conversations: Conversations, handoffs: Handoffs) -> None:
        self._conversations = conversations
        self._handoffs = handoffs

    def by_kind(self) -> Mapping[str, Fire]:
        """For the timers' worker."""
        return {QUEUE_DEADLINE: self.deadline, WAKE: self.wake, PROMISE: self.promise}

    async def deadline(self, tx: Transaction, conversation_id: str) -> None:
        """Nobody took it in time: the timeline says so, and agents are alarmed (it stays)."""
        conversation = await self._waits(tx, conversation_id, Status.QUEUED)
        if conversation is not None:
            details = {"desk": conversation.desk}
            self._conversations.record(
                tx, conversation, "deadline_missed", actor=SYSTEM, details=details
            )
            self._conversations.hint_status(tx, conversation)

    async def wake(self, tx: Transaction, conversation_id: str) -> None:
        """A snoozed conversation is its agent's again."""
        conversation = await self._waits(tx, conversation_id, Status.SNOOZED)
        if conversation is not None:
            effects = await self._conversations.move(tx, conversation, Trigger.WAKE, actor=SYSTEM)
            await self._handoffs.carry_out(tx, conversation, effects)

    async def promise(self, tx: Transaction, conversation_id: str) -> None:
        """Who left a contact and went back to the bot is in the queue again, once they are done."""
        conversation = await repository.lock_conversation(tx.session, conversation_id)
        if conversation is None or conversation.status is not Status.BOT:
            return
        spoke_at = conversation.last_customer_at
        if spoke_at is not None and spoke_at > now() - STILL_TALKING:
            due = spoke_at + STILL_TALKING
            await timers.start(tx.session, PROMISE, conversation.id, due_at=due)
            return
        await self._handoffs.hand_off(
            tx,
            conversation,
            reason=PROMISED,
            details=dict(conversation.handoff_details or {}),
            actor=SYSTEM,
        )

    async def _waits(
        self, tx: Transaction, conversation_id: str, status: Status
    ) -> Conversation | None:
        conversation = await repository.lock_conversation(tx.session, conversation_id)
        if conversation is None or conversation.status is not status:
            return None
        due = conversation.due_at
        return conversation if due is not None and due <= now() else None
