"""A filter written by a form: what was chosen, as a line of the language. Pure."""

from collections.abc import Mapping

from bot.filters.fields import FIELDS, Kind
from bot.filters.grammar import TOKEN


def built(chosen: Mapping[str, str], *, joined_by: str = "and") -> str:
    """The chosen fields in their order; several are joined by “and” or “or”."""
    tests = []
    for name, field in FIELDS.items():
        value = " ".join(chosen.get(name, "").split())
        if value:
            sign = ">" if field.kind is Kind.SPAN else ">=" if field.kind is Kind.DATE else ":"
            tests.append(f"{name}{sign}{quoted(value)}")
    return f" {'or' if joined_by == 'or' else 'and'} ".join(tests)


def quoted(value: str) -> str:
    """The value as one token."""
    match = TOKEN.fullmatch(value)
    if match is not None and match.lastgroup == "word":
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
