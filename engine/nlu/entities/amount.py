"""Amounts of money: "199.90 PLN", whatever their separators and signs. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.nlu.entities.found import Found, folded, place

_CURRENCIES = {
    "PLN": r"zl(?:ot\w{1,4}|\b)|pln\b",
    "EUR": r"€|eur(?:o|os|ach|ami)?\b",
    "USD": r"\$|usd\b|dolar\w{0,3}\b|dollars?\b|bucks\b",
    "GBP": r"£|gbp\b|funt(?:y|ow|ach)\b|pounds?(?: sterling)?\b",
    "CZK": r"czk\b|koron(?:y)?\b(?: czesk\w+)?",
}
_CURRENCY = "|".join(f"(?P<{code}>{words})" for code, words in _CURRENCIES.items())
# Twelve hundred: "1 200", "1.200,00", "1,200.00", "1200".
_SPACE = "[ \u00a0\u202f]"
_NUMBER = (
    r"(?P<number>\d{1,3}(?:(?P<mark>[ .,'\u00a0\u202f])\d{3}(?:(?P=mark)\d{3}){0,2})(?:[.,]\d{1,2})?"
    r"|\d{1,9}(?:[.,]\d{1,2})?)"
)
_AFTER_NUMBER = re.compile(
    rf"(?<![\w])(?<!\d[.,]){_NUMBER}(?P<thousands>[ ]?(?:tys\b\.?|k\b))?"
    rf"(?:,[-–])?{_SPACE}?(?:{_CURRENCY})(?:[ ]?(?P<small>\d{{1,2}})[ ]?gr(?:osz\w+)?\b)?"
)
_BEFORE_NUMBER = re.compile(rf"(?<![\w])(?:{_CURRENCY}){_SPACE}?{_NUMBER}(?!\d|[.,]\d|%)")
_SMALL = re.compile(r"(?<![\w.,])(\d{1,3})[ ]?groszy\b")
_HAS = re.compile(r"zl|pln|eur|[€$£]|usd|dol|buck|gbp|funt|pound|czk|koron|grosz")


def find(text: str) -> list[Found]:
    """Digits beside a currency; "dwie stówy" is no amount."""
    plain = folded(text)
    if _HAS.search(plain) is None:
        return []
    found = [
        place(text, match.start(), match.end(), _after(match))
        for match in _AFTER_NUMBER.finditer(plain)
    ]
    taken = {spot for one in found for spot in range(one.start, one.end)}
    for match in _BEFORE_NUMBER.finditer(plain):
        if match.start() not in taken and match.end() - 1 not in taken:
            value = _value(_number(match["number"]), _code(match))
            found.append(place(text, match.start(), match.end(), value))
    for match in _SMALL.finditer(plain):
        if match.start() not in taken:
            value = _value(Decimal(match[1]) / 100, "PLN")
            found.append(place(text, match.start(), match.end(), value))
    return sorted(found, key=lambda one: one.start)


def _after(match: re.Match[str]) -> str:
    number = _number(match["number"])
    if match["thousands"]:
        number *= 1000
    if match["small"]:
        number += Decimal(match["small"]) / 100
    return _value(number, _code(match))


def _code(match: re.Match[str]) -> str:
    return next(code for code in _CURRENCIES if match[code] is not None)


def _number(digits: str) -> Decimal:
    """One or two digits after the last mark are the small change."""
    change = re.search(r"[.,](\d{1,2})$", digits)
    whole = digits[: change.start()] if change else digits
    return Decimal(re.sub(r"\D", "", whole) + (f".{change[1]}" if change else ""))


def _value(number: Decimal, code: str) -> str:
    return f"{number:.2f} {code}"
