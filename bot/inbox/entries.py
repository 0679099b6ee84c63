"""What a transcript is made of, as agents see it: messages, and the notes between agents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.channel import Attachment, AuthorKind, Card
from bot.conversations.models import Message, Note
from bot.conversations.outward import attachments_of, cards_of
from bot.handoff.origin import safe_link
from bot.records import mentions


@dataclass(frozen=True)
class EarlierWords:
    """What a message said before its customer changed it, and until when."""

    text: str
    until: datetime


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
    earlier: tuple[EarlierWords, ...] = ()  # oldest first
    kind: Literal["message"] = "message"


@dataclass(frozen=True)
class NoteEntry:
    """A note between agents: it has no number, because it is no message."""

    id: str
    name: str
    pieces: tuple[mentions.Piece, ...]  # of its text, with the colleagues whom it names
    at: datetime
    kind: Literal["note"] = "note"


Entry = MessageEntry | NoteEntry


def message_entry(message: Message, asked: frozenset[int]) -> MessageEntry:
    """The message; `asked`: the numbers of those that the bot was asked about."""
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
        earlier=tuple(
            EarlierWords(one["text"], datetime.fromisoformat(one["until"]))
            for one in message.earlier or ()
        ),
    )


def note_entry(note: Note, named: Sequence[tuple[str, str, str]]) -> NoteEntry:
    """The note; `named`: the colleagues whom it names (`mentions.Person`)."""
    people = [mentions.Person(*one) for one in named]
    stretches = mentions.pieces(note.text, people)
    return NoteEntry(note.id, note.author_name, stretches, note.created_at)


def _change(message: Message) -> Literal["edited", "withdrawn"] | None:
    if message.withdrawn_at is not None:
        return "withdrawn"
    return None if message.edited_at is None else "edited"
