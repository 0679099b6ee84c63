"""THE contract between the desk and its channels: all that a connector may know of us."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.availability.standing import Notice
from bot.channel.afterwards import (
    Rating,
    RatingReceipt,
    SurveyDesk,
    SurveyOffer,
    TranscriptDesk,
    TranscriptFile,
    TranscriptWish,
)
from bot.channel.agents import (
    AgentAccount,
    AgentReply,
    AgentsDesk,
    CardDesk,
    Case,
    CaseEntry,
    CaseExchange,
    CaseFact,
    Digest,
    DigestDesk,
    Ended,
    OpenRequest,
    TopicCount,
    TriageCard,
)
from bot.channel.answers import AnswerDesk, Answered
from bot.channel.edits import Edit, EditDesk
from bot.channel.files import FileDesk, OpenFile
from bot.channel.forgetting import ForgetDesk
from bot.channel.forms import RequestFormDesk
from bot.channel.leases import Lease
from bot.channel.memory import ChannelMemory
from bot.channel.opinions import says_helpful
from bot.channel.people import FilledForm, FormDesk, IdentityDesk, Proof, Recognised
from bot.channel.waiting import HandoffReceipt, LeftMessage, PassedOnFact, PlaceInQueue
from bot.channel.workspaces import Workspace, WorkspaceStore
from bot.desk_settings.slack import SlackSettings
from bot.desk_settings.telegram import TelegramSettings
from bot.errors import FirstlineError
from bot.gate import Busy, busy
from bot.live import Hint, Subscription
from bot.texts import supported

__all__ = [
    "AgentAccount",
    "AgentReply",
    "AgentsDesk",
    "AnswerDesk",
    "Answered",
    "Attachment",
    "Author",
    "AuthorKind",
    "Busy",
    "Button",
    "Card",
    "CardDesk",
    "Case",
    "CaseEntry",
    "CaseExchange",
    "CaseFact",
    "ChannelDesk",
    "ChannelMemory",
    "Digest",
    "DigestDesk",
    "EarlierPage",
    "Edit",
    "EditDesk",
    "EmptyText",
    "Ended",
    "FileDesk",
    "FileLimits",
    "FilledForm",
    "FirstlineError",
    "ForgetDesk",
    "FormDesk",
    "HandoffReceipt",
    "Hint",
    "HistoryDesk",
    "IdentityDesk",
    "InboundMessage",
    "Lease",
    "LeftMessage",
    "Link",
    "Notice",
    "OpenFile",
    "OpenRequest",
    "OutboundMessage",
    "PassedOnFact",
    "PlaceInQueue",
    "Pointer",
    "Problem",
    "Proof",
    "RateLimit",
    "Rating",
    "RatingReceipt",
    "Receipt",
    "Recognised",
    "RequestFormDesk",
    "RetryLater",
    "Sender",
    "SlackSettings",
    "Standing",
    "Subscription",
    "SurveyDesk",
    "SurveyOffer",
    "TelegramSettings",
    "TextTooLong",
    "ThreadStatus",
    "TopicCount",
    "TranscriptDesk",
    "TranscriptFile",
    "TranscriptWish",
    "TriageCard",
    "Undeliverable",
    "Upload",
    "WaitingDesk",
    "Workspace",
    "WorkspaceStore",
    "busy",
    "desk_topic",
    "says_helpful",
    "supported",
    "thread_topic",
]


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


class EmptyText(FirstlineError):
    """Nothing but white space."""

    code = "empty_text"
    status = 422


class TextTooLong(FirstlineError):
    """Longer than the desk takes."""

    code = "too_long"
    status = 422


class RetryLater(Exception):
    """The channel could not take the message now; `seconds` when it said how long to wait."""

    def __init__(self, reason: str, *, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Problem(StrEnum):
    """Why a message will not be delivered. A channel names the first six."""

    BLOCKED = "blocked"  # the customer does not want to hear from us
    GONE = "gone"  # the customer, their account or the thread exists no more
    TOO_LONG = "too_long"  # longer than the channel takes
    SIGNED_OUT = "signed_out"  # the channel does not know us any more: a manager must mend it
    LEFT_OUT = "left_out"  # we may not write there: taken out of it, or it is closed to us
    REFUSED = "refused"  # anything else that trying again will not mend
    GAVE_UP = "gave_up"  # it could be mended by itself, and was not in time
    NO_CHANNEL = "no_channel"  # this program does not speak its channel


class Undeliverable(Exception):
    """The channel will never take this message; `problem` says which kind of never."""

    def __init__(self, reason: str, problem: Problem = Problem.REFUSED) -> None:
        super().__init__(reason)
        self.problem = problem


class Sender(Protocol):
    """The way out of a channel."""

    async def deliver(self, message: OutboundMessage) -> None:
        """Hands the message over; raises RetryLater or Undeliverable."""


class RateLimit(Protocol):
    """How fast somebody may write."""

    async def take(self, *whose: str) -> float:
        """0 when it may pass (and is counted for each of `whose`), else seconds to wait."""


class ChannelDesk(Protocol):
    """What a connector may ask of the desk."""

    def check_desk(self, desk: str) -> None:
        """Raises UnknownDesk for a desk that this installation does not have."""

    async def receive_customer_message(self, inbound: InboundMessage) -> Receipt:
        """The one door in: commits the message and queues its turn."""

    async def ask_for_human(self, inbound: InboundMessage) -> Receipt:
        """The customer pressed «talk to a person»: no engine is asked."""

    async def notice(self, desk: str) -> Notice:
        """How the desk can be reached now: its opening hours, and whether anybody is on."""

    @property
    def file_limits(self) -> FileLimits | None:
        """What may be sent as a file; None when this desk takes none."""

    async def receive_file(self, upload: Upload, pieces: AsyncIterator[bytes]) -> Attachment:
        """Takes a file in that a message of its thread may carry within a day."""

    async def thread_status(self, channel: str, thread: str) -> ThreadStatus | None:
        """The newest conversation of the thread."""

    async def messages_after(
        self, channel: str, thread: str, conversation: str, seq: int
    ) -> list[OutboundMessage]:
        """The gap: messages after `seq`, oldest first; NotFound when it is not this thread's."""

    async def customer_saw(self, channel: str, thread: str, conversation: str, seq: int) -> None:
        """The customer has seen everything up to `seq`."""

    async def choose_language(self, channel: str, thread: str, language: str) -> None:
        """The customer prefers this language from now on."""

    async def end_conversation(self, channel: str, thread: str, conversation: str) -> None:
        """The customer needs no more: closes it, if it is the one that is open."""

    async def customer_types(self, channel: str, thread: str, *, on: bool) -> None:
        """A live hint for the agent who has the conversation."""

    def watch(self, *topics: str) -> AbstractContextManager[Subscription]:
        """Live hints of a thread (see `thread_topic`), of a desk (`desk_topic`)."""


