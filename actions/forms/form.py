"""A form's declaration and how far its filling is. Pure."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from actions.forms.field import Field
from actions.forms.message import GIVING

CONFIRMED = "form_confirmed"
CHANGE = "form_change"
PROGRESS = "form_progress"
YES = "yes"
# A failed sending opened the form again.
AGAIN = "again"
TRIES_BEFORE_WAY_OUT = 2
TRIES_BEFORE_PERSON = 3


@dataclass(frozen=True)
class Form:
    """`starts`: the intents that begin it; `answers`: other intents that are answers in it."""

    name: str
    starts: tuple[str, ...]
    fields: tuple[Field, ...]
    answers: frozenset[str] = frozenset()
    confirms: bool = True

    @property
    def loop(self) -> str:
        return f"{self.name}_form"

    @property
    def slots(self) -> tuple[str, ...]:
        return tuple(one.slot for one in self.fields)

    def is_answer(self, intent: str) -> bool:
        return intent in GIVING or intent in self.starts or intent in self.answers

    def field(self, slot: str | None) -> Field | None:
        return next((one for one in self.fields if one.slot == slot), None)


@dataclass
class Progress:
    """What the form remembers besides the values: its own identity, what was skipped, and `tries`:
    how often each question was asked in vain."""

    key: str = ""
    tries: dict[str, int] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    last: str | None = None

    # `Any`: JSON, as it lies in the slot.
    @classmethod
    def of(cls, stored: Any, *, turn: str = "") -> Progress:
        """`turn`: the turn's key; a form that begins in a repeated turn is the same form."""
        known = stored if isinstance(stored, dict) else {}
        new = uuid.uuid5(uuid.NAMESPACE_OID, turn) if turn else uuid.uuid4()
        return cls(
            key=str(known.get("key") or new),
            tries=dict(known.get("tries") or {}),
            skipped=list(known.get("skipped") or []),
            last=known.get("last"),
        )

    def stored(self) -> dict[str, Any]:
        """Only what is there: it travels with every turn."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass
class Filling:
    """A form that is being filled in."""

    form: Form
    values: dict[str, str]
    progress: Progress
    asked: str | None = None
    language: str = "en"

    @classmethod
    def begun(cls, form: Form, language: str, *, turn: str = "") -> Filling:
        return cls(form, {}, Progress.of(None, turn=turn), language=language)

    def missing(self) -> str | None:
        """The next slot to ask for; the confirmation comes last; None when all is said."""
        for one in self.form.fields:
            if one.slot in self.values or one.slot in self.progress.skipped:
                continue
            if one.needed(self.values):
                return one.slot
        return CONFIRMED if self.form.confirms else None

    def put(self, slot: str, value: str) -> str | None:
        """The value that was there before, when it was another."""
        before = self.values.get(slot)
        self.values[slot] = value
        for question in (slot, CONFIRMED):
            self.progress.tries.pop(question, None)
        self.progress.last = slot
        one = self.form.field(slot)
        if one is not None and before not in (None, value):
            self.clear(one.resets)
        return None if before == value else before

    def clear(self, slots: Iterable[str]) -> None:
        """These are asked again."""
        for slot in slots:
            self.values.pop(slot, None)
            if slot in self.progress.skipped:
                self.progress.skipped.remove(slot)

    def skip(self, slot: str) -> None:
        self.progress.skipped.append(slot)

    def failed(self, slot: str) -> int:
        """Counts a try that led nowhere, of whatever kind; how many there were since a good one."""
        # What to change is asked at the summary: one question in two steps.
        question = CONFIRMED if slot == CHANGE else slot
        tries = self.progress.tries
        tries[question] = tries.get(question, 0) + 1
        return tries[question]

    def filled(self) -> list[Field]:
        """The fields that count: what became irrelevant is neither shown nor sent."""
        return [
            one for one in self.form.fields if one.slot in self.values and one.needed(self.values)
        ]

    def relevant(self) -> dict[str, str]:
        return {one.slot: self.values[one.slot] for one in self.filled()}

    def summary(self) -> str:
        """A line for each value."""
        return "\n".join(
            f"- {one.label.of(self.language)}: "
            f"{harmless(one.shown(self.values[one.slot], self.language))}"
            for one in self.filled()
        )

    def idempotency_key(self) -> str:
        """The same for every attempt to send the same."""
        content = json.dumps(self.relevant(), sort_keys=True)
        return str(uuid.uuid5(uuid.UUID(self.progress.key), content))


def harmless(text: str) -> str:
    """Rasa gives up filling in an answer that has its own mark `0[` in it."""
    return text.replace("0[", "0 [")
