"""A request that waits for its customer: a reminder, a warning, and in the end it is closed.

Each step is a timer row that sets the next one. Nobody cancels them: a step looks whether the
customer has written since the agent did, and an agent who writes again begins anew.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from babel.dates import format_datetime

from bot.clock import now
from bot.conversations import repository
from bot.conversations.models import Conversation
from bot.conversations.service import SYSTEM, Conversations
from bot.conversations.state import Closing, Status, Trigger
from bot.db import Transaction
from bot.desk_settings.idle import IdleRules
from bot.desks import Desks
from bot.handoff.queries import agent_spoke_at
from bot.timers import repository as timers
from bot.timers.worker import Fire

REMIND, WARN, END = "idle_remind", "idle_warn", "idle_end"


async def agent_spoke(tx: Transaction, conversation: Conversation, desks: Desks) -> None:
    """From now on it waits for the customer."""
    rules = _rules(conversation, desks)
    if rules is not None and rules.remind_after:
        await _start(tx, conversation, REMIND, rules.remind_after, desks)
        for later in (WARN, END):
            await timers.cancel(tx.session, later, conversation.id)


class Idle:
    """Fires the timers of conversations that wait for their customer."""

    def __init__(self, *, conversations: Conversations, desks: Desks) -> None:
        self._conversations = conversations
        self._desks = desks

    def by_kind(self) -> Mapping[str, Fire]:
        """For the timers' worker."""
        return {REMIND: self.remind, WARN: self.warn, END: self.end}

    async def remind(self, tx: Transaction, conversation_id: str) -> None:
        """The customer has the last word; they are asked for it once."""
        found = await self._waits(tx, conversation_id, REMIND)
        if found is None:
            return
        conversation, rules = found
        await self._conversations.tell(
            tx, conversation, "idle.remind", name=conversation.agent_name
        )
        self._record(tx, conversation, "reminded")
        if rules.warn_after:
            await _start(tx, conversation, WARN, rules.warn_after, self._desks)

    async def warn(self, tx: Transaction, conversation_id: str) -> None:
        """They are told when it will be over."""
        found = await self._waits(tx, conversation_id, WARN)
        if found is None:
            return
        conversation, rules = found
        if not rules.close_after:
            return
        due = await _start(tx, conversation, END, rules.close_after, self._desks)
        local = due.astimezone(self._desks.get(conversation.desk).timezone)
        when = format_datetime(local, "EEEE, d MMMM, HH:mm", locale=conversation.language)
        await self._conversations.tell(tx, conversation, "idle.warn", when=when)
        self._record(tx, conversation, "warned")

    async def end(self, tx: Transaction, conversation_id: str) -> None:
        """It is over; whatever they write later opens a new conversation."""
        found = await self._waits(tx, conversation_id, END)
        if found is None:
            return
        conversation, _ = found
        conversation.closed_as = Closing.IDLE
        await self._conversations.move(
            tx, conversation, Trigger.CLOSE, actor=SYSTEM, details={"as": Closing.IDLE}
        )
        await self._conversations.tell(tx, conversation, "idle.closed")

    async def _waits(
        self, tx: Transaction, conversation_id: str, kind: str
    ) -> tuple[Conversation, IdleRules] | None:
        conversation = await repository.lock_conversation(tx.session, conversation_id)
        if conversation is None or (rules := _rules(conversation, self._desks)) is None:
            return None
        if conversation.status is Status.SNOOZED and conversation.due_at is not None:
            # Whoever put it off knows why: it is counted anew from when it comes back.
            due = conversation.due_at + rules.remind_after
            await timers.start(tx.session, kind, conversation.id, due_at=due)
            return None
        if conversation.status is not Status.WITH_AGENT:
            return None
        spoke, wrote = (
            await agent_spoke_at(tx.session, conversation.id),
            conversation.last_customer_at,
        )
        if spoke is None or (wrote is not None and wrote >= spoke):
            return None
        return conversation, rules

    def _record(self, tx: Transaction, conversation: Conversation, kind: str) -> None:
        self._conversations.record(tx, conversation, kind, actor=SYSTEM)
        self._conversations.hint_status(tx, conversation)


def _rules(conversation: Conversation, desks: Desks) -> IdleRules | None:
    """What holds for it; None where nobody is reminded."""
    desk = desks.find(conversation.desk)
    if desk is None or conversation.channel not in desk.idle.channels:
        return None
    return desk.idle


async def _start(
    tx: Transaction, conversation: Conversation, kind: str, after: timedelta, desks: Desks
) -> datetime:
    """Never in the night or on a holiday: when the desk is open, so that somebody can answer."""
    due = now() + after
    due = desks.get(conversation.desk).opening.hours.next_opening(due) or due
    await timers.start(tx.session, kind, conversation.id, due_at=due)
    return due
