"""A part of the transcript: the newest entries, those around one, or those beside what is shown.

However long a conversation is, a page of it costs the same. Notes have no numbers: each belongs
to the time between two messages, so pages share none of them and lose none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import merge
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import repository
from bot.conversations.models import Conversation, Message, Note
from bot.inbox import window_queries as queries
from bot.inbox.entries import Entry, message_entry, note_entry
from bot.records.repository import named_in_notes

PAGE = 60  # messages
BEFORE = 15  # of a page, before the one that was asked for


@dataclass(frozen=True)
class Window:
    """Entries in their order, and what is beside them.

    `first` and `last` are messages' numbers (0: there are none), `notes` counts all notes up to
    the end and is known there only, `changes` is the newest event that it knows.
    """

    items: tuple[Entry, ...]
    first: int
    last: int
    has_earlier: bool
    has_later: bool
    notes: int = 0
    changes: int = 0
    changed: tuple[Entry, ...] = ()  # of what is shown already
    sought: str | None = None  # the entry's id in the page
    read: int = 0  # up to which message the agent has read, also where that is not shown
    key: str = ""


@dataclass(frozen=True)
class Cursor:
    """What a page has, as it says itself."""

    first: int
    last: int
    notes: int
    changes: int
    is_end: bool
    key: str


async def newest(session: AsyncSession, conversation_id: str) -> Window:
    """The end of the transcript."""
    changes = await queries.last_event(session, conversation_id)
    found = await queries.messages_before(session, conversation_id, None, limit=PAGE + 1)
    window = await _window(session, conversation_id, found[-PAGE:], found[:-PAGE], None)
    return replace(window, changes=changes, key=_key())


async def around(
    session: AsyncSession, conversation_id: str, *, seq: int = 0, note: str = ""
) -> Window:
    """The entries around a message, or around a note; the newest where there is no such one."""
    place: int | None = seq
    if note:
        place = await queries.seq_at_note(session, conversation_id, note)
    later: Sequence[Message] = ()
    changes = await queries.last_event(session, conversation_id)
    if place is not None:
        limit = PAGE - BEFORE + 1
        later = await repository.messages_after(session, conversation_id, place - 1, limit=limit)
    if not later:
        return await newest(session, conversation_id)
    shown, behind = later[: PAGE - BEFORE], later[PAGE - BEFORE :]
    # What is at the end is not cut shorter for that.
    room = PAGE - len(shown)
    earlier = await queries.messages_before(session, conversation_id, shown[0].seq, limit=room + 1)
    window = await _window(
        session, conversation_id, [*earlier[-room:], *shown], earlier[:-room], _first(behind)
    )
    return replace(window, changes=changes, sought=f"n{note}" if note else f"m{seq}", key=_key())


async def before(session: AsyncSession, conversation_id: str, seq: int) -> Window:
    """A page of what came before message `seq`, which is shown."""
    found = await queries.messages_before(session, conversation_id, seq, limit=PAGE + 1)
    if not found:
        return Window((), 0, 0, has_earlier=False, has_later=True)
    shown_next = await repository.message_at(session, conversation_id, seq)
    return await _window(session, conversation_id, found[-PAGE:], found[:-PAGE], shown_next)


async def after(session: AsyncSession, conversation_id: str, cursor: Cursor) -> Window:
    """A page of what came after the last message that is shown; it may reach the end.

    What was changed meanwhile in the part that is shown is still news.
    """
    found = await repository.messages_after(session, conversation_id, cursor.last, limit=PAGE + 1)
    if not found:
        notes = await queries.count_notes(session, conversation_id)
        end = Window((), 0, cursor.last, has_earlier=True, has_later=False, notes=notes)
        return replace(end, changes=cursor.changes, key=cursor.key)
    window = await _window(session, conversation_id, found[:PAGE], found[:1], _first(found[PAGE:]))
    return replace(window, changes=cursor.changes, key=cursor.key)


async def news(session: AsyncSession, conversation: Conversation, cursor: Cursor) -> Window:
    """What came since: at the end of the transcript alone, elsewhere only what was changed.

    After a long gap it is a page, and the end is farther on.
    """
    changed, changes = await queries.changed_since(session, conversation.id, cursor.changes)
    window = Window(
        (), cursor.first, cursor.last, has_earlier=False, has_later=True, notes=cursor.notes
    )
    if cursor.is_end:
        window = await _after_end(session, conversation.id, cursor)
    if changed is None:
        shown = await _shown(session, conversation.id, cursor)
        again = tuple(entry for entry in shown if entry not in window.items)
    else:
        known = [seq for seq in changed if cursor.first <= seq <= cursor.last]
        messages = await queries.messages_at(session, conversation.id, known) if known else ()
        again = await _merged(session, conversation.id, messages, ())
    return replace(window, changes=changes, changed=again, key=cursor.key)


async def _shown(session: AsyncSession, conversation_id: str, cursor: Cursor) -> tuple[Entry, ...]:
    """All that the page has, as it is now."""
    messages = await queries.messages_between(
        session, conversation_id, first=cursor.first, last=cursor.last
    )
    # Before its first message a window has notes only where it begins with the conversation's.
    since = messages[0].created_at if messages and cursor.first > 1 else None
    behind = await repository.messages_after(session, conversation_id, cursor.last, limit=1)
    until = behind[0].created_at if behind else None
    notes = await queries.notes_between(session, conversation_id, since=since, until=until)
    return await _merged(session, conversation_id, messages, notes)


async def _after_end(session: AsyncSession, conversation_id: str, cursor: Cursor) -> Window:
    found = await repository.messages_after(session, conversation_id, cursor.last, limit=PAGE + 1)
    shown, behind = found[:PAGE], found[PAGE:]
    notes = await queries.notes_between(
        session,
        conversation_id,
        until=behind[0].created_at if behind else None,
        skip=cursor.notes,
    )
    items = await _merged(session, conversation_id, shown, notes)
    return Window(
        items,
        first=cursor.first or _number(shown),
        last=shown[-1].seq if shown else cursor.last,
        has_earlier=False,
        has_later=bool(behind),
        notes=cursor.notes + len(notes),
    )


async def whole(session: AsyncSession, conversation_id: str) -> tuple[Entry, ...]:
    """Everything, for a page that is printed or searched."""
    said = await repository.messages_after(session, conversation_id, 0)
    notes = await queries.notes_between(session, conversation_id)
    return await _merged(session, conversation_id, said, notes)


async def _window(
    session: AsyncSession,
    conversation_id: str,
    shown: Sequence[Message],
    earlier: Sequence[Message],
    following: Message | None,
) -> Window:
    """These messages with the notes between them. `earlier`: some, where any come before;
    `following`: the next one, where one does.
    """
    since = shown[0].created_at if earlier and shown else None
    notes = await queries.notes_between(
        session,
        conversation_id,
        since=since,
        until=following.created_at if following else None,
    )
    older = await queries.count_notes(session, conversation_id, until=since) if since else 0
    return Window(
        await _merged(session, conversation_id, shown, notes),
        first=_number(shown),
        last=shown[-1].seq if shown else 0,
        has_earlier=bool(earlier),
        has_later=following is not None,
        notes=older + len(notes),
    )


async def _merged(
    session: AsyncSession,
    conversation_id: str,
    messages: Sequence[Message],
    notes: Sequence[Note],
) -> tuple[Entry, ...]:
    asked = await _asked(session, conversation_id, messages)
    said: list[Entry] = [message_entry(message, asked) for message in messages]
    named = await named_in_notes(session, conversation_id) if notes else {}
    noted: list[Entry] = [note_entry(note, named.get(note.id, ())) for note in notes]
    # Both are in order already; the clock only decides between a message and a note.
    return tuple(merge(said, noted, key=lambda entry: entry.at))


async def _asked(
    session: AsyncSession, conversation_id: str, messages: Sequence[Message]
) -> frozenset[int]:
    if not messages:
        return frozenset()
    first, last = messages[0].seq, messages[-1].seq
    return await queries.asked_seqs(session, conversation_id, first=first, last=last)


def _first(messages: Sequence[Message]) -> Message | None:
    return messages[0] if messages else None


def _number(messages: Sequence[Message]) -> int:
    return messages[0].seq if messages else 0


def _key() -> str:
    """Of a window in a page: news for one that is gone find no place in the next."""
    return uuid4().hex[:8]
