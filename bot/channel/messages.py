"""What is said, and what it is made of: the values that the desk and its channels exchange."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class AuthorKind(StrEnum):
    """Who wrote a message; an internal note is not a message and has no kind here."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True)
class Author:
    """The author as customers see them; `picture`: its id, of an agent who has one."""

    kind: AuthorKind
    name: str | None = None
    picture: str | None = None


@dataclass(frozen=True)
class Button:
    """A quick reply: what it shows, and what it sends back."""

    title: str
    payload: str


@dataclass(frozen=True)
class Link:
    """An address with what to call it; always http or https."""

    title: str
    url: str


@dataclass(frozen=True)
class Card:
    """Something to look at: a product, an order, an article. Only the title is always there."""

    title: str
    text: str = ""
    image: str | None = None  # an http or https address
    link: Link | None = None
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """A file that the desk keeps. `url` is a path of the desk's own address that nobody can guess;
    whoever knows it may fetch the file, once a message carries it."""

    id: str
    name: str
    type: str  # told by its content, not by its sender
    size: int  # bytes
    url: str


@dataclass(frozen=True)
class Upload:
    """A file on its way in. `key` is its sender's: the same one again is the same file."""

    channel: str
    owner: str  # the thread that will send it
    key: str
    name: str


@dataclass(frozen=True)
class FileLimits:
    """What may be sent as a file."""

    bytes: int
    count: int  # of one message
    extensions: tuple[str, ...]


@dataclass(frozen=True)
class InboundMessage:
    """What a customer sent, as a channel read it: text, or a button's payload."""

    channel: str
    thread: str  # the channel's own key of the conversation
    customer: str  # the channel's own key of the customer
    desk: str
    external_id: str  # the channel's key of this message: receiving it twice has no effect
    language: str
    text: str
    payload: str | None = None
    offered_in: int | None = None  # sequence number of the message that offered the payload
    customer_name: str | None = None
    customer_email: str | None = None  # as the channel knows it, for a new customer
    context: Mapping[str, str] = field(default_factory=dict)  # page, browser, …
    attachments: tuple[str, ...] = ()  # ids of the thread's own uploads; then `text` may be empty
    for_bot: bool = True  # False: only to be read by people, the bot does not answer it


@dataclass(frozen=True)
class Receipt:
    """A committed message: only now may a channel acknowledge it."""

    conversation: str
    seq: int
    at: datetime
    duplicate: bool


@dataclass(frozen=True)
class OutboundMessage:
    """A message as a customer may see it.

    An agent's `text` is in the Markdown subset of `bot.markup`; everybody else's is plain.
    """

    channel: str
    thread: str
    conversation: str
    seq: int
    at: datetime
    author: Author
    text: str
    external_id: str | None = None
    buttons: tuple[Button, ...] = ()
    image: str | None = None
    attachments: tuple[Attachment, ...] = ()
    cards: tuple[Card, ...] = ()
    language: str = "en"  # of the conversation: for what a channel itself puts under it
    may_have_left: bool = False  # somebody had it in hand before, and we don't know how that ended


@dataclass(frozen=True)
class ThreadStatus:
    """Where the newest conversation of a thread stands, as its customer may know it."""

    conversation: str
    status: str
    last_seq: int
    language: str
    agent_name: str | None
    agent_picture: str | None = None
    read_seq: int = 0  # how far the bot or an agent has read


@dataclass(frozen=True)
class EarlierPage:
    """Part of what was said before, oldest first, of one conversation; whether there is more."""

    messages: tuple[OutboundMessage, ...]
    more: bool


@dataclass(frozen=True)
class Pointer:
    """A message or a status that another process wrote: who watches fetches it.

    Of a hint of kind `read`: how far it was read.
    """

    conversation: str
    seq: int


@dataclass(frozen=True)
class Standing:
    """A conversation, and its last message."""

    conversation: str
    last_seq: int
