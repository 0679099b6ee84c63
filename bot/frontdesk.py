"""The door: what channels call. Each call is one transaction, tried again where that helps."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from dataclasses import replace

from babel.lists import format_list

from bot.attachments.service import Attachments
from bot.availability.service import Availability
from bot.channel import (
    Attachment,
    FileLimits,
    Hint,
    InboundMessage,
    Notice,
    OutboundMessage,
    Receipt,
    Subscription,
    ThreadStatus,
    Upload,
)
from bot.conversations import repository
from bot.conversations.errors import NotFound
from bot.conversations.models import Conversation, Customer
from bot.conversations.news import INBOX_TOPIC
from bot.conversations.outward import outbound, thread_status
from bot.conversations.service import Conversations, Received
from bot.conversations.state import Effect
from bot.db import Database, Transaction
from bot.desks import Desks
from bot.gate import Gate
from bot.handoff.service import Handoffs
from bot.live import Bus
from bot.privacy.mask import Masked, mask
from bot.routing.answers import Answers
from bot.routing.buttons import is_own
from bot.routing.policy import HUMAN_INTENT
from bot.routing.service import Turns
from bot.texts import supported, text

# Messages of one process that are on their way into the database; a second's work.
RECEIVE_AT_ONCE = 256
RECEIVE_AGAIN_SECONDS = 2.0


class FrontDesk:
    """The desk as channels see it (`bot.channel.ChannelDesk`)."""

    def __init__(
        self,
        db: Database,
        *,
        desks: Desks,
        conversations: Conversations,
        turns: Turns,
        answers: Answers,
        handoffs: Handoffs,
        availability: Availability,
        attachments: Attachments,
        bus: Bus,
    ) -> None:
        self._db = db
        self._desks = desks
        self._conversations = conversations
        self._turns = turns
        self._answers = answers
        self._handoffs = handoffs
        self._availability = availability
        self._attachments = attachments
        self._bus = bus
        self._receiving = Gate(RECEIVE_AT_ONCE, seconds=RECEIVE_AGAIN_SECONDS)

    def check_desk(self, desk: str) -> None:
        """Raises UnknownDesk."""
        self._desks.get(desk)

    async def receive_customer_message(self, inbound: InboundMessage) -> Receipt:
        """The one door in: once this returns, the message cannot be lost any more.

        What a customer should not have sent is hidden here, before anything keeps it. Raises Busy
        when there is too much to do: then nothing was taken, and it may come again.
        """
        self._desks.get(inbound.desk)
        hidden = Masked(inbound.text) if inbound.payload else mask(inbound.text)

        async def receive(tx: Transaction) -> Receipt:
            received = await self._conversations.receive(tx, replace(inbound, text=hidden.text))
            if not received.receipt.duplicate:
                await self._tell_hidden(tx, received.conversation, hidden)
                await self._carry_out(tx, received, inbound)
            return received.receipt

        with self._receiving.enter():
            return await self._db.attempt(receive, finds_itself=True)

    async def ask_for_human(self, inbound: InboundMessage) -> Receipt:
        """«Talk to a person»: goes to the queue without asking the engine, so it always works."""
        self._desks.get(inbound.desk)

        async def receive(tx: Transaction) -> Receipt:
            received = await self._conversations.receive(tx, inbound)
            if not received.receipt.duplicate:
                await self._handoffs.wanted_by_customer(tx, received.conversation)
            return received.receipt

        with self._receiving.enter():
            return await self._db.attempt(receive, finds_itself=True)

    async def _tell_hidden(
        self, tx: Transaction, conversation: Conversation, hidden: Masked
    ) -> None:
        if hidden.kinds:
            language = conversation.language
            kinds = [text(f"privacy.kind.{kind}", language) for kind in hidden.kinds]
            what = format_list(kinds, style="unit-short", locale=language)
            await self._conversations.tell(tx, conversation, "privacy.hidden", what=what)

    async def _carry_out(
        self, tx: Transaction, received: Received, inbound: InboundMessage
    ) -> None:
        payload, conversation = inbound.payload, received.conversation
        if payload is not None and is_own(payload):
            await self._answers.press(tx, received, payload)
            self._conversations.was_read(tx, conversation, received.message.seq)
            return
        for effect in received.effects:
            if effect is Effect.ASK_BOT and inbound.for_bot:
                if inbound.attachments:
                    await self._answers.cannot_read_files(tx, conversation)
                    self._conversations.was_read(tx, conversation, received.message.seq)
                if received.message.text:
                    await self._turns.queue_turn(tx, received, payload=payload)
            elif effect is Effect.LOOK_FOR_CONTACT and payload is not None:
                # A button of before; its title is no contact.
                if payload == f"/{HUMAN_INTENT}":
                    await self._handoffs.wanted_by_customer(tx, conversation)
            elif effect is Effect.LOOK_FOR_CONTACT and received.message.text:
                await self._handoffs.contacts.look_for(tx, conversation, received.message.text)

    @property
    def file_limits(self) -> FileLimits | None:
        """What may be sent as a file; None when this desk takes none."""
        return self._attachments.limits

    async def receive_file(self, upload: Upload, pieces: AsyncIterator[bytes]) -> Attachment:
        """Takes a file in that a message of its thread may carry within a day."""
        return await self._attachments.receive(upload, pieces)

    async def notice(self, desk: str) -> Notice:
        """How the desk can be reached now."""
        return await self._availability.notice(desk)

    async def thread_status(self, channel: str, thread: str) -> ThreadStatus | None:
        """The newest conversation of the thread."""
        async with self._db.read() as session:
            found = await repository.newest_conversation(session, channel, thread)
        return None if found is None else thread_status(found)

    async def messages_after(
        self, channel: str, thread: str, conversation: str, seq: int
    ) -> list[OutboundMessage]:
        """The gap after `seq`; NotFound for anyone else's conversation."""
        async with self._db.read() as session:
            found = await repository.conversation_in_thread(session, channel, thread, conversation)
            if found is None:
                raise NotFound
            messages = await repository.messages_after(session, conversation, seq)
        return [outbound(found, message) for message in messages]

    async def customer_saw(self, channel: str, thread: str, conversation: str, seq: int) -> None:
        """Keeps the highest sequence number that the customer has seen."""
        async with self._db.write() as tx:
            if not await repository.keep_seen(tx.session, channel, thread, conversation, seq):
                raise NotFound
        self._bus.publish(Hint(INBOX_TOPIC, "seen", conversation))

    async def choose_language(self, channel: str, thread: str, language: str) -> None:
        """The open conversation goes on in this language, and the customer's next ones."""
        async with self._db.write() as tx:
            found = await repository.lock_open_conversation(tx.session, channel, thread)
            if found is None:
                return
            found.language = supported(language)
            customer = await tx.session.get_one(Customer, found.customer_id)
            customer.language = found.language

    async def end_conversation(self, channel: str, thread: str, conversation: str) -> None:
        """The customer needs no more: closes it, if it is the one that is open."""

        async def end(tx: Transaction) -> None:
            found = await repository.lock_open_conversation(tx.session, channel, thread)
            if found is not None and found.id == conversation:
                await self._handoffs.ended_by_customer(tx, found)

        await self._db.attempt(end)

    async def customer_types(self, channel: str, thread: str, *, on: bool) -> None:
        """Shows the agent that the customer is writing; it fades by itself when that stops."""
        if not on:
            return
        async with self._db.read() as session:
            found = await repository.newest_conversation(session, channel, thread)
        if found is not None and found.agent_id is not None:
            self._bus.publish(Hint(INBOX_TOPIC, "typing", found.id))

    def watch(self, *topics: str) -> AbstractContextManager[Subscription]:
        """Live hints of these topics."""
        return self._bus.subscribe(topics)
