"""Notes that agents write elsewhere: once each, however often their message comes."""

from typing import Protocol

from sqlalchemy.exc import IntegrityError

from bot.accounts.models import Agent
from bot.channel import AuthorKind
from bot.conversations import repository as conversations
from bot.conversations.errors import NotFound
from bot.conversations.models import Conversation, Note
from bot.conversations.owning import Actor
from bot.conversations.service import Conversations
from bot.db import Database, Overtaken, Transaction
from bot.triage import repository
from bot.triage.models import NoteSource


class AddNote(Protocol):
    """Writes a note with its mentions (bot/handling/notes.py)."""

    async def __call__(
        self, tx: Transaction, conversation: Conversation, agent: Agent, words: str
    ) -> Note:
        """Raises EmptyText or TextTooLong."""


class ForeignNotes:
    """Writes and changes them. A note has no way to a customer: it is no message."""

    def __init__(self, db: Database, *, conversations: Conversations, add_note: AddNote) -> None:
        self._db = db
        self._add_note = add_note
        self._conversations = conversations

    async def write(self, agent: Agent, conversation_id: str, words: str, source: str) -> bool:
        """False when there is one from this source already; raises NotFound, EmptyText, …"""

        async def write(tx: Transaction) -> bool:
            conversation = await conversations.lock_conversation(tx.session, conversation_id)
            if conversation is None or conversation.desk not in agent.desks:
                raise NotFound
            if await repository.note_from(tx.session, source) is not None:
                self._conversations.count_duplicate(tx)
                return False
            note = await self._add_note(tx, conversation, agent, words)
            tx.session.add(NoteSource(source=source, note_id=note.id))
            try:
                await tx.session.flush()
            except IntegrityError:
                raise Overtaken from None
            return True

        return await self._db.attempt(write, finds_itself=True)

    async def change(self, agent: Agent, words: str, source: str) -> bool:
        """The note says this now, if it is the agent's; the timeline tells that it was changed."""
        self._conversations.check_text(words)

        async def change(tx: Transaction) -> bool:
            note = await repository.note_from(tx.session, source)
            if note is None or note.agent_id != agent.id:
                return False
            conversation = await conversations.lock_conversation(tx.session, note.conversation_id)
            if conversation is None or conversation.desk not in agent.desks:
                return False
            if note.text != words.strip():
                note.text = words.strip()
                self._conversations.record(
                    tx, conversation, "note_changed", actor=_actor(agent), details={"note": note.id}
                )
                self._conversations.hint_status(tx, conversation)
            return True

        return await self._db.attempt(change, finds_itself=True)


def _actor(agent: Agent) -> Actor:
    return Actor(AuthorKind.AGENT, agent.name, agent.id, agent.picture)
