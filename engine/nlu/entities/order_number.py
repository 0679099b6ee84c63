"""Order numbers: so many digits that stand alone ("10482"). Pure.

With the digits grouped by thousands ("10 482", "10-482") it is one only beside a word for it, or, with
a blank, where the message is nothing else: "a power bank of 10 000 mAh" has no order number.
"""

from __future__ import annotations

import re
from functools import lru_cache

from engine.nlu.entities.found import Found, folded, place

DIGITS = 5
_THOUSAND = 3
_NAME = r"(?:orders?|number|numbers|no|nr|numer\w{0,4}|zamowieni\w{1,4}|zam|paczk\w{1,3}|parcel|package)"
_CUE = re.compile(
    rf"(?:\b{_NAME}\b[ .:]{{0,2}}|#[ ]?)(?:(?:{_NAME}|is|to|jest)\b[ .:#]{{1,2}}){{0,2}}$"
)
_FILLER = rf"(?:{_NAME}|it.?s|it|is|to|the|my|moj|moje|jest|wait|czekaj|sorry|nie|for|do|dla|about)"
_JOINT = r"(?:[ ,;.&+]|(?<=[ ,])(?:and|or|i|oraz|lub|albo)(?= ))+"
# What counts something else.
_NO_UNIT = r"(?![ ]?(?:zl|pln|eur|euro|usd|mah|wh|kg|g|km|m|pkt|punkt\w*|points?)\b)"
_BEFORE, _AFTER = r"(?<!\d[.,])(?<!\d[ -])(?<![\w/-])", r"(?![\w/-]|[.,]\d|[ ]\d)"


def find(text: str, digits: int = DIGITS) -> list[Found]:
    """Not parts of longer numbers, codes, prices or addresses; "104 82" is two numbers."""
    found = [
        place(text, match.start(), match.end(), match.group())
        for match in _pattern(digits).finditer(text)
    ]
    grouped = _grouped(digits)
    if grouped is None:
        return found
    plain = folded(text).replace("\u00a0", " ")
    is_alone = grouped.alone.fullmatch(plain) is not None
    for match in grouped.number.finditer(plain):
        if (is_alone and match["mark"] == " ") or is_called_so(plain, match.start()):
            value = f"{match['thousands']}{match['rest']}"
            found.append(place(text, match.start(), match.end(), value))
    return sorted(found, key=lambda one: one.start)


def is_called_so(plain: str, start: int) -> bool:
    """Whether the words before this place of a folded text announce an order number."""
    return _CUE.search(plain[max(0, start - 40) : start]) is not None


class _Grouped:
    """The grammars for numbers of so many digits."""

    def __init__(self, first: int) -> None:
        number = rf"[0-9]{{{first}}}[ ][0-9]{{{_THOUSAND}}}"
        whole = rf"[0-9]{{{first + _THOUSAND}}}"
        one = rf"(?:{number}|{whole})"
        self.number = re.compile(
            rf"{_BEFORE}(?P<thousands>[0-9]{{{first}}})(?P<mark>[ –-])"
            rf"(?P<rest>[0-9]{{{_THOUSAND}}}){_AFTER}{_NO_UNIT}"
        )
        self.alone = re.compile(
            rf"\W*(?:{_FILLER}\b\W+)*{one}(?:{_JOINT}{one})*\W*(?:please|prosze)?\W*"
        )


@lru_cache(maxsize=8)
def _grouped(digits: int) -> _Grouped | None:
    first = digits - _THOUSAND
    return _Grouped(first) if 1 <= first <= _THOUSAND else None


@lru_cache(maxsize=8)
def _pattern(digits: int) -> re.Pattern[str]:
    return re.compile(rf"(?<!\d[.,])(?<![\w/-])[0-9]{{{digits}}}(?![\w/-]|[.,]\d)")
