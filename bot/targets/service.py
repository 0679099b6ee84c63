"""Runs a conversation's clocks: starts and stops them with its spans, and does what is due.

A clock's steps (near, missed, the desk's escalations) are one timer row, set anew after each; what
was done is noted in the clock's row by the same transaction, so each step happens once.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from bot.availability.service import Availability
from bot.channel import Author, AuthorKind
from bot.clock import now
from bot.conversations import repository as conversations_repository
from bot.conversations.models import Conversation
from bot.conversations.service import SYSTEM, Conversations
from bot.conversations.spans import SpanKind
from bot.conversations.state import Status, Trigger
from bot.db import Transaction
from bot.desk_settings.targets import DeskTargets, Escalation, Target
from bot.desks import Desks
from bot.handoff.service import Handoffs
from bot.targets import repository
from bot.targets.models import Clock
from bot.texts import text
from bot.timers import repository as timers
from bot.timers.worker import Fire

REPLY, RESOLUTION = "reply", "resolution"
TIMER_OF_LINE = {REPLY: "target_reply", RESOLUTION: "target_resolution"}
MISSED = 100
Hear = Callable[[Transaction, Conversation], Awaitable[None]]
WAITS_FOR_US = (SpanKind.QUEUE, SpanKind.HUMAN)
IS_OURS = (*WAITS_FOR_US, SpanKind.CUSTOMER, SpanKind.SNOOZED)


class Targets:
    """A `SpanWatcher`, with its timers."""

    def __init__(
        self,
        *,
        conversations: Conversations,
        handoffs: Handoffs,
        availability: Availability,
        desks: Desks,
    ) -> None:
        self._conversations = conversations
        self._handoffs = handoffs
        self._desks = desks
        self._availability = availability
        self._of_desk = {desk.id: desk.targets for desk in desks.all()}
        # Who else hears when a deadline comes near; whoever puts the desk together adds.
        self.near: list[Hear] = []
        # And who when a rule calls the leads.
        self.leads_called: list[Hear] = []

    def by_kind(self) -> Mapping[str, Fire]:
        """For the timers' worker."""
        return {TIMER_OF_LINE[REPLY]: self.reply, TIMER_OF_LINE[RESOLUTION]: self.resolution}

    async def span_began(
        self, tx: Transaction, conversation: Conversation, before: SpanKind | None
    ) -> None:
        """Whoever waits for us has clocks; whoever is with the bot, or gone, has none."""
        at = conversation.span_since or conversation.closed_at or now()
        match conversation.span:
            case SpanKind.QUEUE | SpanKind.HUMAN:
                if conversation.span == SpanKind.QUEUE:
                    await self._drop_of_other_desk(tx, conversation, at)
                await self._start(tx, conversation, REPLY, at)
                await self._start(tx, conversation, RESOLUTION, at)
            case SpanKind.CUSTOMER:
                await self._stop(tx, conversation, REPLY, at, as_="met")
                conversation.first_reply_at = conversation.first_reply_at or at
            case SpanKind.BOT if before is not None:
                await self._stop(tx, conversation, REPLY, at, as_="dropped")
                await self._stop(tx, conversation, RESOLUTION, at, as_="dropped")
            case None:
                await self._stop(tx, conversation, REPLY, at, as_="dropped")
                await self._stop(tx, conversation, RESOLUTION, at, as_="met")

    async def reply(self, tx: Transaction, conversation_id: str) -> None:
        """A step of the answer's clock."""
        await self._step(tx, conversation_id, REPLY)

    async def resolution(self, tx: Transaction, conversation_id: str) -> None:
        """A step of the whole matter's clock."""
        await self._step(tx, conversation_id, RESOLUTION)

    async def priority_set(self, tx: Transaction, conversation: Conversation) -> None:
        """Running clocks get the times of the new priority, from when they began."""
        for line in TIMER_OF_LINE:
            clock = None
            if _due(conversation, line) is not None:
                clock = await repository.running(tx.session, conversation.id, line)
            if clock is None:
                await self._start(tx, conversation, line, now())
                continue
            time = self._targets(clock.desk).time(Target(clock.target), conversation.priority)
            if time is None:
                await self._stop(tx, conversation, line, now(), as_="dropped")
                continue
            clock.priority = conversation.priority
            clock.due_at = self._availability.after_open_time(clock.desk, clock.began_at, time)
            _set_due(conversation, line, clock.due_at)
            await self._set_timer(tx, clock)

    def _targets(self, desk: str) -> DeskTargets:
        return self._of_desk.get(desk) or DeskTargets()

    async def _start(
        self, tx: Transaction, conversation: Conversation, line: str, at: datetime
    ) -> None:
        """Unless it runs already, or the desk has no such target."""
        spans = WAITS_FOR_US if line == REPLY else IS_OURS
        if _due(conversation, line) is not None or conversation.span not in spans:
            return
        target = Target.RESOLUTION
        if line == REPLY:
            is_first = conversation.first_reply_at is None
            target = Target.FIRST_RESPONSE if is_first else Target.NEXT_RESPONSE
        time = self._targets(conversation.desk).time(target, conversation.priority)
        if time is None:
            return
        clock = Clock(
            conversation_id=conversation.id,
            line=line,
            target=target,
            desk=conversation.desk,
            priority=conversation.priority,
            began_at=at,
            due_at=self._availability.after_open_time(conversation.desk, at, time),
            done_percent=0,
        )
        tx.session.add(clock)
        await tx.session.flush()
        _set_due(conversation, line, clock.due_at)
        await self._set_timer(tx, clock)

    async def _stop(
        self, tx: Transaction, conversation: Conversation, line: str, at: datetime, *, as_: str
    ) -> None:
        if _due(conversation, line) is None:
            return
        _set_due(conversation, line, None)
        await repository.end(tx.session, conversation.id, line, at=at, as_=as_)
        await timers.cancel(tx.session, TIMER_OF_LINE[line], conversation.id)

    async def _drop_of_other_desk(
        self, tx: Transaction, conversation: Conversation, at: datetime
    ) -> None:
        """It came to another desk: that one's targets hold, from now on."""
        for line in TIMER_OF_LINE:
            if _due(conversation, line) is not None:
                clock = await repository.running(tx.session, conversation.id, line)
                if clock is None or clock.desk != conversation.desk:
                    await self._stop(tx, conversation, line, at, as_="dropped")

    async def _set_timer(self, tx: Transaction, clock: Clock) -> None:
        """For the next step that has not been done."""
        steps = self._targets(clock.desk).steps(Target(clock.target))
        left = [step for step in steps if step > clock.done_percent]
        if left:
            due = self._at(clock, left[0])
            await timers.start(
                tx.session, TIMER_OF_LINE[clock.line], clock.conversation_id, due_at=due
            )

    def _at(self, clock: Clock, percent: int) -> datetime:
        """When so many percent of its time have passed."""
        if percent == MISSED:
            return clock.due_at
        time = self._targets(clock.desk).time(Target(clock.target), clock.priority)
        share = (time or timedelta(0)) * percent / 100
        return self._availability.after_open_time(clock.desk, clock.began_at, share)

    async def _step(self, tx: Transaction, conversation_id: str, line: str) -> None:
        conversation = await conversations_repository.lock_conversation(tx.session, conversation_id)
        clock = await repository.running(tx.session, conversation_id, line)
        if conversation is None or clock is None:
            return
        targets, target = self._targets(clock.desk), Target(clock.target)
        for percent in targets.steps(target):
            if percent <= clock.done_percent or self._at(clock, percent) > now():
                continue
            clock.done_percent = percent
            details = {"target": target.value, "percent": percent}
            if percent == MISSED:
                clock.missed_at = now()
                self._conversations.record(
                    tx, conversation, "target_missed", actor=SYSTEM, details=details
                )
            if percent == targets.warn_at:
                clock.warned_at = now()
                self._conversations.record(
                    tx, conversation, "target_near", actor=SYSTEM, details=details
                )
                for hear in self.near:
                    await hear(tx, conversation)
            for rule in targets.rules(target, percent):
                await self._escalate(tx, conversation, clock, rule)
                if rule.desk is not None and conversation.status is Status.QUEUED:
                    await self._hand_on(tx, conversation, rule.desk)
                    return  # this clock is over, and the other desk's have begun
        self._conversations.hint_status(tx, conversation)
        await self._set_timer(tx, clock)

    async def _hand_on(self, tx: Transaction, conversation: Conversation, desk: str) -> None:
        """Nobody of its desk took it in time: another one's queue."""
        before, conversation.desk = conversation.desk, desk
        await self._conversations.move(
            tx,
            conversation,
            Trigger.CHANGE_DESK,
            actor=SYSTEM,
            details={"from": before, "to": desk},
        )
        language = conversation.language
        name = self._desks.get(desk).name[language]
        following = await self._handoffs.following_in_words(tx, conversation)
        words = f"{text('agent.desk_changed', language, desk=name)} {following}"
        await self._conversations.say(tx, conversation, Author(AuthorKind.SYSTEM), words)

    async def _escalate(
        self, tx: Transaction, conversation: Conversation, clock: Clock, rule: Escalation
    ) -> None:
        """The times stay as they are: who waits is not made to wait less by a number."""
        details: dict[str, object] = {"target": clock.target, "percent": rule.at}
        if rule.notify_leads:
            clock.leads_told_at = now()
            details["leads"] = True
        if rule.priority is not None and rule.priority > conversation.priority:
            details["priority"] = rule.priority.word
            conversation.priority = rule.priority
        self._conversations.record(tx, conversation, "escalated", actor=SYSTEM, details=details)
        if rule.notify_leads:
            for hear in self.leads_called:
                await hear(tx, conversation)


def _due(conversation: Conversation, line: str) -> datetime | None:
    return conversation.reply_due_at if line == REPLY else conversation.resolve_due_at


def _set_due(conversation: Conversation, line: str, due: datetime | None) -> None:
    if line == REPLY:
        conversation.reply_due_at = due
    else:
        conversation.resolve_due_at = due
