"""Who speaks: the whole truth about a conversation's status, as one table.

A conversation has one owner at a time. BOT is the bot's; QUEUED is nobody's yet and waits for
an agent; WITH_AGENT and SNOOZED are one agent's; CLOSED is over for good (the customer's next
message opens a new conversation). What may happen in which status, and what follows, is TABLE;
a pair that is not in it is illegal and changes nothing.

Every change of owner raises the conversation's epoch by one. Whoever sends presents the epoch
that it started from, so a bot answer or a reply from before the change is refused.
"""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Where a conversation stands; the name says whose turn it is."""

    BOT = "bot"
    QUEUED = "queued"
    WITH_AGENT = "with_agent"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class Trigger(StrEnum):
    """What can happen to a conversation."""

    CUSTOMER_MESSAGE = "customer_message"
    HAND_OFF = "hand_off"
    CLAIM = "claim"
    ASSIGN = "assign"  # the desk's rule gives it to an agent (bot/assignment/)
    RELEASE = "release"
    RETURN_TO_BOT = "return_to_bot"
    SNOOZE = "snooze"
    WAKE = "wake"
    CLOSE = "close"
    # From whoever has it to another agent, or into another desk's queue:
    HAND_OVER = "hand_over"
    CHANGE_DESK = "change_desk"
    # The customer's own, while they wait:
    LEAVE_QUEUE = "leave_queue"
    LEAVE_CONTACT = "leave_contact"
    CORRECT = "correct"


class Effect(StrEnum):
    """What a change sets off; `conversations/service.py` and `handoff/service.py` carry it out."""

    ASK_BOT = "ask_bot"
    TELL_QUEUED = "tell_queued"
    TELL_AGENT_JOINED = "tell_agent_joined"
    TELL_BACK_IN_QUEUE = "tell_back_in_queue"
    TELL_BACK_WITH_BOT = "tell_back_with_bot"
    TELL_CLOSED = "tell_closed"
    TELL_AGENT_CHANGED = "tell_agent_changed"
    TELL_DESK_CHANGED = "tell_desk_changed"
    FORGET_DIALOGUE = "forget_dialogue"
    LOOK_FOR_CONTACT = "look_for_contact"
    THANK_FOR_CONTACT = "thank_for_contact"
    KEEP_PROMISE = "keep_promise"


class Closing(StrEnum):
    """As what a conversation was closed: nobody is asked what they thought of their spam."""

    DONE = "done"
    SPAM = "spam"
    BY_CUSTOMER = "by_customer"
    NO_REQUEST = "no_request"
    IDLE = "idle"
    MERGED = "merged"  # it goes on in another conversation


# Whoever asked for nothing, answers no more, or goes on elsewhere is not asked what they think.
NOT_RATED = frozenset({Closing.SPAM, Closing.NO_REQUEST, Closing.IDLE, Closing.MERGED})


class Owner(StrEnum):
    """Who may speak to the customer in a status."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"
    NOBODY = "nobody"


OWNER = {
    Status.BOT: Owner.BOT,
    Status.QUEUED: Owner.QUEUE,
    Status.WITH_AGENT: Owner.AGENT,
    Status.SNOOZED: Owner.AGENT,
    Status.CLOSED: Owner.NOBODY,
}


@dataclass(frozen=True)
class Move:
    """The status after a trigger, and what it sets off."""

    to: Status
    effects: tuple[Effect, ...] = ()


S, T, E = Status, Trigger, Effect

