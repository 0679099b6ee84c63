"""Sending: stopped when the customer has written meanwhile, held for a moment to be taken back.

A held reply is a row, and its timer another: whoever dies, it goes out once. It goes out as any
reply does, so with another owner by then it is refused; its words are then in the draft again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.clock import now
from bot.conversations.models import Conversation, Message
from bot.conversations.news import INBOX_TOPIC
from bot.db import Database, Transaction
from bot.errors import FirstlineError
from bot.handoff.errors import StaleSend
from bot.handoff.service import Handoffs, Reply
from bot.live import Hint
from bot.timers import repository as timers
from bot.writing import repository
from bot.writing.drafts import Drafts, Kind
from bot.writing.models import HeldReply
from bot.writing.variables import check_gaps

HOLD = "held_reply"  # the timer
CHOICES = (0, 5, 10, 20)  # seconds

log = structlog.get_logger()


@dataclass(frozen=True)
class NewWord:
    """A message of the customer's that the agent may not have seen."""

    seq: int
    text: str
    files: int
    at: datetime


class NewWords(FirstlineError):
    """The customer has written `words` since the agent began; nothing was sent."""

    code = "new_words"
    status = 409

    def __init__(self, words: tuple[NewWord, ...]) -> None:
        super().__init__(count=len(words))
        self.words = words


class NothingHeld(FirstlineError):
    """It is out already, or was taken back elsewhere."""

    code = "nothing_held"
    status = 409


@dataclass(frozen=True)
class Sent:
    """A reply that is out, or held until then."""

    message: Message | None
    held: bool


