"""Chats, threads and the keys that the desk knows them by. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where something was said. `topic`: of a forum; None elsewhere."""

    chat: int
    topic: int | None = None
    is_group: bool = False


@dataclass(frozen=True)
class Thread:
    """One conversation's place: a private chat, or one member in one topic of a group."""

    chat: int
    topic: int | None = None
    member: int | None = None

    @property
    def key(self) -> str:
        """As the desk keeps it."""
        if self.member is None:
            return str(self.chat)
        return f"{self.chat}:{self.topic or 0}:{self.member}"

    @property
    def is_group(self) -> bool:
        """Whether others read along there."""
        return self.member is not None

    @classmethod
    def read(cls, key: str) -> "Thread":
        """From the desk's key; ValueError for one that is not ours (any more)."""
        parts = [int(part) for part in key.split(":")]
        if len(parts) == 1:
            return cls(parts[0])
        chat, topic, member = parts
        return cls(chat, topic or None, member)


def thread_of(place: Place, user: int) -> Thread:
    """Whose conversation a message belongs to."""
    if place.is_group:
        return Thread(place.chat, place.topic, user)
    return Thread(place.chat)


def message_key(chat: int, message: int, date: int) -> str:
    """The key of an incoming message, with the chat and the time that Telegram gave it; an edit has
    the same two. A number alone comes again: a supergroup and another bot begin at 1."""
    return f"{chat}:{message}@{date}"


def key_without_date(chat: int, message: int) -> str:
    """As versions before the dates knew it."""
    return f"{chat}:{message}"


def message_in(key: str, chat: int) -> int | None:
    """The message's number, if it is of this chat: what a reply can quote."""
    where, _, message = key.partition(":")
    number = message.partition("@")[0]
    if where != str(chat) or not number.isdecimal():
        return None
    return int(number)
