"""Updates from Telegram, checked: a JSON object in, one of our types out. Pure.

What we know and do not take part in is `Ignored` with its reason; what cannot be an update at all
is BadUpdate. https://core.telegram.org/bots/api#update describes the shapes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.telegram import entities
from connectors.telegram.channel import Me
from connectors.telegram.entities import Entity
from connectors.telegram.fields import BadUpdate, Fields
from connectors.telegram.places import Place, message_key

ALLOWED = ("message", "edited_message", "callback_query")
GROUPS = ("group", "supergroup")
# What a message can carry, in the order in which it is looked for: an animation also comes as a
# document, for programs that do not know animations.
FILES = ("animation", "photo", "voice", "audio", "video_note", "video", "sticker", "document")
UNREADABLE = ("poll", "dice", "game", "story", "invoice", "paid_media", "checklist", "giveaway")


@dataclass(frozen=True)
class Person:
    """Who wrote, as they told Telegram."""

    id: int
    name: str | None
    username: str | None
    language: str | None


@dataclass(frozen=True)
class FileRef:
    """A file that Telegram keeps for us. `name`: with an ending that fits."""

    kind: str
    id: str
    name: str
    size: int | None


@dataclass(frozen=True)
class Contact:
    """A contact that was shared; `is_own`: the sender's own number, which Telegram vouches for."""

    phone: str
    name: str | None
    is_own: bool


@dataclass(frozen=True)
class Location:
    """A place on the map, in degrees."""

    latitude: float
    longitude: float
    title: str | None = None


@dataclass(frozen=True)
class Said:
    """A message of a person. `is_addressed`: in a group, whether it is meant for us."""

    place: Place
    who: Person
    message: int
    text: str = ""
    command: str | None = None
    argument: str = ""
    files: tuple[FileRef, ...] = ()
    contact: Contact | None = None
    location: Location | None = None
    unreadable: str | None = None  # what it is, when we cannot read it
    album: str | None = None
    is_addressed: bool = True
    is_edit: bool = False
    replies_to: int | None = None  # which message of ours
    replies_date: int = 0  # when that was sent
    date: int = 0  # when it was first sent, also of an edit; 0: an emulator's, that tells no time
    key: str = ""  # the desk knows it by that
    edited: int = 0  # when it was, last
    is_last_try: bool = False  # a file that Telegram does not give now is done without

    @property
    def done_key(self) -> str:
        """Of this update, which an edit is one of its own of."""
        return f"{self.key}~{self.edited}" if self.is_edit else self.key


@dataclass(frozen=True)
class Press:
    """A press of a button under one of our messages."""

    place: Place | None  # None: of a message that is too old to be told
    who: Person
    id: str
    data: str
    message: int | None
    title: str | None = field(default=None)
    date: int = 0  # of the message under which it is
    key: str = ""  # of that message


@dataclass(frozen=True)
class Moved:
    """A group became a supergroup, with another id."""

    before: int
    after: int


@dataclass(frozen=True)
class Ignored:
    """Nothing for us, and why."""

    reason: str


Event = Said | Press | Moved | Ignored


# `Any`: JSON, of which `Fields` gives typed parts.
def parse_update(raw: Any, me: Me) -> Event:
    """What the update means; raises BadUpdate for what cannot be one."""
    update = Fields(raw, "update")
    update.number("update_id")
    for kind in ("message", "edited_message"):
        if kind in update:
            return _message(update.inner(kind), me, is_edit=kind == "edited_message")
    if "callback_query" in update:
        return _press(update.inner("callback_query"))
    kinds = sorted(set(update.names) - {"update_id"})
    return Ignored(kinds[0] if kinds else "empty")


def _message(message: Fields, me: Me, *, is_edit: bool) -> Event:
    chat = message.inner("chat")
    number, kind, chat_id = message.number("message_id"), chat.text("type"), chat.number("id")
    if "migrate_to_chat_id" in message:
        return Moved(chat_id, message.number("migrate_to_chat_id"))
    if kind != "private" and kind not in GROUPS:
        return Ignored("channel_post")
    if "sender_chat" in message or "from" not in message:
        return Ignored("not_a_person")
    sender = message.inner("from")
    if sender.flag("is_bot"):
        return Ignored("another_bot")
    place = Place(chat_id, _topic(message), is_group=kind in GROUPS)
    said = _said(message, place, me, number, is_edit=is_edit)
    if said is None:
        return Ignored("service_message")
    return said


def _topic(message: Fields) -> int | None:
    """In groups without topics, the thread id only says which message was replied to."""
    if not message.flag("is_topic_message"):
        return None
    return message.optional_number("message_thread_id")


def _said(message: Fields, place: Place, me: Me, number: int, *, is_edit: bool) -> Said | None:
    words, marks = _text(message)
    files = _files(message)
    contact, location = _contact(message), _location(message)
    unreadable = next((kind for kind in UNREADABLE if kind in message), None)
    if not (words or files or contact or location or unreadable):
        return None
    date = message.optional_number("date") or 0
    command, argument, called = _command(words, marks, me)
    ours = [one for one in marks if _names(one, words, me)]
    replies_to = _replies_to(message, me)
    readable = entities.readable(words, marks)
    if place.is_group and ours:
        readable = _without_name(words, marks, ours)
    return Said(
        place=place,
        who=_person(message.inner("from")),
        message=number,
        text=readable.strip(),
        command=command,
        argument=argument,
        files=files,
        contact=contact,
        location=location,
        unreadable=unreadable,
        album=message.optional_text("media_group_id"),
        is_addressed=called is not False
        and (not place.is_group or bool(called or ours or replies_to)),
        is_edit=is_edit,
        replies_to=replies_to,
        replies_date=0 if replies_to is None else _replied_at(message),
        date=date,
        key=message_key(place.chat, number, date),
        edited=message.optional_number("edit_date") or 0,
    )


