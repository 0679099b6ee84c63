"""What an open conversation shows: loaded in one session, as frozen data for the templates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Literal
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.assignment.models import Assignment
from bot.assignment.repository import assignments_of
from bot.channel import Attachment, AuthorKind, Card, Hint
from bot.conversations import receipts, repository
from bot.conversations.errors import NotFound
from bot.conversations.models import Conversation, Customer, Message, Note
from bot.conversations.outward import attachments_of, cards_of
from bot.db import Database
from bot.handoff.origin import safe_link
from bot.handoff.packet import Packet
from bot.handoff.queries import load_packet
from bot.inbox import queries
from bot.inbox.composing import Composing, composing
from bot.inbox.handling.reading import Records, load_records
from bot.inbox.views import Abilities, abilities
from bot.outbox.repository import dead_letters_of
from bot.survey.models import Survey
from bot.survey.repository import survey_of, surveys_of


@dataclass(frozen=True)
class MessageEntry:
    """A message as agents see it."""

    seq: int
    author: str
    name: str | None
    text: str
    choices: tuple[str, ...]
    picture: str | None
    files: tuple[Attachment, ...]
    cards: tuple[Card, ...]
    at: datetime
    bot_was_asked: bool
    change: Literal["edited", "withdrawn"] | None = None  # by its customer
    kind: Literal["message"] = "message"


@dataclass(frozen=True)
class NoteEntry:
    """A note between agents: it has no number, because it is no message."""

    id: str
    name: str
    text: str
    at: datetime
    kind: Literal["note"] = "note"


Entry = MessageEntry | NoteEntry


@dataclass(frozen=True)
class Entries:
    """Part of the transcript, with the notes of that time; the cursor behind its last entry."""

    items: tuple[Entry, ...]
    last_seq: int
    notes: int


@dataclass(frozen=True)
class DeadLetter:
    """Why a message could not be delivered: the kind, and the channel's own words."""

    kind: str | None
    problem: str | None


@dataclass(frozen=True)
class OpenConversation:
    """Everything around the transcript."""

    conversation: Conversation
    customer: Customer
    visitor_code: str
    packet: Packet
    abilities: Abilities
    undelivered: dict[int, DeadLetter]  # by message number
    customer_saw_all: bool
    survey: Survey | None
    assignments: Sequence[Assignment]  # how it was given to agents, oldest first
    records: Records
    earlier_surveys: dict[str, Survey]  # by conversation
    form_key: str  # of the reply form, so that a double click sends once
    writing: Composing


async def open_conversation(
    session: AsyncSession, agent: Agent, conversation_id: str
) -> OpenConversation:
    """The conversation for an agent of its desk; NotFound for anyone else."""
    found = await queries.find_conversation(session, agent, conversation_id)
    if found is None:
        raise NotFound
    conversation, customer = found
    dead = await dead_letters_of(session, conversation.id)
    packet = await load_packet(session, conversation, desks=agent.desks, with_agents_facts=True)
    return OpenConversation(
        conversation=conversation,
        customer=customer,
        visitor_code=queries.visitor_code(customer),
        packet=packet,
        abilities=abilities(conversation.status, owner_id=conversation.agent_id, agent_id=agent.id),
        undelivered={row.seq: DeadLetter(row.problem_kind, row.problem) for row in dead},
        customer_saw_all=conversation.seen_seq >= conversation.last_seq,
        survey=await survey_of(session, conversation.id),
        assignments=await assignments_of(session, conversation.id),
        records=await load_records(session, agent, conversation),
        earlier_surveys=await surveys_of(session, [one.id for one in packet.earlier]),
        form_key=str(uuid4()),
        writing=await composing(session, agent, conversation),
    )


async def entries_after(
    session: AsyncSession, conversation_id: str, *, seq: int = 0, notes: int = 0
) -> Entries:
    """What came after this cursor. Notes are counted: they are only ever added."""
    messages = await repository.messages_after(session, conversation_id, seq)
    new_notes = (await repository.notes_of(session, conversation_id))[notes:]
    asked = await queries.asked_seqs(session, conversation_id, after=seq)
    said: list[Entry] = [_message(message, asked) for message in messages]
    noted: list[Entry] = [_note(note) for note in new_notes]
    # Both are in order already; the clock only decides between a message and a note.
    items = merge(said, noted, key=lambda entry: entry.at)
    last_seq = messages[-1].seq if messages else seq
    return Entries(tuple(items), last_seq, notes + len(new_notes))


async def mark_read(
    db: Database, agent: Agent, conversation_id: str, seq: int, *, publish: Callable[[Hint], None]
) -> bool:
    """Notes that the agent has seen everything up to `seq`; False when that was known."""
    async with db.read() as session:
        if await queries.read_up_to(session, agent, conversation_id) >= seq:
            return False
    async with db.write() as tx:
        # The lock keeps two tabs of one agent from writing the first mark at once.
        conversation = await repository.lock_conversation(tx.session, conversation_id)
        await queries.keep_read_mark(tx.session, agent, conversation_id, seq)
        if conversation is not None:
            receipts.was_read(tx, conversation, seq, publish=publish)
    return True


def _message(message: Message, asked: frozenset[int]) -> MessageEntry:
    return MessageEntry(
        seq=message.seq,
        author=message.author_kind,
        name=message.author_name,
        text=message.text,
        choices=tuple(button["title"] for button in message.buttons),
        picture=safe_link(message.image),
        files=attachments_of(message),
        cards=cards_of(message),
        at=message.created_at,
        bot_was_asked=message.author_kind == AuthorKind.CUSTOMER and message.seq in asked,
        change=_change(message),
    )


def _change(message: Message) -> Literal["edited", "withdrawn"] | None:
    if message.withdrawn_at is not None:
        return "withdrawn"
    return None if message.edited_at is None else "edited"


def _note(note: Note) -> NoteEntry:
    return NoteEntry(note.id, note.author_name, note.text, note.created_at)
