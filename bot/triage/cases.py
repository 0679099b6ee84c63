"""Reads a conversation as an agent elsewhere may see it."""

from heapq import merge

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import AuthorKind
from bot.channel.agents import Case, CaseEntry, Ended, OpenRequest
from bot.conversations import repository as conversations
from bot.conversations.errors import NotFound, status_name
from bot.conversations.models import Conversation, Message, Note
from bot.conversations.outward import attachments_of, cards_of
from bot.conversations.state import OWNER, TABLE, Owner, Status, Trigger
from bot.handoff.queries import load_packet
from bot.outbox.repository import dead_letters_of
from bot.triage import repository
from bot.triage.words import (
    exchanges_in_words,
    facts_in_words,
    named,
    reason_in_words,
    topic_in_words,
)

AGENTS_TRIGGERS = (
    Trigger.CLAIM,
    Trigger.RELEASE,
    Trigger.RETURN_TO_BOT,
    Trigger.SNOOZE,
    Trigger.WAKE,
    Trigger.CLOSE,
)
REPLY, ASSIGN = "reply", "assign"
FIRST_WORDS = 150


async def read_case(session: AsyncSession, conversation_id: str, language: str) -> Case:
    """The conversation in this language; raises NotFound."""
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound
    customer = await repository.customer_of(session, conversation)
    packet = await load_packet(session, conversation, desks=(conversation.desk,))
    return Case(
        conversation=conversation.id,
        desk=conversation.desk,
        status=conversation.status.value,
        status_words=status_name(conversation.status, language),
        epoch=conversation.epoch,
        channel=conversation.channel,
        channel_words=named("inbox.channel", conversation.channel, language),
        thread=conversation.thread,
        language=conversation.language,
        language_words=named("inbox", f"speaks_{conversation.language}", language),
        customer=customer.name or customer.email or customer.phone,
        contact=customer.email or customer.phone,
        reason=reason_in_words(packet, language),
        topic=topic_in_words(packet, language),
        words=packet.wish.words if packet.wish else None,
        facts=facts_in_words(packet, language),
        tried=exchanges_in_words(packet.exchanges),
        waiting_since=packet.waiting_since,
        due_at=conversation.due_at,
        agent_id=conversation.agent_id,
        agent_name=conversation.agent_name,
        undelivered=len(await dead_letters_of(session, conversation.id)),
        possible=possible_in(conversation.status),
        as_of=conversation.updated_at,
        last_seq=conversation.last_seq,
        notes=await repository.count_notes(session, conversation.id),
    )


def possible_in(status: Status) -> frozenset[str]:
    """What an agent may do now, by name."""
    found = {trigger.value for trigger in AGENTS_TRIGGERS if (status, trigger) in TABLE}
    if OWNER[status] is Owner.AGENT:
        found.add(REPLY)
    if (status, Trigger.HAND_OVER) in TABLE:
        found.add(ASSIGN)
    return frozenset(found)


async def read_entries(
    session: AsyncSession, conversation_id: str, *, seq: int, notes: int
) -> tuple[CaseEntry, ...]:
    """What came after these, oldest first."""
    said = await conversations.messages_after(session, conversation_id, seq)
    noted = (await conversations.notes_of(session, conversation_id))[notes:]
    sources = await repository.sources_of(session, [note.id for note in noted])
    lines = [_message(message) for message in said]
    asides = [_note(note, sources.get(note.id)) for note in noted]
    return tuple(merge(lines, asides, key=lambda entry: entry.at))


async def read_ended(session: AsyncSession, conversation_id: str) -> Ended | None:
    """The conversation, if it is closed."""
    found = await session.get(Conversation, conversation_id)
    if found is None or found.status is not Status.CLOSED:
        return None
    name = await repository.last_agent_name(session, conversation_id)
    return Ended(found.channel, found.thread, found.language, name, found.last_seq)


def _message(message: Message) -> CaseEntry:
    titles = [card.title for card in cards_of(message)]
    words = message.text or ", ".join(titles)
    files = tuple(file.name for file in attachments_of(message))
    return CaseEntry(
        message.author_kind,
        message.author_name,
        words,
        files,
        message.created_at,
        message.seq,
        is_edited=message.edited_at is not None,
        is_withdrawn=message.withdrawn_at is not None,
    )


def _note(note: Note, source: str | None) -> CaseEntry:
    author = AuthorKind.AGENT.value
    return CaseEntry(author, note.author_name, note.text, (), note.created_at, None, source)


def open_request(conversation: Conversation, words: str | None, language: str) -> OpenRequest:
    """As its customer may know it."""
    line = " ".join((words or "").split())
    return OpenRequest(
        conversation=conversation.id,
        thread=conversation.thread,
        desk=conversation.desk,
        status=conversation.status.value,
        status_words=status_name(conversation.status, language),
        first_words=line if len(line) <= FIRST_WORDS else f"{line[: FIRST_WORDS - 1]}…",
        agent_name=conversation.agent_name,
        opened_at=conversation.created_at,
    )
