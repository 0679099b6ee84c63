"""What a schedule leaves behind: who sent what, what was stored, and what each side saw."""

from dataclasses import dataclass, field
from itertools import count
from time import monotonic

_numbers = count(1)


@dataclass(frozen=True)
class Line:
    """One message, in a transcript or as somebody saw it."""

    seq: int
    author: str  # customer, bot, agent or system
    text: str


@dataclass(frozen=True)
class Place:
    """Where a message was acknowledged."""

    conversation: str
    seq: int


@dataclass
class Sent:
    """A numbered message of a customer or an agent, from the first try to what came of it.

    `text` is its number: no other message has it. Times are seconds of this machine's steady clock.
    """

    text: str
    thread: str
    author: str = "customer"
    sent_at: float = 0.0
    acked_at: float | None = None
    place: Place | None = None  # None for an agent's reply: the page does not say
    answered_at: float | None = None
    refused: bool = False
    id: int = field(default_factory=lambda: next(_numbers))

    def ack(self, place: Place | None) -> None:
        """It is committed, says the desk."""
        if self.acked_at is None:
            self.acked_at, self.place = monotonic(), place

    @property
    def is_settled(self) -> bool:
        """The sender knows what became of it."""
        return self.acked_at is not None or self.refused


@dataclass(frozen=True)
class Stored:
    """A conversation as the database has it."""

    id: str
    thread: str
    channel: str
    status: str
    has_agent: bool
    has_queue_time: bool
    lines: tuple[Line, ...]
    # Sequence numbers of the customer messages that the bot was asked about → the turn's status.
    turns: dict[int, str]
    undelivered: int
    dead: int


@dataclass(frozen=True)
class Call:
    """A message that the vendor's API took; the same key is the same message again."""

    key: str
    conversation: str
    line: Line


@dataclass
class Evidence:
    """One schedule's."""

    sent: list[Sent] = field(default_factory=list)
    stored: list[Stored] = field(default_factory=list)  # each thread's in order of their beginning
    views: dict[str, list[Line]] = field(default_factory=dict)  # conversation → as its widget saw
    calls: list[Call] = field(default_factory=list)
    echoes: bool = True  # the engine was the stand-in, which numbers its answers
    unfinished: list[str] = field(default_factory=list)  # whoever still waited at the end
