"""What can be done in a conversation: receive, say, note, move. Nothing here commits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot import crash
from bot.attachments.service import take
from bot.channel import (
    Author,
    AuthorKind,
    Button,
    EmptyText,
    InboundMessage,
    Receipt,
    TextTooLong,
)
from bot.clock import now
from bot.conversations import news, receipts, repository
from bot.conversations.auditing import write_down
from bot.conversations.errors import Blocked, JoinedAnother, NotOffered, NotPossibleNow
from bot.conversations.extras import NOTHING, Extras
from bot.conversations.feeding import tell_of, tell_programs
from bot.conversations.models import Conversation, Event, Message, Note, new_id
from bot.conversations.opening import NAME_LENGTH, new_conversation, new_customer
from bot.conversations.outward import buttons_of, outbound, receipt_of
from bot.conversations.owning import Actor, hand_to_owner, note_given
from bot.conversations.spans import KIND_OF_STATUS, SpanKind, SpanWatcher, begin_span
from bot.conversations.state import (
    Effect,
    IllegalTransition,
    Status,
    Trigger,
    advance,
    changes_owner,
)
from bot.conversations.timing import TIMER_OF_STATUS
from bot.conversations.waits import queued_since
from bot.counters.service import DUPLICATES_REFUSED, STALE_SENDS_REFUSED
from bot.db import Transaction
from bot.feed.service import Feed
from bot.live import Bus
from bot.outbox.worker import Outbox
from bot.priority import Priority
from bot.texts import text
from bot.timers import repository as timers

log = structlog.get_logger()


SYSTEM = Actor(AuthorKind.SYSTEM)
BOT = Actor(AuthorKind.BOT)
CUSTOMER = Actor(AuthorKind.CUSTOMER)


@dataclass(frozen=True)
class Received:
    """A customer message in its conversation, and what its arrival sets off."""

    receipt: Receipt
    conversation: Conversation
    message: Message
    bot_is_busy: bool  # with an earlier message of this conversation
    effects: tuple[Effect, ...]


class Conversations:
    """The rules of a conversation, inside whatever transaction the caller has open."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        bus: Bus,
        max_text_length: int,
        deadline: Callable[[str, datetime], datetime],  # of who comes into a desk's queue then
        count: Callable[[str], None],  # one more, by the counter's name
        feed: Feed,
    ) -> None:
        self._outbox = outbox
        self._bus = bus
        self._max_text_length = max_text_length
        self._deadline = deadline
        self._count = count
        # Who has timers to set when it is another one's turn; whoever puts the desk together adds.
        self.watchers: list[SpanWatcher] = []
        self._feed = feed

    async def receive(self, tx: Transaction, inbound: InboundMessage) -> Received:
        """Appends a customer's message, once; opens a conversation when none is open."""
        self.check_text(inbound.text, may_be_empty=bool(inbound.attachments))
        found = await repository.lock_arrival(
            tx.session, inbound.channel, inbound.thread, inbound.external_id
        )
        if found.known is not None:
            message, conversation = found.known
            self.count_duplicate(tx)
            return Received(receipt_of(message, duplicate=True), conversation, message, False, ())
        files = await take(tx, inbound.channel, inbound.thread, inbound.attachments)
        conversation = found.conversation or await self._open(tx, inbound)
        if inbound.payload is not None:
            await self._check_offered(tx, conversation, inbound)
        if not inbound.context.items() <= conversation.context.items():
            conversation.context = {**conversation.context, **inbound.context}
        conversation.last_customer_at = now()
        effects = await self.move(tx, conversation, Trigger.CUSTOMER_MESSAGE, actor=CUSTOMER)
        message = self._append(
            tx,
            conversation,
            Author(AuthorKind.CUSTOMER, (inbound.customer_name or "")[:NAME_LENGTH] or None),
            inbound.text.strip(),
            external_id=inbound.external_id,
            extras=Extras(files),
        )
        receipt = receipt_of(message, duplicate=False)
        crash.reach("receive.open")
        tx.after_commit(lambda: crash.reach("receive.committed"))
        return Received(receipt, conversation, message, found.bot_is_busy, effects)

    async def _open(self, tx: Transaction, inbound: InboundMessage) -> Conversation:
        """A new conversation, with its customer."""
        customer = await repository.find_customer(tx.session, inbound.channel, inbound.customer)
        if customer is not None and customer.joined_id is not None:
            raise JoinedAnother
        if customer is not None and customer.blocked_at is not None:
            raise Blocked
        if customer is None:
            customer = new_customer(inbound)
            tx.session.add(customer)
        conversation = new_conversation(inbound, customer)
        tx.session.add(conversation)
        # Whoever asks for the customer or the conversation later in this transaction finds them.
        await tx.session.flush()
        await self._begin_span(tx, conversation, SpanKind.BOT, at=conversation.created_at)
        self.record(tx, conversation, "opened", actor=CUSTOMER)
        return conversation

    async def say(
        self,
        tx: Transaction,
        conversation: Conversation,
        author: Author,
        words: str,
        *,
        agent_id: str | None = None,
        external_id: str | None = None,
        buttons: tuple[Button, ...] = (),
        image: str | None = None,
        extras: Extras = NOTHING,
    ) -> Message:
        """Appends a message to the customer and books its delivery.

        The caller has compared epochs under the lock of `tx` (see `is_stale`).
        """
        message = self._append(
            tx,
            conversation,
            author,
            words,
            agent_id=agent_id,
            external_id=external_id,
            buttons=buttons,
            image=image,
            extras=extras,
        )
        await self._outbox.enqueue(tx, message.id, outbound(conversation, message))
        if agent_id is not None and agent_id == conversation.agent_id:
            conversation.given_unseen = False
        if author.kind is AuthorKind.AGENT and conversation.span == SpanKind.HUMAN:
            await self._begin_span(tx, conversation, SpanKind.CUSTOMER, at=message.created_at)
        return message

    async def send_again(self, tx: Transaction, conversation: Conversation, seq: int) -> bool:
        """Lets a message that could not be delivered try once more; False when there is none."""
        message = await repository.message_at(tx.session, conversation.id, seq)
        if message is None:
            return False
        return await self._outbox.send_again(tx, outbound(conversation, message))

    async def tell(
        self, tx: Transaction, conversation: Conversation, key: str, **values: object
    ) -> Message:
        """Says a text of the desk itself, in the customer's language."""
        words = text(key, conversation.language, **values)
        return await self.say(tx, conversation, Author(AuthorKind.SYSTEM), words)

    async def move(
        self,
        tx: Transaction,
        conversation: Conversation,
        trigger: Trigger,
        *,
        actor: Actor,
        # `Any`: ids and reasons for the timeline.
        details: dict[str, Any] | None = None,
        until: datetime | None = None,
        owner: Actor | None = None,
    ) -> tuple[Effect, ...]:
        """Moves the conversation along the state table and writes the event with it.

        `until`: when it wakes, for whoever snoozes it. `owner`: the agent who gets it, where that
        is not who moves it.
        """
        before, at = conversation.status, now()
        # Since when somebody's turn it is; the customer's word began it.
        since = conversation.last_customer_at if trigger is Trigger.CUSTOMER_MESSAGE else None
        try:
            move = advance(before, trigger)
        except IllegalTransition:
            raise NotPossibleNow(before) from None
        conversation.status = move.to
        conversation.updated_at = at
        is_new_owner = changes_owner(before, move.to, trigger)
        if move.to is not before or is_new_owner:
            hand_to_owner(conversation, before, owner or actor, anew=is_new_owner)
            note_given(conversation, trigger, actor, at=at)
            if move.to is Status.QUEUED and before is not Status.QUEUED:
                conversation.queued_at = await queued_since(tx.session, conversation, before, at=at)
            elif before is Status.BOT and move.to is Status.WITH_AGENT:
                conversation.queued_at = None  # an earlier wait is over and done
            conversation.closed_at = at if move.to is Status.CLOSED else None
            await self._wait(tx, conversation, before, until)
            await self._begin_span(tx, conversation, KIND_OF_STATUS[move.to], at=since or at)
        elif trigger is Trigger.CUSTOMER_MESSAGE and conversation.span == SpanKind.CUSTOMER:
            await self._begin_span(tx, conversation, SpanKind.HUMAN, at=since or at)
        if is_new_owner:
            conversation.epoch += 1
            await repository.drop_open_turns(tx.session, conversation.id, at=at)
        if trigger is not Trigger.CUSTOMER_MESSAGE or move.to is not before:
            self.record(tx, conversation, trigger.value, actor=actor, details=details)
            self.hint_status(tx, conversation)
        return move.effects

    async def set_priority(
        self, tx: Transaction, conversation: Conversation, priority: Priority
    ) -> None:
        """How urgent it is from now on; the caller holds it, and writes the event."""
        conversation.priority = priority
        for watcher in self.watchers:
            await watcher.priority_set(tx, conversation)

    async def _begin_span(
        self, tx: Transaction, conversation: Conversation, kind: SpanKind | None, *, at: datetime
    ) -> None:
        before = SpanKind(conversation.span) if conversation.span else None
        await begin_span(tx.session, conversation, kind, at=at)
        for watcher in self.watchers:
            await watcher.span_began(tx, conversation, before)

    async def _wait(
        self, tx: Transaction, conversation: Conversation, before: Status, until: datetime | None
    ) -> None:
        """Ends the wait of the status before, and begins that of the new one."""
        if (kind := TIMER_OF_STATUS.get(before)) is not None:
            await timers.cancel(tx.session, kind, conversation.id)
        conversation.due_at = None
        if conversation.status is Status.SNOOZED and until is None:
            raise ValueError("Whoever snoozes a conversation says until when.")
        if conversation.status in TIMER_OF_STATUS:
            await self.wait_until(tx, conversation, until)

    async def wait_until(
        self, tx: Transaction, conversation: Conversation, until: datetime | None = None
    ) -> None:
        """Sets the deadline of a queued conversation (None: its desk's), or when one wakes."""
        conversation.due_at = until or self._deadline(conversation.desk, now())
        kind = TIMER_OF_STATUS[conversation.status]
        await timers.start(tx.session, kind, conversation.id, due_at=conversation.due_at)

    async def note(
        self, tx: Transaction, conversation: Conversation, words: str, *, by: Actor
    ) -> Note:
        """Writes an internal note: it is no message, so no channel can ever carry it."""
        self.check_text(words)
        if by.agent_id is None or by.name is None:
            raise ValueError("Only an agent writes notes.")
        note = Note(
            conversation_id=conversation.id,
            agent_id=by.agent_id,
            author_name=by.name,
            text=words.strip(),
        )
        tx.session.add(note)
        await tx.session.flush()
        tell_of(self._feed, tx, conversation, note, by=by)
        news.note_written(tx, conversation, publish=self._bus.publish)
        return note

    def record(
        self,
        tx: Transaction,
        conversation: Conversation,
        kind: str,
        *,
        actor: Actor,
        # `Any`: ids and reasons for the timeline.
        details: dict[str, Any] | None = None,
    ) -> None:
        """Adds a line to the timeline, an agent's to the audit log, and each to the program's."""
        tx.session.add(
            Event(
                conversation_id=conversation.id,
                kind=kind,
                status=conversation.status,
                epoch=conversation.epoch,
                actor_kind=actor.kind,
                actor_name=actor.name,
                details=details or {},
            )
        )
        write_down(tx, conversation, kind, actor=actor, details=details or {})
        tell_programs(self._feed, tx, conversation, kind, actor=actor, details=details or {})
        facts = {"conversation": conversation.id, "epoch": conversation.epoch}
        tx.after_commit(lambda: log.info(f"conversation.{kind}", actor=actor.kind.value, **facts))

    def was_read(self, tx: Transaction, conversation: Conversation, seq: int) -> None:
        """The bot has answered everything up to `seq`."""
        receipts.was_read(tx, conversation, seq, publish=self._bus.publish)

    def refuse_stale(
        self, tx: Transaction, conversation: Conversation, epoch: int, *, actor: Actor
    ) -> bool:
        """Whether the owner changed since `epoch`; the refusal goes on record."""
        if conversation.epoch == epoch:
            return False
        self.record(
            tx, conversation, "stale_send_refused", actor=actor, details={"started_from": epoch}
        )
        tx.after_commit(lambda: self._count(STALE_SENDS_REFUSED))
        return True

    def count_duplicate(self, tx: Transaction) -> None:
        """Something came a second time, and has no effect."""
        tx.after_commit(lambda: self._count(DUPLICATES_REFUSED))

    def check_text(self, words: str, *, may_be_empty: bool = False) -> None:
        """Refuses what is empty or longer than the desk takes."""
        if not may_be_empty and not words.strip():
            raise EmptyText
        if len(words) > self._max_text_length:
            raise TextTooLong(length=len(words), limit=self._max_text_length)

    def hint_status(self, tx: Transaction, conversation: Conversation) -> None:
        """Tells whoever watches, customer or agent, where the conversation stands now."""
        news.status_changed(tx, conversation, publish=self._bus.publish)

    async def _check_offered(
        self, tx: Transaction, conversation: Conversation, inbound: InboundMessage
    ) -> None:
        offer = await repository.message_at(
            tx.session, conversation.id, inbound.offered_in if inbound.offered_in is not None else 0
        )
        chosen = {"title": inbound.text, "payload": inbound.payload}
        if offer is None or chosen not in buttons_of(offer):
            raise NotOffered

    def _append(
        self,
        tx: Transaction,
        conversation: Conversation,
        author: Author,
        words: str,
        *,
        agent_id: str | None = None,
        external_id: str | None = None,
        buttons: tuple[Button, ...] = (),
        image: str | None = None,
        extras: Extras = NOTHING,
    ) -> Message:
        """Gives the message the next sequence number; the conversation's row is the lock."""
        conversation.last_seq += 1
        conversation.updated_at = now()
        message = Message(
            id=new_id(),
            created_at=now(),
            conversation_id=conversation.id,
            seq=conversation.last_seq,
            channel=conversation.channel,
            external_id=external_id,
            author_kind=author.kind,
            author_name=author.name,
            author_picture=author.picture,
            agent_id=agent_id,
            text=words,
            buttons=[{"title": button.title, "payload": button.payload} for button in buttons],
            image=image,
        )
        extras.put_on(message)
        tx.session.add(message)
        tell_of(self._feed, tx, conversation, message, by=Actor(author.kind, author.name))
        news.message_written(tx, conversation, message, publish=self._bus.publish)
        return message
