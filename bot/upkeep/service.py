"""Checks every minute, in one of the processes, that no conversation is in limbo, and repairs.

What it looks at and what is wrong with it is `rules.py`; each repair is a transaction of its own,
which holds the conversation and looks again first. What cannot be repaired is an alarm.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import structlog

from bot.clock import every, now
from bot.conversations import repository as conversations_repository
from bot.conversations.models import Conversation
from bot.conversations.news import INBOX_TOPIC
from bot.conversations.outward import receipt_of
from bot.conversations.service import SYSTEM, Conversations, Received
from bot.conversations.state import Trigger
from bot.db import Database, Transaction
from bot.handoff.service import Handoffs
from bot.live import Bus, Hint
from bot.routing.service import Turns
from bot.timers import repository as timers
from bot.upkeep import repository
from bot.upkeep.repository import Staff
from bot.upkeep.rules import GIVEN_UP_FOR, GRACE, Alarm, Facts, Fault, alarms, faults
from bot.upkeep.signs import CHECK, read_signs

EVERY = timedelta(seconds=60)
LOOK_SECONDS = 5.0
# How far before the last check the bot's conversations are looked at again.
OVERLAP = timedelta(hours=1)
PAGE = 1000
BOTS_AT_ONCE = 500
RELEASED_FOR = (Fault.AGENT_DISABLED, Fault.AGENT_LEFT_DESK, Fault.AGENT_GONE)

log = structlog.get_logger()


class Upkeep:
    """The check, and this process's view of the alarms."""

    def __init__(
        self,
        db: Database,
        *,
        conversations: Conversations,
        handoffs: Handoffs,
        turns: Turns,
        bus: Bus,
    ) -> None:
        self._db = db
        self._conversations = conversations
        self._handoffs = handoffs
        self._turns = turns
        self._bus = bus
        self.alarms: tuple[Alarm, ...] = ()

    async def run(self) -> None:
        """Until cancelled."""
        await every(LOOK_SECONDS, self.look, name="upkeep.look")

    async def look(self) -> None:
        """Checks when it is this process's turn, and tells the inbox when an alarm changes."""
        since = await self._take_turn()
        if since is not None:
            await self.check(since=since - OVERLAP)
        async with self._db.read() as session:
            found = alarms(await read_signs(session, at=now()), now())
        if found != self.alarms:
            self.alarms = found
            self._bus.publish(Hint(INBOX_TOPIC, "alarms", ""))

    async def _take_turn(self) -> datetime | None:
        async with self._db.read() as session:
            row = await timers.find(session, CHECK)
        if row is not None and now() < row.due_at <= now() + EVERY:
            return None
        return await self._db.attempt(
            lambda tx: timers.take_turn(tx.session, CHECK, at=now(), every=EVERY)
        )

    async def check(self, *, since: datetime) -> tuple[int, int]:
        """Looks at everything once, the bot's conversations as far as their customers wrote after
        `since`; returns how many were wrong, and how many are so still."""
        async with self._db.read() as session:
            staff = await repository.staff(session, at=now())
        wrong = {facts.conversation async for facts in self._wrong(staff, since)}
        left = 0
        for conversation_id in sorted(wrong):
            try:
                left += not await self._repair(conversation_id)
            except Exception:
                log.exception("upkeep.repair_failed", conversation=conversation_id)
                left += 1
        async with self._db.read() as session:
            dead = await repository.given_up(session, since=now() - GIVEN_UP_FOR)
        found = {
            "checked_at": now().isoformat(),
            "found": len(wrong),
            "left": left,
            "given_up": dead,
        }
        await self._db.attempt(lambda tx: timers.keep(tx.session, CHECK, details=found))
        if wrong:
            log.warning("upkeep.checked", found=len(wrong), left=left)
        return len(wrong), left

    async def _wrong(self, staff: Staff, since: datetime) -> AsyncIterator[Facts]:
        async for facts in self._everything(staff, since):
            if faults(facts, now()):
                yield facts

    async def _everything(self, staff: Staff, since: datetime) -> AsyncIterator[Facts]:
        after: str | None = ""
        while after is not None:
            async with self._db.read() as session:
                page = await repository.facts_of_peoples(session, staff, after=after, limit=PAGE)
            for facts in page:
                yield facts
            after = page[-1].conversation if len(page) == PAGE else None
        async with self._db.read() as session:
            stray = await repository.facts_of_stray_turns(session, staff)
            bots = await repository.facts_of_bots(
                session, staff, since=since, until=now() - GRACE, limit=BOTS_AT_ONCE
            )
        for facts in (*stray, *bots):
            yield facts

    async def _repair(self, conversation_id: str) -> bool:
        """Whether nothing is wrong with it any more.

        Asked anew who works here: a conversation may have come to an agent whose account is younger
        than the check.
        """

        async def repair(tx: Transaction) -> bool:
            conversation = await conversations_repository.lock_conversation(
                tx.session, conversation_id
            )
            staff = await repository.staff(tx.session, at=now())
            facts = await repository.facts_of(tx.session, staff, conversation_id)
            if conversation is None or facts is None:
                return True
            found = faults(facts, now())
            for fault in found:
                await self._mend(tx, conversation, fault)
            return Fault.NOBODY_AT_DESK not in found

        return await self._db.attempt(repair)

    async def _mend(self, tx: Transaction, conversation: Conversation, fault: Fault) -> None:
        if fault is Fault.NOBODY_AT_DESK:
            return
        if fault in RELEASED_FOR:
            await self._release(tx, conversation, fault)
            return
        if fault is Fault.STRAY_TURN:
            await conversations_repository.drop_open_turns(tx.session, conversation.id, at=now())
        elif fault is Fault.NO_DEADLINE:
            conversation.queued_at = conversation.queued_at or conversation.updated_at
            await self._conversations.wait_until(tx, conversation)
        elif fault is Fault.NO_WAKING:
            await self._conversations.wait_until(tx, conversation, now())
        elif fault is Fault.NO_TURN:
            await self._ask(tx, conversation)
        self._conversations.record(
            tx, conversation, "repaired", actor=SYSTEM, details={"fault": fault}
        )

    async def _release(self, tx: Transaction, conversation: Conversation, fault: Fault) -> None:
        """Back to the queue; the card says to whoever takes it next who had it, and why not now."""
        conversation.handoff_reason = conversation.handoff_reason or "agent_gone"
        conversation.handoff_details = {
            **(conversation.handoff_details or {}),
            "had_by": conversation.agent_name or "",
            "given_back": fault.value,
        }
        effects = await self._conversations.move(
            tx, conversation, Trigger.RELEASE, actor=SYSTEM, details={"fault": fault}
        )
        await self._handoffs.carry_out(tx, conversation, effects)

    async def _ask(self, tx: Transaction, conversation: Conversation) -> None:
        """Books the turn that should have been booked with the message."""
        message = await repository.last_message(tx.session, conversation)
        if message is None:
            return
        is_busy = await repository.has_open_turn(tx.session, conversation.id)
        receipt = receipt_of(message, duplicate=False)
        received = Received(receipt, conversation, message, is_busy, ())
        await self._turns.queue_turn(tx, received, payload=None)
