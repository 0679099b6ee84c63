"""Order numbers: so many digits that stand alone ("10482"). Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from engine.nlu.entities.found import Found, place

DIGITS = 5


def find(text: str, digits: int = DIGITS) -> list[Found]:
    """Not parts of longer numbers, codes, prices or addresses; "104 82" is two numbers."""
    return [
        place(text, match.start(), match.end(), match.group())
        for match in _pattern(digits).finditer(text)
    ]


@lru_cache(maxsize=8)
def _pattern(digits: int) -> re.Pattern[str]:
    return re.compile(rf"(?<!\d[.,])(?<![\w/-])[0-9]{{{digits}}}(?![\w/-]|[.,]\d)")
