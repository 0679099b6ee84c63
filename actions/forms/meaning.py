"""What a message may mean to a form. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answers:
    """Values that the message tells, by slot."""

    values: dict[str, str]


@dataclass(frozen=True)
class Failed:
    """An answer that cannot be right."""

    slot: str
    given: str


@dataclass(frozen=True)
class Unknown:
    """The person does not have what was asked for."""

    slot: str


@dataclass(frozen=True)
class Change:
    """This is wrong; without a slot it is yet to be said what."""

    slot: str | None = None


@dataclass(frozen=True)
class AskAgain:
    """Nothing new; `explain`: the question itself was not understood."""

    explain: bool = False


@dataclass(frozen=True)
class Confirmed:
    """What the summary says is right."""


@dataclass(frozen=True)
class Elsewhere:
    """Not for the form."""


Meaning = Answers | Failed | Unknown | Change | AskAgain | Confirmed | Elsewhere
