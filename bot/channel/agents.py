"""Agents who work outside of the inbox: part of the contract with connectors.

Whatever an agent does here passes the same epochs and permissions as in the inbox. A note is never
a message: what is said with `note` has no way to a customer.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.live import Subscription


@dataclass(frozen=True)
class AgentAccount:
    """An agent as the desk knows them; `id` is what every act below is signed with."""

    id: str
    name: str
    email: str
    language: str
    desks: tuple[str, ...]


@dataclass(frozen=True)
class CaseFact:
    """Something that was found out, in words."""

    label: str
    value: str


@dataclass(frozen=True)
class CaseExchange:
    """What the customer asked, and what the bot tried."""

    asked: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """The packet of a conversation as plain data, its words in one language.

    `possible` are the names of what may be done with it now (see `CaseAct`); `as_of`, `last_seq`
    and `notes` say how far the case had gone when it was read.
    """

    conversation: str
    desk: str
    status: str
    status_words: str
    epoch: int
    channel: str
    channel_words: str
    thread: str
    language: str
    language_words: str
    customer: str | None
    contact: str | None
    reason: str | None
    topic: str | None
    words: str | None
    facts: tuple[CaseFact, ...]
    tried: tuple[CaseExchange, ...]
    waiting_since: datetime | None
    due_at: datetime | None  # the target in a queue; when a snoozed one wakes
    agent_id: str | None
    agent_name: str | None
    undelivered: int
    possible: frozenset[str]
    as_of: datetime
    last_seq: int
    notes: int


@dataclass(frozen=True)
class CaseEntry:
    """A line of the conversation, or a note between agents (`seq` is None)."""

    author: str  # `bot.channel.AuthorKind`
    name: str | None
    text: str
    files: tuple[str, ...]  # names
    at: datetime
    seq: int | None
    source: str | None = None  # of a note that was written elsewhere than in the inbox
    is_edited: bool = False
    is_withdrawn: bool = False  # its customer took it back: nothing is left of its words

    @property
    def is_note(self) -> bool:
        """Whether no customer can see it."""
        return self.seq is None


@dataclass(frozen=True)
class AgentReply:
    """What an agent sends to the customer; the same key again sends nothing."""

    text: str
    epoch: int
    key: str
    attachments: tuple[str, ...] = ()  # ids of `receive_file`; then `text` may be empty


@dataclass(frozen=True)
class TriageCard:
    """The message that stands for a conversation in a triage channel.

    `place` is the channel's own name of where it is; `message` the message (None: not posted yet).
    `shown` is a digest of what it shows; `seq` and `notes` how far its thread tells.
    """

    conversation: str
    desk: str
    place: str
    message: str | None = None
    shown: str = ""
    seq: int = 0
    notes: int = 0
    as_of: datetime | None = None
    since: datetime | None = None  # when it was begun
    # Somebody began on it and did not end: there may be posts that are not noted here.
    is_in_doubt: bool = False


@dataclass(frozen=True)
class OpenRequest:
    """A conversation of a customer as they may know it."""

    conversation: str
    thread: str
    desk: str
    status: str
    status_words: str
    first_words: str
    agent_name: str | None
    opened_at: datetime


@dataclass(frozen=True)
class Ended:
    """A conversation that is over: where its customer is, and which agent wrote last."""

    channel: str
    thread: str
    language: str
    agent_name: str | None
    last_seq: int


class AgentsDesk(Protocol):
    """What a connector may ask in the name of an agent. Each act raises what the inbox tells."""

    async def account(self, email: str) -> AgentAccount | None:
        """The account of this address that may work; None when there is none."""

    async def colleagues(self, desk: str) -> tuple[AgentAccount, ...]:
        """Who works at the desk, by name."""

    async def case(self, conversation: str, language: str) -> Case:
        """The conversation as it stands now; raises NotFound."""

    async def entries(self, conversation: str, *, seq: int, notes: int) -> tuple[CaseEntry, ...]:
        """What came after these, oldest first: messages after `seq`, all but the first `notes`."""

    async def changed(self, conversation: str, *, since: datetime) -> Mapping[int, datetime]:
        """Number of a message that its customer edited or took back since then → when."""

    async def claim(self, agent: str, conversation: str, *, epoch: int) -> None:
        """The agent takes it."""

    async def assign(self, agent: str, conversation: str, *, epoch: int, to: str) -> None:
        """Another agent of the desk gets it."""

    async def release(self, agent: str, conversation: str, *, epoch: int) -> None:
        """Back to the queue."""

    async def return_to_bot(self, agent: str, conversation: str, *, epoch: int) -> None:
        """The bot goes on."""

    async def snooze(self, agent: str, conversation: str, *, epoch: int, choice: str) -> None:
        """Out of sight until then."""

    async def wake(self, agent: str, conversation: str, *, epoch: int) -> None:
        """The agent goes on before its time."""

    async def close(self, agent: str, conversation: str, *, epoch: int) -> None:
        """Over."""

    async def not_a_request(self, agent: str, conversation: str, *, epoch: int) -> None:
        """Over without a word to whoever wrote it: it asked nothing of the desk."""

    async def reply(self, agent: str, conversation: str, reply: AgentReply) -> None:
        """Sends the agent's words to the customer, through the outbox."""

    async def receive_file(
        self, agent: str, pieces: AsyncIterator[bytes], *, key: str, name: str
    ) -> str:
        """Takes a file that the agent will send; its id. The same key again is the same file."""

    async def note(self, agent: str, conversation: str, words: str, *, source: str) -> bool:
        """Writes an internal note; False when there is one from this source already."""

    async def change_note(self, agent: str, words: str, *, source: str) -> bool:
        """The note from this source says something else now; False when it is not the agent's."""

    async def here(self, agents: tuple[str, ...]) -> None:
        """These agents are there: they count as online for a little while."""

    async def open_requests(
        self, channel: str, customer: str, language: str
    ) -> tuple[OpenRequest, ...]:
        """What this customer waits for, the newest first."""

    async def requesters(self, channel: str, conversations: Collection[str]) -> frozenset[str]:
        """The customers of these conversations, of those that are on this channel."""

    async def ended(self, conversation: str) -> Ended | None:
        """The conversation, if it is closed."""

    def watch(self) -> AbstractContextManager[Subscription]:
        """Hints of what changed in any conversation: `data` is its id (empty: of all)."""