class WaitingDesk(Protocol):
    """What a connector may ask for customers who wait for a person."""

    def place_of(self, conversation: str) -> PlaceInQueue | None:
        """Their place; None until it is known."""

    async def handoff_receipt(self, channel: str, thread: str) -> HandoffReceipt | None:
        """What was passed on; None unless the thread's conversation waits in a queue."""

    async def back_to_bot(self, inbound: InboundMessage) -> Receipt:
        """The customer would rather talk to the bot again; raises NotPossibleNow."""

    async def leave_message(self, inbound: InboundMessage, left: LeftMessage) -> Receipt:
        """The customer leaves a message and where to be reached; raises BadContact."""

    async def correct(self, channel: str, thread: str, name: str, value: str) -> None:
        """The customer puts a fact right; raises NotPossibleNow, NoSuchFact or BadCorrection."""


class HistoryDesk(Protocol):
    """What a connector may ask about what was said before."""

    async def before(
        self, channel: str, thread: str, conversation: str, seq: int, *, limit: int
    ) -> EarlierPage:
        """The last messages before `seq`; before the first one, those of the conversation before.

        NotFound for a conversation of any other thread.
        """

    async def standings(
        self, channel: str, threads: Mapping[str, str | None]
    ) -> Mapping[str, Standing]:
        """Where each thread ends: its open conversation, or else the one that is named."""

    async def has_before(self, channel: str, thread: str, conversation: str) -> bool:
        """Whether the thread had a conversation before this one."""


def thread_topic(channel: str, thread: str) -> str:
    """The live topic of a thread: its new messages, status changes and typing."""
    return f"thread:{channel}:{thread}"


def desk_topic(desk: str) -> str:
    """The live topic of a desk: how it can be reached. It stays within a process."""
    return f"desk:{desk}"
