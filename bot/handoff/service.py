"""The way from bot to human and back: what is told to the customer, and who may do what."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot import crash
from bot.accounts.models import Agent
from bot.attachments.service import AGENTS_FILES, take
from bot.availability.service import Availability
from bot.channel import Author, AuthorKind
from bot.clock import now
from bot.conversations import repository
from bot.conversations.errors import NotFound, NotPossibleNow
from bot.conversations.extras import Extras
from bot.conversations.models import Conversation, Message, Note
from bot.conversations.owning import Actor, forget_troubles
from bot.conversations.service import CUSTOMER, Conversations
from bot.conversations.state import Closing, Effect, Status, Trigger
from bot.conversations.timing import PROMISE
from bot.db import Database, Transaction
from bot.desks import Desks
from bot.handoff.contacts import Contacts
from bot.handoff.errors import NotYours, StaleSend, Unread
from bot.handoff.idle import agent_spoke
from bot.handoff.next_step import following_in_words, keep_promise, queued_in_words
from bot.handoff.reasons import LEFT_MESSAGE, PROMISED, REASONS
from bot.handoff.snooze import snoozed_until
from bot.queue.service import QueueWatch
from bot.texts import text
from bot.timers import repository as timers

DESK = Author(AuthorKind.SYSTEM)


BeforeMove = Callable[[Transaction, Agent, Conversation], Awaitable[None]]


class Assigner(Protocol):
    """Knows who gets what waits (bot/assignment/)."""

    async def queued(self, tx: Transaction, conversation: Conversation) -> bool:
        """It has come into its queue; True: it is an agent's already, and the customer knows."""


@dataclass(frozen=True)
class Reply:
    """What an agent sends: from which epoch, and a key so that a double click sends once."""

    text: str
    epoch: int
    key: str
    attachments: tuple[str, ...] = ()  # the agent's own uploads; then `text` may be empty


