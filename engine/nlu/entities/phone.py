"""Telephone numbers as E.164. Pure.

`phonenumbers` knows which numbers exist and how every country writes them. What it does not know is
that five digits beside four are an order number and something else: nobody writes a Polish
number so. It takes a tenth of a millisecond and more, so it only runs where enough digits are.
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher

from engine.nlu.entities.found import Found, place

REGION = "PL"
LEAST_DIGITS = 7
_GROUPS = re.compile(r"\d+")
_DIGIT = re.compile(r"[0-9]")
# A date beside other digits is no telephone number.
_DATE = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d\d-\d\d")


def find(text: str, region: str = REGION) -> list[Found]:
    if len(_DIGIT.findall(text)) < LEAST_DIGITS:
        return []
    found = []
    matcher = PhoneNumberMatcher(text, region, leniency=Leniency.VALID, max_tries=50)
    for match in matcher:
        raw = match.raw_string
        if raw.startswith("+") or _is_written_so(raw):
            value = phonenumbers.format_number(match.number, PhoneNumberFormat.E164)
            found.append(place(text, match.start, match.end, value))
    return found


def _is_written_so(raw: str) -> bool:
    if _DATE.search(raw):
        return False
    if raw.startswith("00"):
        return True
    groups = [len(group) for group in _GROUPS.findall(raw)]
    return len(groups) == 1 or not any(4 <= size <= 5 or size > 7 for size in groups)
