"""Hands a conversation over: to a colleague, or to another desk; the customer is told politely."""

from bot.accounts.models import Agent
from bot.channel import Author, AuthorKind
from bot.conversations.models import Conversation
from bot.conversations.service import Conversations
from bot.conversations.state import Effect, Status, Trigger
from bot.db import Database, Transaction
from bot.desks import Desks
from bot.handling.door import lock_own
from bot.handling.errors import NoSuchColleague
from bot.handling.notes import Notes
from bot.handoff.errors import StaleSend
from bot.handoff.service import Handoffs, actor_of
from bot.queue.service import QueueWatch
from bot.records import repository
from bot.texts import text


class Transfers:
    """Each call is one transaction; the epoch rises, so whoever had it before sends no more."""

    def __init__(
        self,
        db: Database,
        *,
        conversations: Conversations,
        handoffs: Handoffs,
        notes: Notes,
        queue: QueueWatch,
        desks: Desks,
    ) -> None:
        self._db = db
        self._conversations = conversations
        self._handoffs = handoffs
        self._notes = notes
        self._queue = queue
        self._desks = desks

    async def to_agent(
        self, agent: Agent, conversation_id: str, *, epoch: int, to_id: str, note: str = ""
    ) -> None:
        """The colleague has it at once; raises StaleSend, NotYours, NoSuchColleague …"""

        async def hand_over(tx: Transaction) -> bool:
            conversation = await lock_own(
                tx, self._conversations, self._handoffs, agent, conversation_id, epoch=epoch
            )
            if conversation is None:
                return False
            people = await repository.colleagues(tx.session, conversation.desk)
            to = next((one for one in people if one.id == to_id), None)
            if to is None or to.id == conversation.agent_id:
                raise NoSuchColleague
            if conversation.status is Status.QUEUED:
                self._queue.keep_wait(tx, conversation)
            effects = await self._conversations.move(
                tx,
                conversation,
                Trigger.HAND_OVER,
                actor=actor_of(agent),
                details={"to": to.id, "to_name": to.name},
                owner=actor_of(to),
            )
            await self._tell(tx, conversation, effects)
            await self._add_note(tx, conversation, agent, note, to=to.id)
            return True

        if not await self._db.attempt(hand_over):
            raise StaleSend

    async def to_desk(
        self, agent: Agent, conversation_id: str, *, epoch: int, desk: str, note: str = ""
    ) -> None:
        """Into that desk's queue, with that desk's deadline; raises UnknownDesk too."""
        there = self._desks.get(desk)

        async def change_desk(tx: Transaction) -> bool:
            conversation = await lock_own(
                tx, self._conversations, self._handoffs, agent, conversation_id, epoch=epoch
            )
            if conversation is None:
                return False
            if conversation.desk == there.id:
                raise NoSuchColleague
            # Colleagues who are named work at the desk that the note was written at.
            await self._add_note(tx, conversation, agent, note)
            before, conversation.desk = conversation.desk, there.id
            effects = await self._conversations.move(
                tx,
                conversation,
                Trigger.CHANGE_DESK,
                actor=actor_of(agent),
                details={"from": before, "to": there.id},
            )
            await self._tell(tx, conversation, effects)
            return True

        if not await self._db.attempt(change_desk):
            raise StaleSend

    async def _add_note(
        self,
        tx: Transaction,
        conversation: Conversation,
        agent: Agent,
        note: str,
        *,
        to: str | None = None,
    ) -> None:
        if note.strip():
            await self._notes.add(tx, conversation, agent, note, also=(to,) if to else ())

    async def _tell(
        self, tx: Transaction, conversation: Conversation, effects: tuple[Effect, ...]
    ) -> None:
        language = conversation.language
        for effect in effects:
            if effect is Effect.TELL_AGENT_CHANGED:
                name, picture = conversation.agent_name, conversation.agent_picture
                words = text("agent.changed", language, name=name)
                author = Author(AuthorKind.SYSTEM, name, picture)
                await self._conversations.say(tx, conversation, author, words)
            elif effect is Effect.TELL_DESK_CHANGED:
                desk = self._desks.get(conversation.desk).name[language]
                following = await self._handoffs.following_in_words(tx, conversation)
                words = f"{text('agent.desk_changed', language, desk=desk)} {following}"
                await self._conversations.say(tx, conversation, Author(AuthorKind.SYSTEM), words)
            else:
                await self._handoffs.carry_out(tx, conversation, (effect,))
