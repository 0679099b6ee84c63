"""A desk's own fields, [[DESK.fields]]: what they are called and what may stand in them. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.desk_settings.table import BadDesksFile, Table, Words

TEXT, NUMBER, DATE, CHOICE, YES_NO = "text", "number", "date", "choice", "yes_no"
KINDS = (TEXT, NUMBER, DATE, CHOICE, YES_NO)
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_LETTERS = 500
MOST_FIELDS = 30
NUMBER_SHAPE = re.compile(r"-?\d{1,15}([.,]\d{1,6})?")


class BadValue(ValueError):
    """Nothing that may stand in the field; its text is the field's type."""


@dataclass(frozen=True)
class Field:
    """One thing that a desk wants to know of each conversation."""

    key: str
    label: Words
    kind: str
    choices: tuple[str, ...] = ()

    def checked(self, words: str) -> str:
        """The value as it is kept; empty for «not set». Raises BadValue."""
        value = " ".join(words.split())
        if not value:
            return ""
        if len(value) > MOST_LETTERS or not self._fits(value):
            raise BadValue(self.kind)
        return value.replace(",", ".") if self.kind == NUMBER else value

    def _fits(self, value: str) -> bool:
        if self.kind == NUMBER:
            return NUMBER_SHAPE.fullmatch(value) is not None and value.isascii()
        if self.kind == DATE:
            return _is_date(value)
        if self.kind == CHOICE:
            return value in self.choices
        return self.kind == TEXT or value in ("yes", "no")


def read_fields(file: Path, desk: str, raw: Any) -> tuple[Field, ...]:
    """The desk's fields; raises BadDesksFile with the place of the fault."""
    known = ("key", "label", "type", "choices")
    table = Table(file, desk, {"fields": raw if raw is not None else []}, known=("fields",))
    found = table.tables("fields", _field, known=known)
    if len(found) > MOST_FIELDS:
        raise table.fault("fields", f"may be {MOST_FIELDS} at most")
    _check_keys(table, found)
    return found


def _check_keys(table: Table, found: Sequence[Field]) -> None:
    keys = [field.key for field in found]
    for key in keys:
        if keys.count(key) > 1:
            raise table.fault("fields", f"has two fields with the key {key!r}")


def _field(table: Table) -> Field:
    key = table.text(
        "key", check=lambda v: KEY.fullmatch(v) is not None, must="a word of a-z, 0-9 and _"
    )
    kind = table.one_of("type", KINDS, otherwise=TEXT)
    choices = table.texts("choices")
    if (kind == CHOICE) != bool(choices):
        raise _choices_fault(table, kind)
    return Field(key, table.words("label"), kind, choices)


def _choices_fault(table: Table, kind: str) -> BadDesksFile:
    if kind == CHOICE:
        return table.fault("choices", "must list what can be chosen")
    return table.fault("choices", f'is only for type = "{CHOICE}"')


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
