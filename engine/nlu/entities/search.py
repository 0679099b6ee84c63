"""All kinds of entities together: no place in a text is two things. Pure.

Where finds overlap, the kind that stands first in ORDER has the place; within a kind the longer.
Long numbers (cards, accounts, PESEL) take part, and are then dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.nlu.entities import (
    amount,
    country,
    dates,
    email,
    error_code,
    long_number,
    order_number,
    phone,
    postcode,
    ticket_number,
    times,
)
from engine.nlu.entities.found import Found, without_masks
from engine.nlu.entities.lookup import Key, Lookup, Word, words_with_keys

LONG_NUMBER = "long_number"
ORDER = (
    "email",
    "ticket_number",
    LONG_NUMBER,
    "phone",
    "amount",
    "date",
    "time",
    "postcode",
    "error_code",
    "order_number",
    "country",
    "application",
    "device",
    "product",
)
KINDS = tuple(kind for kind in ORDER if kind != LONG_NUMBER)
NAMED = ("product", "device", "application", "country")
# Nothing is missed in a message of a person, and nobody can make a turn slow with a long one.
LONGEST_TEXT = 4_000
MOST_FOUND = 20


@dataclass(frozen=True)
class Search:
    """What to look for, and how it is written here."""

    kinds: tuple[str, ...] = KINDS
    order_number_digits: int = order_number.DIGITS
    ticket_prefixes: tuple[str, ...] = ticket_number.PREFIXES
    phone_region: str = phone.REGION
    lookups: Mapping[str, Lookup] = field(default_factory=dict)

    def find(
        self, text: str, today: date, kinds: tuple[str, ...] | None = None
    ) -> list[tuple[str, Found]]:
        """The kind and the find, in the order of the text."""
        text = without_masks(text[:LONGEST_TEXT])
        wanted = [kind for kind in ORDER if kind in (kinds or self.kinds) or kind == LONG_NUMBER]
        finders = self._finders(text, today)
        kept: list[tuple[str, Found]] = []
        for kind in wanted:
            for one in sorted(finders[kind](), key=lambda found: (-found.length, found.start)):
                if all(one.end <= other.start or other.end <= one.start for _, other in kept):
                    kept.append((kind, one))
        real = [(kind, one) for kind, one in kept if kind != LONG_NUMBER]
        return sorted(real, key=lambda item: item[1].start)[:MOST_FOUND]

    def _finders(self, text: str, today: date) -> dict[str, Callable[[], list[Found]]]:
        words = words_with_keys(text) if self.lookups else []
        has_digit = any(letter.isdecimal() for letter in text)
        numbers: dict[str, Callable[[], list[Found]]] = {
            LONG_NUMBER: lambda: long_number.find(text),
            "ticket_number": lambda: ticket_number.find(text, self.ticket_prefixes),
            "phone": lambda: phone.find(text, self.phone_region),
            "amount": lambda: amount.find(text),
            "postcode": lambda: postcode.find(text),
            "order_number": lambda: order_number.find(text, self.order_number_digits),
        }
        return {
            **{kind: find if has_digit else _nothing for kind, find in numbers.items()},
            "email": lambda: email.find(text),
            "date": lambda: dates.find(text, today),
            "time": lambda: times.find(text),
            "error_code": lambda: error_code.find(text),
            **{kind: self._finder(kind, text, words) for kind in NAMED},
        }

    def _finder(
        self, kind: str, text: str, words: list[tuple[Word, Key]]
    ) -> Callable[[], list[Found]]:
        names = self.lookups.get(kind)
        if names is None:
            return _nothing
        if kind == "country":
            return lambda: country.find(text, words, names)
        return lambda: names.find_in(text, words)


def _nothing() -> list[Found]:
    return []