class Handoffs:
    """Hands conversations over, and lets agents work on them."""

    def __init__(
        self,
        db: Database,
        *,
        conversations: Conversations,
        availability: Availability,
        queue: QueueWatch,
        desks: Desks,
    ) -> None:
        self._db = db
        self._conversations = conversations
        self._availability = availability
        self._queue = queue
        self._desks = desks
        self.contacts = Contacts(conversations)
        # What an agent has begun in a conversation and wants done before it goes elsewhere.
        self.before_moves: list[BeforeMove] = []
        self.assigner: Assigner | None = None  # set by whoever puts the desk together

    async def hand_off(
        self,
        tx: Transaction,
        conversation: Conversation,
        *,
        reason: str,
        # `Any`: whatever an action found worth telling the agent.
        details: dict[str, Any],
        actor: Actor,
    ) -> None:
        """Puts the conversation in its desk's queue and tells the customer what comes next."""
        if reason not in REASONS:
            details, reason = {"reason": reason, **details}, "action"
        await self.contacts.take_if_new(tx, conversation, details.get("contact"))
        if conversation.handoff_reason is not None:
            await timers.cancel(tx.session, PROMISE, conversation.id)
        conversation.handoff_reason, conversation.handoff_details = reason, details
        forget_troubles(conversation)
        effects = await self._conversations.move(
            tx, conversation, Trigger.HAND_OFF, actor=actor, details={"reason": reason}
        )
        await self.carry_out(tx, conversation, effects)

    async def following_in_words(self, tx: Transaction, conversation: Conversation) -> str:
        """What comes next for a customer in the queue; asks for a contact where it must."""
        return await following_in_words(
            tx, conversation, availability=self._availability, contacts=self.contacts
        )

    async def wanted_by_customer(self, tx: Transaction, conversation: Conversation) -> None:
        """The customer pressed a button for a person, whoever has the conversation."""
        if conversation.status is Status.BOT:
            await self.hand_off(
                tx, conversation, reason="asked_for_human", details={}, actor=CUSTOMER
            )
        elif conversation.status is Status.QUEUED:
            await self._conversations.tell(tx, conversation, "handoff.already_queued")
        else:
            await self._conversations.tell(
                tx, conversation, "handoff.already_with_agent", name=conversation.agent_name
            )

    async def carry_out(
        self, tx: Transaction, conversation: Conversation, effects: tuple[Effect, ...]
    ) -> None:
        """What a move means for the customer: one short text each."""
        tell = self._conversations.tell
        for effect in effects:
            match effect:
                case Effect.TELL_QUEUED:
                    # Who left a message is told that it is kept, before anybody joins.
                    waits = conversation.handoff_reason not in (LEFT_MESSAGE, PROMISED)
                    if waits and await self._gave_away(tx, conversation):
                        continue
                    words = await queued_in_words(
                        tx, conversation, availability=self._availability, contacts=self.contacts
                    )
                    await self._conversations.say(tx, conversation, DESK, words)
                case Effect.TELL_AGENT_JOINED:
                    await self._introduce(tx, conversation)
                case Effect.TELL_BACK_IN_QUEUE:
                    await tell(tx, conversation, "agent.released")
                    await self._gave_away(tx, conversation)
                case Effect.TELL_BACK_WITH_BOT:
                    await tell(tx, conversation, "agent.returned_to_bot")
                case Effect.TELL_CLOSED:
                    if conversation.closed_as != Closing.NO_REQUEST:
                        await tell(tx, conversation, "agent.closed")
                case Effect.THANK_FOR_CONTACT:
                    contact = await self.contacts.known(tx, conversation)
                    await tell(tx, conversation, "contact.thanks", contact=contact)
                case Effect.KEEP_PROMISE:
                    await keep_promise(
                        tx,
                        conversation,
                        availability=self._availability,
                        conversations=self._conversations,
                    )
                case Effect.FORGET_DIALOGUE:
                    conversation.dialogue_fresh = True
                    forget_troubles(conversation)

    async def _gave_away(self, tx: Transaction, conversation: Conversation) -> bool:
        return self.assigner is not None and await self.assigner.queued(tx, conversation)

    async def claim(self, agent: Agent, conversation_id: str, *, epoch: int) -> None:
        """The agent takes the conversation; of two who try, one is refused."""
        await self._move(agent, conversation_id, Trigger.CLAIM, epoch=epoch)

    async def release(self, agent: Agent, conversation_id: str, *, epoch: int) -> None:
        """Back to the queue."""
        await self._move(agent, conversation_id, Trigger.RELEASE, epoch=epoch)

    async def return_to_bot(self, agent: Agent, conversation_id: str, *, epoch: int) -> None:
        """The bot goes on, afresh, with what it knew."""
        await self._move(agent, conversation_id, Trigger.RETURN_TO_BOT, epoch=epoch)

    async def snooze(
        self, agent: Agent, conversation_id: str, *, epoch: int, choice: str, when: str = ""
    ) -> None:
        """Out of sight until then, or until the customer writes; see `snoozed_until`."""

        def until(conversation: Conversation) -> datetime:
            zone = self._desks.get(conversation.desk).timezone
            return snoozed_until(choice, now(), zone, when=when)

        await self._move(agent, conversation_id, Trigger.SNOOZE, epoch=epoch, until=until)

    async def wake(self, agent: Agent, conversation_id: str, *, epoch: int) -> None:
        """The agent goes on before its time."""
        await self._move(agent, conversation_id, Trigger.WAKE, epoch=epoch)

    async def close(
        self, agent: Agent, conversation_id: str, *, epoch: int, read_seq: int | None = None
    ) -> None:
        """Over; the customer's next message opens a new conversation.

        Raises Unread when the customer wrote something after message `read_seq`.
        """
        await self._move(
            agent,
            conversation_id,
            Trigger.CLOSE,
            epoch=epoch,
            closing=Closing.DONE,
            read_seq=read_seq,
        )

    async def close_as_spam(self, agent: Agent, conversation_id: str, *, epoch: int) -> None:
        """Over, and no opinion is asked of whoever wrote it."""
        await self._move(agent, conversation_id, Trigger.CLOSE, epoch=epoch, closing=Closing.SPAM)

    async def close_as_no_request(self, agent: Agent, conversation_id: str, *, epoch: int) -> None:
        """Over without a word: people talked among themselves, and asked nothing of the desk."""
        closing = Closing.NO_REQUEST
        await self._move(agent, conversation_id, Trigger.CLOSE, epoch=epoch, closing=closing)

    async def ended_by_customer(self, tx: Transaction, conversation: Conversation) -> None:
        """The customer needs no more, whoever has the conversation."""
        conversation.closed_as = Closing.BY_CUSTOMER
        effects = await self._conversations.move(
            tx, conversation, Trigger.CLOSE, actor=CUSTOMER, details={"as": Closing.BY_CUSTOMER}
        )
        await self.carry_out(tx, conversation, effects)

    async def reply(self, agent: Agent, conversation_id: str, reply: Reply) -> Message:
        """Sends the agent's words; raises StaleSend, NotYours, EmptyText or TextTooLong."""

        async def send(tx: Transaction) -> Message | None:
            conversation = await self.lock(tx, agent, conversation_id)
            sent = await self.sent_before(tx, agent, conversation, reply)
            if sent is not None:
                return sent
            if not self.may_send(tx, agent, conversation, reply):
                return None
            return await self.send(tx, agent, conversation, reply)

        message = await self._db.attempt(send, finds_itself=True)
        if message is None:
            raise StaleSend
        return message

    async def sent_before(
        self, tx: Transaction, agent: Agent, conversation: Conversation, reply: Reply
    ) -> Message | None:
        """What this very reply became, when it comes a second time."""
        key = _key_of(agent, conversation, reply)
        sent = await repository.find_received(tx.session, conversation.channel, key)
        if sent is None:
            return None
        self._conversations.count_duplicate(tx)
        return sent[0]

    def may_send(
        self, tx: Transaction, agent: Agent, conversation: Conversation, reply: Reply
    ) -> bool:
        """False when it is stale, which goes on record; raises what else stands against it."""
        self._conversations.check_text(reply.text, may_be_empty=bool(reply.attachments))
        if self._refuse_stale(tx, conversation, reply.epoch, agent):
            return False
        check_owner(conversation, agent)
        if conversation.agent_id is None:
            raise NotPossibleNow(conversation.status)
        return True

    async def send(
        self, tx: Transaction, agent: Agent, conversation: Conversation, reply: Reply
    ) -> Message:
        """Says it; whoever calls has locked the conversation and asked `may_send`."""
        files = await take(tx, AGENTS_FILES, agent.id, reply.attachments)
        said = await self._conversations.say(
            tx,
            conversation,
            Author(AuthorKind.AGENT, agent.name, agent.picture),
            reply.text.strip(),
            agent_id=agent.id,
            external_id=_key_of(agent, conversation, reply),
            extras=Extras(files),
        )
        await agent_spoke(tx, conversation, self._desks)
        crash.reach("reply.open")
        tx.after_commit(lambda: crash.reach("reply.committed"))
        return said

    async def send_again(self, agent: Agent, conversation_id: str, *, epoch: int, seq: int) -> None:
        """A dead letter is tried anew, as it was written; raises StaleSend, NotYours, NotFound.

        Whoever may answer may do it; in a conversation that is no agent's, everyone of the desk.
        """

        async def send(tx: Transaction) -> bool:
            conversation = await self.lock(tx, agent, conversation_id)
            if self._refuse_stale(tx, conversation, epoch, agent):
                return False
            check_owner(conversation, agent)
            if not await self._conversations.send_again(tx, conversation, seq):
                raise NotFound
            self._conversations.record(
                tx, conversation, "sent_again", actor=actor_of(agent), details={"seq": seq}
            )
            self._conversations.hint_status(tx, conversation)
            return True

        if not await self._db.attempt(send):
            raise StaleSend

    async def note(self, agent: Agent, conversation_id: str, words: str) -> Note:
        """Writes an internal note, at any time and whoever owns the conversation."""

        async def write(tx: Transaction) -> Note:
            conversation = await self.lock(tx, agent, conversation_id)
            return await self._conversations.note(tx, conversation, words, by=actor_of(agent))

        return await self._db.attempt(write)

    async def _move(
        self,
        agent: Agent,
        conversation_id: str,
        trigger: Trigger,
        *,
        epoch: int,
        until: Callable[[Conversation], datetime] | None = None,
        closing: Closing | None = None,
        read_seq: int | None = None,
    ) -> None:

        async def move(tx: Transaction) -> bool:
            conversation = await self.lock(tx, agent, conversation_id)
            if self._refuse_stale(tx, conversation, epoch, agent):
                return False
            check_owner(conversation, agent)
            if read_seq is not None and await repository.wrote_after(
                tx.session, conversation_id, read_seq
            ):
                raise Unread
            for finish in self.before_moves:
                await finish(tx, agent, conversation)
            if trigger is Trigger.CLAIM and conversation.status is Status.QUEUED:
                self._queue.keep_wait(tx, conversation)
            effects = await self._conversations.move(
                tx,
                conversation,
                trigger,
                actor=actor_of(agent),
                details={"as": closing} if closing else None,
                until=until(conversation) if until else None,
            )
            conversation.closed_as = closing
            await self.carry_out(tx, conversation, effects)
            return True

        if not await self._db.attempt(move):
            raise StaleSend

    async def lock(self, tx: Transaction, agent: Agent, conversation_id: str) -> Conversation:
        """The conversation, for this transaction alone; NotFound at a desk of somebody else's."""
        conversation = await repository.lock_conversation(tx.session, conversation_id)
        if conversation is None or conversation.desk not in agent.desks:
            raise NotFound
        return conversation

    def _refuse_stale(
        self, tx: Transaction, conversation: Conversation, epoch: int, agent: Agent
    ) -> bool:
        return self._conversations.refuse_stale(tx, conversation, epoch, actor=actor_of(agent))

    async def _introduce(self, tx: Transaction, conversation: Conversation) -> None:
        """With name and face."""
        name, picture = conversation.agent_name, conversation.agent_picture
        words = text("agent.joined", conversation.language, name=name)
        author = Author(AuthorKind.SYSTEM, name, picture)
        await self._conversations.say(tx, conversation, author, words)


def actor_of(agent: Agent) -> Actor:
    """The agent as the timeline names them."""
    return Actor(AuthorKind.AGENT, agent.name, agent.id, agent.picture)


def _key_of(agent: Agent, conversation: Conversation, reply: Reply) -> str:
    """Whoever numbers their replies may begin anew in each conversation."""
    return f"agent:{agent.id}:{conversation.id}:{reply.key}"


def check_owner(conversation: Conversation, agent: Agent) -> None:
    """An agent's conversation is that agent's alone; a queue or the bot has no such claim."""
    taken = conversation.status in (Status.WITH_AGENT, Status.SNOOZED)
    if taken and conversation.agent_id != agent.id:
        raise NotYours(name=conversation.agent_name)
