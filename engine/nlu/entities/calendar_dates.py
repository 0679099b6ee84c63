"""Days of the calendar: "15.03", "15 marca 2026", "3/12/2026", "March 15th". Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from engine.nlu.entities.date_words import (
    ENGLISH_MONTH,
    MONTH,
    MONTH_OF,
    day_or_none,
    full_year,
    nearest,
)
from engine.nlu.entities.number_words import DAY_WORD, day_of

Spot = tuple[int, int, date]

_ISO = re.compile(r"(?<![\w.-])(\d{4})-(\d\d?)-(\d\d?)(?![\w-]|[.]\d)")
_FULL = re.compile(r"(?<![\w.,/-])(\d\d?)([./-])(\d\d?)\2(\d{4}|\d\d)(?![\w/-]|[.,]\d)")
_SHORT = re.compile(
    r"(?<![\w.,/:+-])(\d\d?)\.(0[1-9]|1[0-2])(?![\w/:-]|[.,]\d|[ ]?(?:%|zl\b|pln|eur|[gmk]b\b|[mgk]?hz"
    r"|cali|inch|cm\b|mm\b|kg\b|kw|usd|proc|percent|punkt|pts|sek|ms\b|m\b|v\b|w\b|a\b|l\b))"
)
_SLASH = re.compile(
    r"\b(?:on|since|by|until|till|from|before|after|dnia|dniu|od|do|z|na|przed|po)[ ]"
    r"(?P<date>(\d\d?)/(\d\d?))(?![\w/-]|[.,]\d)"
)
_NUMBERED = re.compile(
    rf"(?<![\w.,/-])(\d\d?)(?:st|nd|rd|th|-?go|-?ego|\.)?(?:[ ]of)?[ ]?({MONTH})\b"
    r"(?:[, ]{1,2}(\d{4})\b(?: ?r(?:\.|oku\b))?)?"
)
_SPELLED = re.compile(rf"\b({DAY_WORD})[ ]({MONTH})\b(?:[, ]{{1,2}}(\d{{4}})\b)?")
_MONTH_FIRST = re.compile(
    rf"\b({ENGLISH_MONTH})\.?[ ](?:the )?(\d\d?)(?:st|nd|rd|th)?(?![\w:/-]|[.,]\d|[ ]?(?:%|am\b|pm\b))"
    r"(?:,?[ ](\d{4})\b)?"
)
_THE_NTH = re.compile(
    r"\b(?:on|since|by|until|till|from) (?P<date>(?:the )?(\d\d?)(?:st|nd|rd|th))(?=\W*$|[.,!?;])"
)
# "ul. 3 Maja", "Windows 10.11": no days.
_NO_DAY_BEFORE = re.compile(
    r"(?:\b(?:ul|al|pl|os)\.|\b(?:ulic\w+|alej\w*|plac\w*|osiedl\w+|rond\w+|street)"
    r"|\b(?:v|ver|wer|version|wersj\w+|windows\w*|win|android\w*|ios\w*|macos\w*|ubuntu|python|java"
    r"|firmware|nr|no|bios\w*)\.?|\b(?:o|at|godz\w*\.?|po godzinie))[ ]?$"
)
_HOUSE_AFTER = re.compile(r"[ ]\d{1,3}[a-z]?(?:[/ ]\d{1,3})?(?![\d:.])(?:[,\s]|$)(?!lat|r\.)")
PAST_BEFORE = re.compile(
    r"\b(?:since|od|bought|purchased|ordered|paid|received|delivered|kupi\w+|kupowa\w+|zamowi\w+"
    r"|zaplaci\w+|zamowieni\w+ z|z dnia|faktur\w+ z|invoice from|dosta(?:l|lam|lem)|otrzyma\w+"
    r"|odebra\w+|zepsul\w+|broke|stopped)\b[^.!?]{0,40}$"
)


def spots(plain: str, today: date) -> Iterator[Spot]:
    """In a folded text that has a digit or the name of a month."""
    for pattern, read in _GRAMMARS:
        for match in pattern.finditer(plain):
            start, end = match.span("date") if "date" in pattern.groupindex else match.span()
            past = PAST_BEFORE.search(plain[max(0, start - 60) : start]) is not None
            found = read(match, today, past)
            if found is not None and not _is_something_else(plain, start, end):
                yield start, end, found


def _is_something_else(plain: str, start: int, end: int) -> bool:
    if _NO_DAY_BEFORE.search(plain[max(0, start - 20) : start]):
        return True
    # "3 maja 15" is an address, "3 maja 15:00" is not.
    is_named = plain[end - 1].isalpha() and plain[start].isdigit()
    return is_named and _HOUSE_AFTER.match(plain, end) is not None


def _iso(match: re.Match[str], today: date, past: bool) -> date | None:
    return day_or_none(int(match[1]), int(match[2]), int(match[3]))


def _full(match: re.Match[str], today: date, past: bool) -> date | None:
    return day_or_none(full_year(match[4]), int(match[3]), int(match[1]))


def _short(match: re.Match[str], today: date, past: bool) -> date | None:
    return nearest(int(match[2]), int(match[1]), today, past=past)


def _slash(match: re.Match[str], today: date, past: bool) -> date | None:
    past = past or match.group().startswith(("since", "od"))
    return nearest(int(match[3]), int(match[2]), today, past=past)


def _with_month(day: int, month: str, year: str | None, today: date, past: bool) -> date | None:
    if year:
        return day_or_none(int(year), MONTH_OF[month], day)
    return nearest(MONTH_OF[month], day, today, past=past)


def _numbered(match: re.Match[str], today: date, past: bool) -> date | None:
    return _with_month(int(match[1]), match[2], match[3], today, past)


def _spelled(match: re.Match[str], today: date, past: bool) -> date | None:
    return _with_month(day_of(match[1]), match[2], match[3], today, past)


def _month_first(match: re.Match[str], today: date, past: bool) -> date | None:
    return _with_month(int(match[2]), match[1], match[3], today, past)


def _the_nth(match: re.Match[str], today: date, past: bool) -> date | None:
    past = past or match.group().startswith("since")
    months = ((today.year, today.month), *_beside(today, past))
    days = [day_or_none(year, month, int(match[2])) for year, month in months]
    fits = (day for day in days if day is not None and (day <= today if past else day >= today))
    return next(fits, None)


def _beside(today: date, past: bool) -> tuple[tuple[int, int], ...]:
    index = today.year * 12 + today.month - 1 + (-1 if past else 1)
    return ((index // 12, index % 12 + 1),)


Reader = Callable[[re.Match[str], date, bool], "date | None"]
_GRAMMARS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_ISO, _iso),
    (_FULL, _full),
    (_SHORT, _short),
    (_SLASH, _slash),
    (_NUMBERED, _numbered),
    (_SPELLED, _spelled),
    (_MONTH_FIRST, _month_first),
    (_THE_NTH, _the_nth),
)
