"""While somebody waits for a person: the place, what was passed on, what was left instead."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PlaceInQueue:
    """How many are to be taken before this customer and with them, and in about how long."""

    conversation: str
    place: int
    minutes: tuple[int, int] | None  # from, to; None: there is too little to go by


@dataclass(frozen=True)
class LeftMessage:
    """Where a customer who does not want to wait is to be reached; the name is what they say."""

    contact: str
    name: str | None = None


@dataclass(frozen=True)
class PassedOnFact:
    """Something that the agent will see; only what is `is_open` can be put right."""

    name: str
    label: str
    value: str
    is_corrected: bool
    is_open: bool


@dataclass(frozen=True)
class HandoffReceipt:
    """What was passed on at a handoff, in the customer's language."""

    conversation: str
    reason: str
    asked: str | None
    facts: tuple[PassedOnFact, ...]
