"""What a customer may do while they wait: go back to the bot, leave a contact, put a fact right."""

from collections.abc import Mapping
from dataclasses import replace

from bot.channel import HandoffReceipt, InboundMessage, LeftMessage, PlaceInQueue, Receipt
from bot.conversations import repository
from bot.conversations.errors import NotFound, NotPossibleNow
from bot.conversations.models import Conversation
from bot.conversations.queries import threads_at
from bot.conversations.service import CUSTOMER, Conversations
from bot.conversations.state import Status, Trigger
from bot.db import Database, Transaction
from bot.errors import FirstlineError
from bot.handoff.contacts import BadContact, contact_in
from bot.handoff.models import Correction
from bot.handoff.queries import load_packet
from bot.handoff.reasons import LEFT_MESSAGE
from bot.handoff.receipt import build_receipt
from bot.handoff.service import Handoffs
from bot.privacy.mask import mask
from bot.queue.service import QueueWatch

MAX_CORRECTION = 200
MAX_NAME = 100
MOST_THREADS = 2000
WITH_PEOPLE = (Status.QUEUED, Status.WITH_AGENT, Status.SNOOZED)


class NoSuchFact(FirstlineError):
    """Not on the receipt, or nothing that a customer can put right."""

    code = "no_such_fact"
    status = 404


class BadCorrection(FirstlineError):
    """Empty or too long."""

    code = "bad_correction"
    status = 422


class WaitingRoom:
    """`bot.channel.WaitingDesk`. Each call is one transaction."""

    def __init__(
        self,
        db: Database,
        *,
        conversations: Conversations,
        handoffs: Handoffs,
        queue: QueueWatch,
    ) -> None:
        self._db = db
        self._conversations = conversations
        self._handoffs = handoffs
        self._queue = queue

    def place_of(self, conversation: str) -> PlaceInQueue | None:
        """Their place; None until it is known."""
        return self._queue.place_of(conversation)

    async def with_people(self, channel: str) -> Mapping[str, str]:
        """Conversations that wait for a person or have one, by their thread."""
        async with self._db.read() as session:
            return await threads_at(session, channel, WITH_PEOPLE, most=MOST_THREADS)

    async def handoff_receipt(
        self, channel: str, thread: str, *, language: str | None = None
    ) -> HandoffReceipt | None:
        """What was passed on; None unless the thread's conversation waits in a queue.

        `language`: that of the page around it, else the conversation's own.
        """
        async with self._db.read() as session:
            found = await repository.newest_conversation(session, channel, thread)
            if found is None or found.status is not Status.QUEUED:
                return None
            packet = await load_packet(session, found, desks=())
        return build_receipt(packet, found.id, language or found.language)

    async def back_to_bot(self, inbound: InboundMessage) -> Receipt:
        """The customer would rather talk to the bot again; raises NotPossibleNow."""

        async def go(tx: Transaction) -> Receipt:
            received = await self._conversations.receive(tx, inbound)
            if not received.receipt.duplicate:
                await self._move(tx, received.conversation, Trigger.LEAVE_QUEUE)
            return received.receipt

        return await self._db.attempt(go, finds_itself=True)

    async def leave_message(self, inbound: InboundMessage, left: LeftMessage) -> Receipt:
        """Queues what they wrote, with where they want to be reached; raises BadContact."""
        contact = contact_in(left.contact)
        details = {"contact": str(contact)}
        if left.name:
            details["name"] = mask(" ".join(left.name.split())[:MAX_NAME]).text
        words = mask(inbound.text).text

        async def leave(tx: Transaction) -> Receipt:
            received = await self._conversations.receive(tx, replace(inbound, text=words))
            if received.receipt.duplicate:
                return received.receipt
            found = received.conversation
            await self._handoffs.contacts.take(tx, found, contact)
            if found.status is Status.BOT:
                await self._handoffs.hand_off(
                    tx, found, reason=LEFT_MESSAGE, details=dict(details), actor=CUSTOMER
                )
            elif found.status is Status.QUEUED:
                found.handoff_details = {**(found.handoff_details or {}), **details}
                await self._move(tx, found, Trigger.LEAVE_CONTACT)
            return received.receipt

        return await self._db.attempt(leave, finds_itself=True)

    async def correct(self, channel: str, thread: str, name: str, value: str) -> None:
        """The customer puts a fact right; raises NotPossibleNow, NoSuchFact or BadCorrection."""
        value = mask(" ".join(value.split())).text
        if not 0 < len(value) <= MAX_CORRECTION:
            raise BadCorrection(limit=MAX_CORRECTION)

        async def correct(tx: Transaction) -> None:
            found = await repository.lock_open_conversation(tx.session, channel, thread)
            if found is None:
                raise NotFound
            if found.status is not Status.QUEUED:
                raise NotPossibleNow(found.status)
            packet = await load_packet(tx.session, found, desks=())
            receipt = build_receipt(packet, found.id, found.language)
            fact = next((fact for fact in receipt.facts if fact.name == name), None)
            if fact is None or not fact.is_open:
                raise NoSuchFact
            if fact.value != value:
                await self._keep(tx, found, name, value, before=fact.value)

        await self._db.attempt(correct)

    async def _keep(
        self, tx: Transaction, conversation: Conversation, name: str, value: str, *, before: str
    ) -> None:
        if name in ("email", "phone"):
            contact = contact_in(value)
            found = contact.email if name == "email" else contact.phone
            if found is None:  # a phone number is no e-mail address
                raise BadContact
            value = found
            await self._handoffs.contacts.take(tx, conversation, contact)
            if "contact" in (conversation.handoff_details or {}):
                known = str(await self._handoffs.contacts.known(tx, conversation))
                details = {**(conversation.handoff_details or {}), "contact": known}
                conversation.handoff_details = details
        correction = Correction(
            conversation_id=conversation.id, name=name, value=value, before=before
        )
        tx.session.add(correction)
        await self._move(tx, conversation, Trigger.CORRECT, fact=name)

    async def _move(
        self, tx: Transaction, conversation: Conversation, trigger: Trigger, **details: str
    ) -> None:
        effects = await self._conversations.move(
            tx, conversation, trigger, actor=CUSTOMER, details=details
        )
        await self._handoffs.carry_out(tx, conversation, effects)
