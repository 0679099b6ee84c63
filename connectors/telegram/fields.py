"""Typed parts of untrusted JSON; whatever is wrong is named with its place. Pure."""

from collections.abc import Iterator
from typing import Any


class BadUpdate(ValueError):
    """What cannot be an update: a part is missing, or of the wrong type."""


class Fields:
    """One JSON object."""

    # `Any`: untrusted JSON; this class is where it gets its types.
    def __init__(self, raw: Any, place: str) -> None:
        if not isinstance(raw, dict):
            raise BadUpdate(f"{place} must be an object")
        self._raw: dict[str, Any] = raw
        self._place = place

    def __contains__(self, name: str) -> bool:
        return self._raw.get(name) is not None

    @property
    def names(self) -> list[str]:
        """What it has."""
        return list(self._raw)

    def text(self, name: str) -> str:
        """A text; what is no text for any database (lone surrogates, NUL) is replaced."""
        value = self._raw.get(name)
        if not isinstance(value, str):
            raise BadUpdate(f"{self._place}.{name} must be a text")
        if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            value = value.replace("\x00", "\ufffd")
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return value

    def optional_text(self, name: str) -> str | None:
        """A text, or None."""
        return self.text(name) if name in self else None

    def number(self, name: str) -> int:
        """A whole number of up to 64 bits."""
        value = self._raw.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
            raise BadUpdate(f"{self._place}.{name} must be a whole number")
        return value

    def optional_number(self, name: str) -> int | None:
        """A number, or None."""
        return self.number(name) if name in self else None

    def degrees(self, name: str) -> float:
        """A place on the globe."""
        value = self._raw.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > 180:
            raise BadUpdate(f"{self._place}.{name} must be degrees")
        return float(value)

    def flag(self, name: str) -> bool:
        """True or false; false when it is missing, as Telegram leaves it out."""
        value = self._raw.get(name, False)
        if not isinstance(value, bool):
            raise BadUpdate(f"{self._place}.{name} must be true or false")
        return value

    def inner(self, name: str) -> "Fields":
        """An object in it."""
        return Fields(self._raw.get(name), f"{self._place}.{name}")

    def each(self, name: str) -> Iterator["Fields"]:
        """The objects of a list; none when it is missing."""
        value = self._raw.get(name, [])
        if not isinstance(value, list):
            raise BadUpdate(f"{self._place}.{name} must be a list")
        for place, one in enumerate(value):
            yield Fields(one, f"{self._place}.{name}[{place}]")
