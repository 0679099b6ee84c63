"""What can be asked of a conversation in a filter, and how values are read. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from enum import StrEnum

from bot.clock import now
from bot.conversations.state import Status
from bot.priority import WORDS as PRIORITIES
from bot.search.words import fold
from bot.texts import LANGUAGES

SPAN = re.compile(r"(\d{1,4})(m|min|h|g|d|w|t)")
UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "g": "hours", "d": "days", "w": "weeks"}
UNITS |= {"t": "weeks"}
TODAY, YESTERDAY = ("today", "dzis", "dzisiaj"), ("yesterday", "wczoraj")


class Kind(StrEnum):
    """How the values of a field are written."""

    CHOICE = "choice"  # one of a few words
    WORD = "word"  # a name or an id; a final * stands for the rest
    TEXT = "text"  # words to search for
    SPAN = "span"  # 30m, 2h, 3d, 1w
    DATE = "date"  # 2026-11-28, today, yesterday


SIGNS = {
    Kind.CHOICE: (":", "=", "!="),
    Kind.WORD: (":", "=", "!="),
    Kind.TEXT: (":",),
    Kind.SPAN: (">", ">=", "<", "<="),
    Kind.DATE: (":", "=", ">", ">=", "<", "<="),
}


@dataclass(frozen=True)
class Field:
    """A thing that can be asked by its name, or by one of the folded names in `also`."""

    name: str
    kind: Kind
    also: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def signs(self) -> tuple[str, ...]:
        """The comparisons that make sense."""
        more = ("<", "<=", ">", ">=") if self.name == "priority" else ()
        return SIGNS[self.kind] + more

    def choice(self, word: str) -> str | None:
        """The choice that the word names, whatever its case."""
        folded = fold(word).replace(" ", "_")
        wanted = CHOICES_IN_POLISH.get(folded, folded)
        return wanted if wanted in self.choices else None


CHOICES_IN_POLISH = {
    "w_kolejce": "queued",
    "u_agenta": "with_agent",
    "odlozona": "snoozed",
    "zakonczona": "closed",
    "otwarta": "open",
    "niski": "low",
    "zwykly": "normal",
    "wysoki": "high",
    "pilny": "urgent",
    "polski": "pl",
    "angielski": "en",
}
FIELDS = {
    field.name: field
    for field in (
        Field("status", Kind.CHOICE, ("stan",), (*(s.value for s in Status), "open")),
        Field("desk", Kind.WORD, ("stanowisko",)),
        Field("language", Kind.CHOICE, ("jezyk",), LANGUAGES),
        Field("channel", Kind.WORD, ("kanal",)),
        Field("agent", Kind.WORD),
        Field("priority", Kind.CHOICE, ("priorytet",), tuple(PRIORITIES)),
        Field("label", Kind.WORD, ("etykieta",)),
        Field("intent", Kind.WORD, ("temat",)),
        Field("reason", Kind.WORD, ("powod",)),
        Field("waiting", Kind.SPAN, ("czeka",)),
        Field("created", Kind.DATE, ("utworzona",)),
        Field("updated", Kind.DATE, ("zmieniona",)),
        Field("closed", Kind.DATE, ("zakonczona",)),
        Field("text", Kind.TEXT, ("tekst",)),
        Field("customer", Kind.TEXT, ("klient",)),
    )
}
NAMES = {name: field for field in FIELDS.values() for name in (field.name, *field.also)}


def read_span(word: str) -> timedelta | None:
    """How long; None for what is no span."""
    match = SPAN.fullmatch(word.casefold())
    return timedelta(**{UNITS[match[2]]: int(match[1])}) if match else None


def read_date(word: str) -> date | None:
    """Which day, by the world's clock (UTC); None for what is none."""
    folded = fold(word)
    today = now().astimezone(UTC).date()
    if folded in TODAY:
        return today
    if folded in YESTERDAY:
        return today - timedelta(days=1)
    try:
        return date.fromisoformat(word) if re.fullmatch(r"\d{4}-\d\d-\d\d", word) else None
    except ValueError:
        return None
