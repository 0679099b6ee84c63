"""Reads a table of `desks.toml`; whatever is wrong is named with file, table and key. Pure."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar

from bot.texts import LANGUAGES

Words = dict[str, str]  # by language
Read = TypeVar("Read")


class BadDesksFile(ValueError):
    """`desks.toml` cannot be used; the message says where and why."""


class Table:
    """One table, such as [customer-care.widget]; `known` are the keys that it may have."""

    # `Any`: what a person wrote into a TOML file; this class is where it gets its types.
    def __init__(self, file: Path, name: str, raw: Any, *, known: Collection[str]) -> None:
        self.file = file
        self.name = name
        if not isinstance(raw, dict):
            raise BadDesksFile(f"{file}: [{name}] must be a table.")
        self._raw: dict[str, Any] = raw
        for key in raw:
            if key not in known:
                raise self.fault(key, f"is not known here; known are {', '.join(sorted(known))}")

    def fault(self, key: str, problem: str) -> BadDesksFile:
        """What is wrong with this key."""
        return BadDesksFile(f"{self.file}: [{self.name}] {key} {problem}.")

    def __contains__(self, key: str) -> bool:
        return key in self._raw

    def get(self, key: str) -> Any:
        """As it stands there, or None."""
        return self._raw.get(key)

    def text(self, key: str, *, check: Callable[[str], bool] = bool, must: str) -> str:
        """A text that passes the check; `must` says what it must be."""
        value = self._raw.get(key)
        if not isinstance(value, str) or not check(value):
            raise self.fault(key, f"must be {must} (it is {value!r})")
        return value

    def optional_text(
        self, key: str, *, check: Callable[[str], bool] = bool, must: str
    ) -> str | None:
        """The same, or None when the key is missing."""
        return self.text(key, check=check, must=must) if key in self._raw else None

    def one_of(self, key: str, choices: Collection[str], *, otherwise: str) -> str:
        """One of these words."""
        must = f"one of {', '.join(choices)}"
        return self.optional_text(key, check=lambda v: v in choices, must=must) or otherwise

    def words(self, key: str) -> Words:
        """A text in every language of the product."""
        value = self._raw.get(key)
        words: dict[str, object] = value if isinstance(value, dict) else {}
        found = {language: words.get(language) for language in LANGUAGES}
        if not all(isinstance(sentence, str) and sentence for sentence in found.values()):
            raise self.fault(key, "must be { en = …, pl = … }")
        return {language: str(sentence) for language, sentence in found.items()}

    def number(self, key: str, *, least: int, most: int, otherwise: int) -> int:
        """A whole number."""
        value = self._raw.get(key, otherwise)
        if type(value) is not int or not least <= value <= most:
            raise self.fault(key, f"must be a whole number, {least} to {most} (it is {value!r})")
        return value

    def flag(self, key: str) -> bool:
        """True or false; false when it is missing."""
        value = self._raw.get(key, False)
        if not isinstance(value, bool):
            raise self.fault(key, f"must be true or false (it is {value!r})")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            raise self.fault(key, "must be a list of texts")
        return tuple(value)

    def tables(
        self, key: str, read: Callable[["Table"], Read], *, known: Collection[str]
    ) -> tuple[Read, ...]:
        """A list of tables, [[such.as.this]]."""
        value = self._raw.get(key, [])
        if not isinstance(value, list):
            raise self.fault(key, f"must be a list: [[{self.name}.{key}]]")
        return tuple(
            read(Table(self.file, f"{self.name}.{key} {place}", raw, known=known))
            for place, raw in enumerate(value, start=1)
        )
