"""What the inbox shows: its views, and what can be done with a conversation now. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.conversations.state import OWNER, TABLE, Owner, Status, Trigger
from bot.search.snippets import Piece


class View(StrEnum):
    """The views that every agent has, of the conversations at the agent's desks."""

    QUEUE = "queue"
    MINE = "mine"
    FOR_US = "for_us"
    FOR_CUSTOMER = "for_customer"
    UNASSIGNED = "unassigned"
    SNOOZED = "snoozed"
    MENTIONS = "mentions"
    BOT = "bot"
    CLOSED = "closed"
    UNDELIVERED = "undelivered"


# The tabs that are always there; the other views are behind “More”.
TABS = (View.QUEUE, View.MINE, View.FOR_US)
# What a list may show besides a view; the words or the number come after the sign.
SEARCH, WHERE, FILTER = "search:", "where:", "filter:"
LONGEST_KEY = 500


VIEW_OF_STATUS = {
    Status.BOT: View.BOT,
    Status.QUEUED: View.QUEUE,
    Status.WITH_AGENT: View.MINE,
    Status.SNOOZED: View.MINE,
    Status.CLOSED: View.CLOSED,
}
# In the order of the buttons; the first that is possible is the obvious next step.
AGENT_TRIGGERS = (
    Trigger.CLAIM,
    Trigger.WAKE,
    Trigger.RETURN_TO_BOT,
    Trigger.RELEASE,
    Trigger.CLOSE,
)


@dataclass(frozen=True)
class Hit:
    """Where a search found something: the kind of text, and a line of it with the words marked."""

    kind: str  # customer, bot, agent or system for a message of theirs; note; name
    pieces: tuple[Piece, ...]
    seq: int | None = None
    note: str | None = None

    @property
    def place(self) -> str:
        """What leads to it in the address of its conversation; nothing for a name."""
        if self.note is not None:
            return f"&note={self.note}#n{self.note}"
        return "" if self.seq is None else f"&from={self.seq}#m{self.seq}"


@dataclass(frozen=True)
class Row:
    """A conversation in the list."""

    id: str
    epoch: int
    customer: str | None
    visitor_code: str
    desk: str
    status: Status
    language: str
    intent: str | None
    words: str | None
    agent_id: str | None
    agent_name: str | None
    waiting_since: datetime | None
    reply_due_at: datetime | None
    at: datetime
    is_unread: bool
    due_at: datetime | None = None
    hits: tuple[Hit, ...] = ()  # of a search
    customer_seq: int = 0  # the customer's last message, of which `words` are


@dataclass(frozen=True)
class Abilities:
    """What this agent can do with this conversation now."""

    triggers: tuple[Trigger, ...]
    may_snooze: bool
    may_reply: bool
    is_taken_by_other: bool


def view_named(name: str | None, *, otherwise: View = View.QUEUE) -> str:
    """What an address asks for: a view, or one of the other lists with what it is about."""
    name = (name or "").strip()
    if name in list(View):
        return View(name)
    if name.startswith((SEARCH, WHERE, FILTER)) and name.partition(":")[2].strip():
        return name[:LONGEST_KEY]
    return otherwise


def abilities(status: Status, *, owner_id: str | None, agent_id: str) -> Abilities:
    """From the state table: another agent's conversation can only be read and noted."""
    is_taken = OWNER[status] is Owner.AGENT
    if is_taken and owner_id != agent_id:
        return Abilities((), may_snooze=False, may_reply=False, is_taken_by_other=True)
    possible = tuple(trigger for trigger in AGENT_TRIGGERS if (status, trigger) in TABLE)
    return Abilities(
        possible,
        may_snooze=(status, Trigger.SNOOZE) in TABLE,
        may_reply=is_taken,
        is_taken_by_other=False,
    )