def _text(message: Fields) -> tuple[str, list[Entity]]:
    for words, marks in (("text", "entities"), ("caption", "caption_entities")):
        if found := message.optional_text(words):
            return found, [_entity(one) for one in message.each(marks)]
    return "", []


def _entity(raw: Fields) -> Entity:
    user = raw.inner("user").number("id") if "user" in raw else None
    return Entity(
        kind=raw.text("type"),
        offset=raw.number("offset"),
        length=raw.number("length"),
        url=raw.optional_text("url"),
        user=user,
    )


def _command(words: str, marks: Sequence[Entity], me: Me) -> tuple[str | None, str, bool | None]:
    """(command, argument, whether it calls this bot by name; None: it names nobody).

    A group may have several bots: a bare command there is for none of them in particular.
    """
    first = next((one for one in marks if one.kind == "bot_command" and one.offset == 0), None)
    if first is None:
        return None, "", None
    written = entities.part(words, first)
    name, _, whose = written.removeprefix("/").partition("@")
    if not whose:
        return name.lower(), words[len(written) :].strip(), None
    # Another bot's command: its words are kept as they are, and are not for us.
    if whose.lower() != me.username.lower():
        return None, "", False
    return name.lower(), words[len(written) :].strip(), True


def _names(entity: Entity, words: str, me: Me) -> bool:
    if entity.kind == "text_mention":
        return entity.user == me.id
    written = entities.part(words, entity) if entity.kind == "mention" else ""
    return written.lower() == f"@{me.username.lower()}"


def _without_name(words: str, marks: Sequence[Entity], ours: Sequence[Entity]) -> str:
    """The bot's name at the beginning or the end only calls it; in the middle it may be a part."""
    length = entities.units(words)
    edge = [one for one in ours if one.offset == 0 or one.offset + one.length == length]
    cut = entities.without(words, edge)
    if edge and len(edge) == len(ours) and not any(one.kind == "text_link" for one in marks):
        return cut.lstrip(",:;.!-– ")
    return cut or words


def _replies_to(message: Fields, me: Me) -> int | None:
    """The message of ours that it replies to."""
    if "reply_to_message" not in message:
        return None
    replied = message.inner("reply_to_message")
    # In a forum topic every message “replies” to the one that opened it.
    if "forum_topic_created" in replied or "from" not in replied:
        return None
    return replied.number("message_id") if replied.inner("from").number("id") == me.id else None


def _replied_at(message: Fields) -> int:
    return message.inner("reply_to_message").optional_number("date") or 0


def _person(raw: Fields) -> Person:
    names = [raw.optional_text("first_name"), raw.optional_text("last_name")]
    username = raw.optional_text("username")
    written = " ".join(name.strip() for name in names if name and name.strip())
    return Person(
        id=raw.number("id"),
        name=written or (f"@{username}" if username else None),
        username=username,
        language=raw.optional_text("language_code"),
    )


def _files(message: Fields) -> tuple[FileRef, ...]:
    kind = next((kind for kind in FILES if kind in message), None)
    if kind is None:
        return ()
    if kind == "photo":
        sizes = list(message.each("photo"))
        if not sizes:
            raise BadUpdate("photo holds no sizes")
        largest = max(sizes, key=lambda one: one.optional_number("width") or 0)
        return (_file(kind, largest, "photo.jpg"),)
    found = message.inner(kind)
    return (_file(kind, found, _name_of(kind, found)),)


def _file(kind: str, found: Fields, name: str) -> FileRef:
    return FileRef(kind, found.text("file_id"), name, found.optional_number("file_size"))


def _name_of(kind: str, found: Fields) -> str:
    given = found.optional_text("file_name")
    if given:
        return given
    if kind == "sticker":
        if found.flag("is_animated"):
            return "sticker.tgs"
        return "sticker.webm" if found.flag("is_video") else "sticker.webp"
    endings = {"voice": ".ogg", "audio": ".mp3", "document": ""}
    return f"{kind}{endings.get(kind, '.mp4')}"


def _contact(message: Fields) -> Contact | None:
    if "contact" not in message:
        return None
    found = message.inner("contact")
    names = [found.optional_text("first_name"), found.optional_text("last_name")]
    phone = found.text("phone_number")
    owner = found.optional_number("user_id")
    return Contact(
        phone=phone if phone.startswith("+") else f"+{phone}",
        name=" ".join(name for name in names if name) or None,
        is_own=owner is not None and owner == message.inner("from").number("id"),
    )


def _location(message: Fields) -> Location | None:
    if "location" not in message:
        return None
    found = message.inner("location")
    title = message.inner("venue").optional_text("title") if "venue" in message else None
    return Location(found.degrees("latitude"), found.degrees("longitude"), title)


def _press(query: Fields) -> Event:
    sender = query.inner("from")
    if sender.flag("is_bot"):
        return Ignored("another_bot")
    data = query.optional_text("data")
    if data is None:
        return Ignored("game")
    place, number, date, key = None, None, 0, ""
    if "message" in query:
        message = query.inner("message")
        chat = message.inner("chat")
        is_group = chat.text("type") in GROUPS
        place = Place(chat.number("id"), _topic(message), is_group=is_group)
        number = message.optional_number("message_id")  # which an emulator may not have
        date = message.optional_number("date") or 0
        if number is not None:
            key = message_key(place.chat, number, date)
    press = query.text("id")
    key = key or f"{sender.number('id')}:press:{press}"
    return Press(place, _person(sender), press, data, number, date=date, key=key)
