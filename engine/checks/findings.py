"""What a check found: where, what, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any


class Severity(str, Enum):
    """An error keeps the bot from being trained; a warning is worth a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Place:
    """A line of a file; the file's path is relative to the project."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Finding:
    """One mistake."""

    severity: Severity
    place: Place
    what: str
    remedy: str

    # `Any`: JSON.
    def as_dict(self) -> dict[str, Any]:
        """For other programs."""
        return asdict(self)


def error(place: Place, what: str, remedy: str) -> Finding:
    return Finding(Severity.ERROR, place, what, remedy)


def warning(place: Place, what: str, remedy: str) -> Finding:
    return Finding(Severity.WARNING, place, what, remedy)
