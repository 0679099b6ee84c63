"""A transcript as text and as a page that runs nothing. Pure, but for the template's file."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_time, get_timezone_name
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.markup import plain
from bot.markup.html import as_html
from bot.texts import text

TEMPLATES = Path(__file__).parent / "templates"
MAX_ZONE = 64
AGENT = "agent"
# Letters with a stroke, which no normal form takes apart.
STROKES = str.maketrans("\u0142\u0141", "lL")


@dataclass(frozen=True)
class Line:
    """One message as its customer saw it."""

    kind: str  # customer, bot, agent or system
    name: str | None
    text: str
    at: datetime

    @property
    def plain(self) -> str:
        """Without the marks that an agent may have made."""
        return plain(self.text) if self.kind == AGENT else self.text

    @property
    def marked(self) -> Markup:
        """An agent's words as HTML."""
        return as_html(self.text)


@dataclass(frozen=True)
class Transcript:
    """A conversation for its customer: what they saw, and nothing that they did not."""

    desk: str  # its name, in the language
    language: str
    zone: ZoneInfo
    lines: Sequence[Line]

    @property
    def title(self) -> str:
        """For a heading, and for the subject of a mail: our own words and the desk's name."""
        words = text("transcript.title", self.language, desk=self.desk, day=self._day(self._first))
        return " ".join(words.split())

    @property
    def file_name(self) -> str:
        """Plain letters, so that every system takes it."""
        plain = unicodedata.normalize("NFKD", self.desk).translate(STROKES)
        words = re.sub(r"[^A-Za-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")
        return f"{words or 'chat'}-{self._first.astimezone(self.zone):%Y-%m-%d}.html"

    def as_html(self) -> str:
        """A page on its own: everything in it is escaped, and nothing may run or be loaded."""
        return _environment().get_template("transcript.html").render(t=self)

    def as_text(self) -> str:
        """For whoever reads mail as text."""
        parts = [self.title, self.zone_words]
        for day, lines in self.days():
            parts.append(f"— {day} —")
            parts += [f"[{self.time(line)}] {self.author(line)}\n{line.plain}" for line in lines]
        return "\n\n".join(parts) + "\n"

    def days(self) -> list[tuple[str, list[Line]]]:
        """The lines by the days of the customer's zone."""
        return [(day, list(lines)) for day, lines in groupby(self.lines, lambda x: self._day(x.at))]

    def time(self, line: Line) -> str:
        """On the customer's clock."""
        return format_time(line.at, "short", tzinfo=self.zone, locale=self.language)

    def author(self, line: Line) -> str:
        """Whoever wrote it."""
        if line.kind == AGENT and line.name:
            return line.name
        return text(f"transcript.{line.kind}", self.language, desk=self.desk)

    @property
    def zone_words(self) -> str:
        """Which clock the times are by."""
        name = get_timezone_name(self._first.astimezone(self.zone), locale=self.language)
        return text("transcript.zone", self.language, name=name, zone=self.zone.key)

    @property
    def _first(self) -> datetime:
        return self.lines[0].at

    def _day(self, at: datetime) -> str:
        return format_date(at.astimezone(self.zone).date(), "long", locale=self.language)


def zone_named(name: str | None, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone that a browser says it is in; the desk's own for a name that is none."""
    if not name or len(name) > MAX_ZONE or not re.fullmatch(r"[A-Za-z0-9_+/-]+", name):
        return otherwise
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return otherwise


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