TABLE: dict[tuple[Status, Trigger], Move] = {
    (S.BOT, T.CUSTOMER_MESSAGE): Move(S.BOT, (E.ASK_BOT,)),
    (S.BOT, T.HAND_OFF): Move(S.QUEUED, (E.TELL_QUEUED,)),
    (S.BOT, T.CLAIM): Move(S.WITH_AGENT, (E.TELL_AGENT_JOINED,)),
    (S.BOT, T.CLOSE): Move(S.CLOSED, (E.TELL_CLOSED,)),
    (S.QUEUED, T.CUSTOMER_MESSAGE): Move(S.QUEUED, (E.LOOK_FOR_CONTACT,)),
    (S.QUEUED, T.CLAIM): Move(S.WITH_AGENT, (E.TELL_AGENT_JOINED,)),
    (S.QUEUED, T.ASSIGN): Move(S.WITH_AGENT, (E.TELL_AGENT_JOINED,)),
    (S.QUEUED, T.RETURN_TO_BOT): Move(S.BOT, (E.FORGET_DIALOGUE, E.TELL_BACK_WITH_BOT)),
    (S.QUEUED, T.HAND_OVER): Move(S.WITH_AGENT, (E.TELL_AGENT_JOINED,)),
    (S.QUEUED, T.CHANGE_DESK): Move(S.QUEUED, (E.TELL_DESK_CHANGED,)),
    (S.QUEUED, T.CLOSE): Move(S.CLOSED, (E.TELL_CLOSED,)),
    (S.QUEUED, T.LEAVE_QUEUE): Move(
        S.BOT, (E.FORGET_DIALOGUE, E.TELL_BACK_WITH_BOT, E.KEEP_PROMISE)
    ),
    (S.QUEUED, T.LEAVE_CONTACT): Move(S.QUEUED, (E.THANK_FOR_CONTACT,)),
    (S.QUEUED, T.CORRECT): Move(S.QUEUED),
    (S.WITH_AGENT, T.CUSTOMER_MESSAGE): Move(S.WITH_AGENT),
    (S.WITH_AGENT, T.RELEASE): Move(S.QUEUED, (E.TELL_BACK_IN_QUEUE,)),
    (S.WITH_AGENT, T.RETURN_TO_BOT): Move(S.BOT, (E.FORGET_DIALOGUE, E.TELL_BACK_WITH_BOT)),
    (S.WITH_AGENT, T.SNOOZE): Move(S.SNOOZED),
    (S.WITH_AGENT, T.HAND_OVER): Move(S.WITH_AGENT, (E.TELL_AGENT_CHANGED,)),
    (S.WITH_AGENT, T.CHANGE_DESK): Move(S.QUEUED, (E.TELL_DESK_CHANGED,)),
    (S.WITH_AGENT, T.CLOSE): Move(S.CLOSED, (E.TELL_CLOSED,)),
    (S.SNOOZED, T.CUSTOMER_MESSAGE): Move(S.WITH_AGENT),
    (S.SNOOZED, T.WAKE): Move(S.WITH_AGENT),
    (S.SNOOZED, T.RELEASE): Move(S.QUEUED, (E.TELL_BACK_IN_QUEUE,)),
    (S.SNOOZED, T.RETURN_TO_BOT): Move(S.BOT, (E.FORGET_DIALOGUE, E.TELL_BACK_WITH_BOT)),
    (S.SNOOZED, T.HAND_OVER): Move(S.WITH_AGENT, (E.TELL_AGENT_CHANGED,)),
    (S.SNOOZED, T.CHANGE_DESK): Move(S.QUEUED, (E.TELL_DESK_CHANGED,)),
    (S.SNOOZED, T.CLOSE): Move(S.CLOSED, (E.TELL_CLOSED,)),
}


class IllegalTransition(Exception):
    """This cannot happen in this status; nothing was changed."""

    def __init__(self, status: Status, trigger: Trigger) -> None:
        super().__init__(
            f"{trigger.value} is not possible while the conversation is {status.value}"
        )
        self.status = status
        self.trigger = trigger


def advance(status: Status, trigger: Trigger) -> Move:
    """Where the trigger leads and what it sets off; raises IllegalTransition."""
    try:
        return TABLE[status, trigger]
    except KeyError:
        raise IllegalTransition(status, trigger) from None


# These change the owner even where the kind of owner stays: another agent, another desk's queue.
NEW_OWNER = frozenset({Trigger.HAND_OVER, Trigger.CHANGE_DESK})


def changes_owner(before: Status, after: Status, trigger: Trigger) -> bool:
    """Whether the epoch must rise."""
    return trigger in NEW_OWNER or OWNER[before] is not OWNER[after]
