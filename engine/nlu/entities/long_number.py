"""Numbers that are neither ours nor to be kept: cards, accounts, PESEL, parcels. Pure.

Their digits are no order number, telephone number or amount, and they themselves are no entity.
"""

from __future__ import annotations

import re

from engine.nlu.entities.found import Found, place

_LONG = re.compile(
    r"(?<![\w+-])(?:"
    r"\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,4})?"
    r"|\d{4}[ -]\d{6}[ -]\d{5}"
    r"|[A-Z]{2}[ ]?\d{2}(?:[ ]?\d{4}){3,7}"
    r"|\d{2}(?:[ ]\d{4}){6}"
    r"|\d{12,34}"
    r")(?![\w-])"
)
_ELEVEN = re.compile(r"(?<![\w+.,-])\d{11}(?![\w-])")
_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)


def find(text: str) -> list[Found]:
    found = [place(text, match.start(), match.end(), "") for match in _LONG.finditer(text)]
    found += [
        place(text, match.start(), match.end(), "")
        for match in _ELEVEN.finditer(text)
        if is_pesel(match.group())
    ]
    return [one for one in found if not one.text.startswith("00")]


def is_pesel(digits: str) -> bool:
    """A birthday and a check digit. Only the months of the 1900s and the 2000s."""
    if not (1 <= int(digits[2:4]) % 20 <= 12 and int(digits[2:4]) <= 32):
        return False
    if not 1 <= int(digits[4:6]) <= 31:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False))
    return (10 - total % 10) % 10 == int(digits[10])