class Replies:
    """The way of an agent's reply from the composer."""

    def __init__(
        self,
        db: Database,
        *,
        handoffs: Handoffs,
        drafts: Drafts,
        publish: Callable[[Hint], None],
        undo_seconds: int,
    ) -> None:
        self._db = db
        self._handoffs = handoffs
        self._drafts = drafts
        self._publish = publish
        self._undo_seconds = undo_seconds
        # Who closes or gives away what they have just answered does not mean to take it back.
        handoffs.before_moves.append(self._let_go)

    async def undo_seconds(self, session: AsyncSession, agent: Agent) -> int:
        """How long this agent's replies are held; 0: they are not."""
        chosen = await repository.undo_seconds_of(session, agent.id)
        return self._undo_seconds if chosen is None else chosen

    async def choose_undo(self, agent: Agent, seconds: int) -> None:
        """The agent's wish; anything that is not offered is the nearest that is."""
        nearest = min(CHOICES, key=lambda offered: abs(offered - seconds))
        async with self._db.write() as tx:
            await repository.choose_undo(tx.session, agent.id, nearest)

    async def reply(
        self, agent: Agent, conversation_id: str, reply: Reply, *, started_seq: int | None
    ) -> Sent:
        """Sends or holds it; raises NewWords, and whatever `Handoffs.reply` does."""

        async def send(tx: Transaction) -> Sent | None:
            conversation = await self._handoffs.lock(tx, agent, conversation_id)
            known = await self._known(tx, agent, conversation, reply)
            if known is not None:
                return known
            if not self._handoffs.may_send(tx, agent, conversation, reply):
                return None
            check_gaps(reply.text)
            if started_seq is not None:
                await _check_nothing_new(tx, conversation_id, started_seq)
            await self._let_go(tx, agent, conversation)
            await self._drafts.forget(tx, agent.id, conversation_id, Kind.REPLY)
            seconds = await self.undo_seconds(tx.session, agent)
            if seconds:
                await self._hold(tx, agent, conversation, reply, seconds)
                return Sent(None, held=True)
            return Sent(await self._handoffs.send(tx, agent, conversation, reply), held=False)

        sent = await self._db.attempt(send, finds_itself=True)
        if sent is None:
            raise StaleSend
        return sent

    async def send_now(self, agent: Agent, conversation_id: str, held_id: str) -> None:
        """The agent will not take it back."""

        async def send(tx: Transaction) -> None:
            conversation = await self._handoffs.lock(tx, agent, conversation_id)
            await self._own(tx, agent, conversation_id, held_id)
            await self._let_go(tx, agent, conversation)

        await self._db.attempt(send)

    async def undo(self, agent: Agent, conversation_id: str, held_id: str) -> None:
        """Back into the draft it goes, with its files; raises NothingHeld."""

        async def undo(tx: Transaction) -> None:
            await self._handoffs.lock(tx, agent, conversation_id)
            held = await self._own(tx, agent, conversation_id, held_id)
            await self._drafts.put_back(
                tx, agent.id, conversation_id, held.text, attachments=held.attachments
            )
            await self._remove(tx, held)

        await self._db.attempt(undo)

    async def fire(self, tx: Transaction, conversation_id: str) -> None:
        """Its time has come; the caller holds the conversation (bot/timers/worker.py)."""
        held = await repository.held_in(tx.session, conversation_id)
        if held is None:
            return
        agent = await tx.session.get_one(Agent, held.agent_id)
        conversation = await tx.session.get_one(Conversation, conversation_id)
        await self._let_go(tx, agent, conversation)

    async def _known(
        self, tx: Transaction, agent: Agent, conversation: Conversation, reply: Reply
    ) -> Sent | None:
        sent = await self._handoffs.sent_before(tx, agent, conversation, reply)
        if sent is not None:
            return Sent(sent, held=False)
        held = await repository.held_in(tx.session, conversation.id)
        is_it = held is not None and (held.agent_id, held.key) == (agent.id, reply.key)
        return Sent(None, held=True) if is_it else None

    async def _own(
        self, tx: Transaction, agent: Agent, conversation_id: str, held_id: str
    ) -> HeldReply:
        held = await repository.held_in(tx.session, conversation_id)
        if held is None or (held.agent_id, held.id) != (agent.id, held_id):
            raise NothingHeld
        return held

    async def _hold(
        self,
        tx: Transaction,
        agent: Agent,
        conversation: Conversation,
        reply: Reply,
        seconds: int,
    ) -> None:
        due = now() + timedelta(seconds=seconds)
        tx.session.add(
            HeldReply(
                conversation_id=conversation.id,
                agent_id=agent.id,
                text=reply.text,
                attachments=list(reply.attachments),
                epoch=reply.epoch,
                key=reply.key,
                due_at=due,
            )
        )
        await timers.start(tx.session, HOLD, conversation.id, due_at=due)
        self._tell(tx, conversation.id)

    async def _let_go(self, tx: Transaction, agent: Agent, conversation: Conversation) -> None:
        """Sends what is held in the conversation, or notes why that is not possible."""
        held = await repository.held_in(tx.session, conversation.id)
        if held is None:
            return
        if held.agent_id != agent.id:
            agent = await tx.session.get_one(Agent, held.agent_id)
        reply = Reply(held.text, held.epoch, held.key, tuple(held.attachments))
        problem = await self._try(tx, agent, conversation, reply)
        if problem is not None:
            log.info("reply.not_sent", conversation=conversation.id, problem=problem)
            await self._drafts.put_back(
                tx,
                agent.id,
                conversation.id,
                held.text,
                attachments=held.attachments,
                problem=problem,
            )
        await self._remove(tx, held)

    async def _try(
        self, tx: Transaction, agent: Agent, conversation: Conversation, reply: Reply
    ) -> str | None:
        """Sends it; the code of the refusal when it is one. Refusals come before any change."""
        try:
            if not self._handoffs.may_send(tx, agent, conversation, reply):
                return StaleSend.code
            await self._handoffs.send(tx, agent, conversation, reply)
        except FirstlineError as refusal:
            return refusal.code
        return None

    async def _remove(self, tx: Transaction, held: HeldReply) -> None:
        await timers.cancel(tx.session, HOLD, held.conversation_id)
        await tx.session.delete(held)
        await tx.session.flush()
        self._tell(tx, held.conversation_id)

    def _tell(self, tx: Transaction, conversation_id: str) -> None:
        """Whoever has it open; no list shows what is held."""
        hint = Hint(INBOX_TOPIC, HOLD, conversation_id)
        tx.after_commit(lambda: self._publish(hint))


async def _check_nothing_new(tx: Transaction, conversation_id: str, started_seq: int) -> None:
    words = await repository.customer_words_after(tx.session, conversation_id, started_seq)
    if words:
        raise NewWords(
            tuple(NewWord(w.seq, w.text, len(w.attachments or ()), w.created_at) for w in words)
        )