class CardDesk(Protocol):
    """Which message stands for which conversation: one each, however many processes there are."""

    async def due(self, places: Mapping[str, str]) -> tuple[str, ...]:
        """Conversations whose card in their desk's place (desk → place) is not as it should be."""

    async def undelivered(self, places: Mapping[str, str]) -> frozenset[str]:
        """Of these cards' conversations, those with a message that did not arrive."""

    async def hold(self, conversation: str, places: Mapping[str, str]) -> TriageCard | None:
        """Lets this process work on a card; None when another one does, or nothing is due."""

    async def keep(self, card: TriageCard) -> bool:
        """Notes how far it is; False when this process holds it no more."""

    async def settle(self, card: TriageCard, *, status: str) -> bool:
        """It shows all that there was as of `card.as_of`, when it stood at `status`."""

    async def let_go(self, conversation: str) -> None:
        """This process is done with it."""

    async def put_off(self, conversation: str, seconds: float, *, in_doubt: bool) -> None:
        """It could not be written now, or nobody knows: nobody tries again before that."""

    async def card_of(self, conversation: str) -> TriageCard | None:
        """The conversation's card as it was noted last."""

    async def forget_look(self, conversation: str) -> None:
        """Nobody knows any more what it shows: it is drawn anew."""

    async def conversation_of(self, place: str, message: str) -> str | None:
        """Whose card this message is."""


@dataclass(frozen=True)
class TopicCount:
    """A topic in words, and how often it was asked about."""

    topic: str
    count: int


@dataclass(frozen=True)
class Digest:
    """A desk's week in numbers."""

    desk: str
    since: datetime
    until: datetime
    opened: int
    solved_by_bot: int
    handed_off: int
    closed: int
    topics: tuple[TopicCount, ...]
    unsolved: int  # handed to people and not closed
    waiting: int  # of these, nobody has them
    oldest_waiting: datetime | None
    waiting_for_customer: int
    rating: float | None  # the mean, 1 to 5
    ratings: int
    due_at: datetime | None = None  # which Monday's it is: the same whoever tells it
    # Somebody began to tell it and did not end: it may stand there already.
    is_in_doubt: bool = False


class DigestDesk(Protocol):
    """What a connector may ask about a desk's week."""

    async def take_turn(self, desk: str, language: str) -> Digest | None:
        """The week's numbers when it is time and nobody has told them yet; else None.

        Whoever gets them tells them, and then says `told` or `put_off`; who does neither in a
        minute or two has died, and another process gets them.
        """

    async def told(self, desk: str) -> None:
        """It stands there: the next one is due in a week."""

    async def put_off(self, desk: str, seconds: float, *, in_doubt: bool) -> None:
        """It could not be told, or nobody knows: nobody tries before that."""
