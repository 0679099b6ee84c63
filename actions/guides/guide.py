"""A guide and how far somebody is in it. Pure: what was said comes in as an intent and a code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

OFFER = "offer"
# Answers to "Does it work now?", apart from the guide's own intent: naming the trouble again.
SOLVED = ("solved", "affirm")
NOT_SOLVED = ("not_solved", "deny")
# Still trying: not the whole step again.
PAUSES = ("wait", "thank")
# So often the offer of a ticket is made; then a person is called.
MOST_OFFERS = 3
# A code in these is not the point of the message.
NEVER_ABOUT_A_CODE = ("cancel", "talk_to_human", "it_ticket_status", "it_give_ticket_number")
_ERROR = re.compile(
    r"\b(?:error|err|błąd|błędu|błędem|blad|bledu|bledem)\b"
    r"(?:\W{1,2}(?:code|number|no|nr|numer|kod)\b)?\W{1,3}(\w*\d\w*)",
    re.IGNORECASE,
)
# Longer texts have numbers that are no codes: a phone, a room.
_SHORT = 3


class Outcome(str, Enum):
    """How a guide ended."""

    SOLVED = "solved"
    INCIDENT = "incident"
    DECLINED = "declined"
    PERSON = "person"


@dataclass(frozen=True)
class Guide:
    """The steps in the order in which they are tried, and which one an error code points at."""

    name: str
    intent: str
    steps: tuple[str, ...]
    codes: Mapping[str, str]

    @property
    def form(self) -> str:
        return f"{self.name}_guide_form"

    # `Any`: JSON, as it lies in the slot.
    def knows(self, stored: dict[str, Any]) -> bool:
        """Whether this is a progress in this guide."""
        return stored.get("guide") == self.name and stored.get("step") in (*self.steps, OFFER)


@dataclass(frozen=True)
class Progress:
    """Which step is being tried and which were; `step` is OFFER after the last one, and `evaded`
    how often the offer got neither a yes nor a no."""

    guide: str
    step: str
    tried: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    code: str | None = None
    evaded: int = 0
    outcome: Outcome | None = None

    @property
    def number(self) -> int:
        """Counted as the employee sees it: the steps so far, and this one."""
        return len(self.tried) + len(self.skipped) + 1

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Progress:
        """What `stored` made."""
        return cls(
            guide=stored["guide"],
            step=stored["step"],
            tried=tuple(stored.get("tried") or ()),
            skipped=tuple(stored.get("skipped") or ()),
            code=stored.get("code"),
            evaded=int(stored.get("evaded") or 0),
        )

    def stored(self) -> dict[str, Any]:
        """Only what is there: it travels with every turn."""
        told = {
            "tried": list(self.tried),
            "skipped": list(self.skipped),
            "code": self.code,
            "evaded": self.evaded,
        }
        given = {name: value for name, value in told.items() if value}
        return {"guide": self.guide, "step": self.step, **given}


def begin(guide: Guide, code: str | None) -> Progress:
    """At the first step, or at the one that the error code points at."""
    return Progress(guide.name, guide.codes.get(code or "", guide.steps[0]), code=code)


def answer(guide: Guide, at: Progress, *, intent: str | None, code: str | None) -> Progress | None:
    """Where the answer leads; None when it is not an answer, but another matter."""
    if code is not None and code != at.code and intent not in NEVER_ABOUT_A_CODE:
        return with_code(guide, at, code)
    if at.step == OFFER:
        return _answer_to_offer(guide, at, intent)
    if intent in SOLVED:
        return replace(at, outcome=Outcome.SOLVED)
    if intent in NOT_SOLVED or intent == guide.intent:
        return _onward(guide, replace(at, tried=(*at.tried, at.step)))
    if intent == "dont_know":
        return _onward(guide, replace(at, skipped=(*at.skipped, at.step)))
    return at if intent in ("repeat", *PAUSES) else None


def find_code(guide: Guide, text: str, entities: Iterable[str]) -> str | None:
    """The error code in a message, in the guide's spelling when the guide knows it."""
    known = {code.upper(): code for code in guide.codes}
    words = re.findall(r"\w+", text)
    named = [*entities, *_ERROR.findall(text)]
    loose = [word for word in words if len(words) <= _SHORT or not word.isdigit()]
    candidates = (known.get(word.upper()) for word in (*named, *loose))
    return next((code for code in candidates if code), named[0] if named else None)


def with_code(guide: Guide, at: Progress, code: str | None) -> Progress:
    """Jumps to the code's step, unless that one has been tried; a code is kept for the agent."""
    if code is None:
        return at
    wanted = guide.codes.get(code)
    done = (*at.tried, *at.skipped)
    if wanted is None or wanted in done:
        return replace(at, code=code)
    return replace(at, step=wanted, code=code)


def _answer_to_offer(guide: Guide, at: Progress, intent: str | None) -> Progress | None:
    if intent == "solved":
        return replace(at, outcome=Outcome.SOLVED)
    if intent in ("affirm", "it_incident_report"):
        return replace(at, outcome=Outcome.INCIDENT)
    if intent == "deny":
        return replace(at, outcome=Outcome.DECLINED)
    if intent not in ("repeat", "not_solved", "dont_know", guide.intent):
        return None
    evaded = at.evaded + 1
    return replace(at, evaded=evaded, outcome=Outcome.PERSON if evaded >= MOST_OFFERS else None)


def _onward(guide: Guide, at: Progress) -> Progress:
    done = (*at.tried, *at.skipped)
    return replace(at, step=next((step for step in guide.steps if step not in done), OFFER))
