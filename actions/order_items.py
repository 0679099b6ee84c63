"""Which items of an order somebody means. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

ALL = re.compile(
    r"\b(?:all|both|everything|whole order|each"
    r"|wszystk\w*|obydw\w*|oba|obie|całe zamówienie|całość)\b",
    re.IGNORECASE,
)
# Between the items of one answer: no item has it in its name.
BETWEEN = "; "
_WORD = re.compile(r"\w+")
_LEAST_LETTERS = 3


def items_meant(text: str, items: Sequence[str]) -> tuple[str, ...]:
    """The items that the text names, by all or some of their words; none when it is not clear."""
    exact = [item for item in items if item.casefold() in text.casefold()]
    if exact:
        return tuple(exact)
    if ALL.search(text):
        return tuple(items)
    position = text.strip(" .)#")
    if position.isdecimal():
        at = int(position)
        return (items[at - 1],) if 0 < at <= len(items) else ()
    said = _words(text)
    hits = {item: len(said & _words(item)) for item in items}
    most = max(hits.values(), default=0)
    best = [item for item, count in hits.items() if count == most > 0]
    return tuple(best) if len(best) == 1 else ()


def _words(text: str) -> set[str]:
    """The beginnings of its words: headphones and headphone are the same."""
    words = _WORD.findall(text.casefold())
    return {word[:5] for word in words if len(word) >= _LEAST_LETTERS}
