"""Ticket numbers: a prefix and five digits, however they are joined. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from engine.nlu.entities.found import Found, place

PREFIXES = ("INC", "REQ")


def find(text: str, prefixes: tuple[str, ...] = PREFIXES, digits: int = 5) -> list[Found]:
    """ "inc 20417", "INC20417" and "Inc-20417" are INC-20417."""
    return [
        place(text, match.start(), match.end(), f"{match[1].upper()}-{match[2]}")
        for match in _pattern(prefixes, digits).finditer(text)
    ]


@lru_cache(maxsize=8)
def _pattern(prefixes: tuple[str, ...], digits: int) -> re.Pattern[str]:
    names = "|".join(re.escape(prefix) for prefix in prefixes)
    joint = r"(?:[ _–:#.-]|[ ]?(?:nr|no)?[ .]?[ ]?)"
    return re.compile(
        rf"(?<![\w-])({names}){joint}([0-9]{{{digits}}})(?![\w-]|[.,]\d)", re.IGNORECASE
    )
