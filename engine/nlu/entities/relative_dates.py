"""Days told from today: "jutro", "in two weeks", "od poniedziałku", "last week". Pure.

A plain weekday is the next one; with since, od, last or zeszły it is the last one; with next or
przyszły it is the one of next week. A week is its Monday, a month its first day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from engine.nlu.entities.calendar_dates import Spot
from engine.nlu.entities.date_words import (
    DAY,
    DAY_OF,
    SHORT_DAY,
    last_weekday,
    monday_of,
    months_later,
    next_weekday,
)
from engine.nlu.entities.number_words import COUNT, count_of

_NEAR_DAY = re.compile(
    r"\b(?:(?P<today>today(?:'s)?|tonight|this (?:morning|afternoon|evening)"
    r"|dzis(?:iaj)?|dzisiejsz\w+)"
    r"|(?P<after>(?:the )?day after tomorrow|pojutrze)"
    r"|(?P<before>(?:the )?day before yesterday|przedwczoraj(?:sz\w+)?)"
    r"|(?P<tomorrow>tomorrow(?:'s)?|tmrw|jutro|jutrzejsz\w+)"
    r"|(?P<yesterday>yesterday(?:'s)?|last night|wczoraj(?:sz\w+)?))\b"
)
_NEAR_OF = {"today": 0, "after": 2, "before": -2, "tomorrow": 1, "yesterday": -1}

_UNIT = (
    r"(?P<unit>days?|dni|dniach|dzien|weeks?|tygodn(?:ie|i|iach|iem)|tydzien|months?"
    r"|miesi(?:ac|ace|ecy|acach|aca)|years?|lata?|rok|roku)"
)
_AHEAD = re.compile(
    rf"\b(?:in|za|within|w ciagu)[ ](?:about |around |jakies |okolo )?(?:(?P<count>{COUNT})[ ])?{_UNIT}\b"
    r"(?!['’]? (?:time )?warrant)"
)
_FROM_NOW = re.compile(rf"\b(?P<count>{COUNT})[ ]{_UNIT} (?:from now|from today)\b")
_AGO = re.compile(
    rf"\b(?:(?P<count>{COUNT})[ ])?(?:(?P<half>pol) )?{_UNIT}[ ](?:ago|temu|wczesniej)\b"
)
_SINCE = re.compile(
    rf"\b(?:od|for the (?:last|past)|from|since) (?P<date>(?:about |jakichs |ponad )?(?:(?P<count>{COUNT})[ ])?"
    r"(?P<unit>dni|days|tygodni[a]?|weeks|week|miesi(?:aca|ecy)|months?))\b(?! (?:roboczych|gwaranc))"
)

_NEXT = r"next|przyszl\w{1,3}|nastepn\w{1,3}|nadchodzac\w{1,3}|kolejn\w{1,2}"
_LAST = r"last|past|previous|zeszl\w{1,3}|ubiegl\w{1,3}|ostatni\w{0,3}|minion\w{1,3}"
_THIS = r"this|coming|this coming|ten|te|ta|najblizsz\w{1,3}"
_WEEKDAY = re.compile(
    rf"(?P<cue>\b(?:since|od)[ ])?(?P<date>(?:\b(?:(?P<next>{_NEXT})|(?P<last>{_LAST})|(?P<this>{_THIS})) )?"
    rf"\b(?:(?P<day>{DAY})|(?<=on )(?P<on>{SHORT_DAY})|(?<=next )(?P<n>{SHORT_DAY})"
    rf"|(?<=last )(?P<l>{SHORT_DAY})|(?<=since )(?P<s>{SHORT_DAY}))\b(?:[ ](?P<after>{_NEXT}|{_LAST})\b)?)"
)
_NO_WEEKDAY_BEFORE = re.compile(
    r"(?:black|cyber|good|every|each|kazd\w{1,3}|co|wielki|wielka|tlusty|do co)[ ]$"
)
_SPAN = re.compile(
    rf"\b(?:(?P<next>{_NEXT})|(?P<last>{_LAST}))[ ]"
    r"(?P<unit>week(?:end)?|tydzien|tygodniu|tygodnia|month|miesiac|miesiacu|miesiaca|weekendu?|year|rok|roku)\b"
)
_WEEKEND = re.compile(r"\b(?:w|(?:at|on|over|this|by) (?:the )?)[ ]?(?P<date>weekend)\b")

_HAS = re.compile(
    r"day\b|day'|days\b|dni|dzi|week|tyg|tydz|month|mies|year|lat|rok|last|tonight|this|tmrw|jutr|wczoraj"
    r"|\b(?:mon|tue|wed|thu|fri|sat|sun|pon|czw|sob|nie)|wtor|srod|czwart|piat"
)


def spots(plain: str, today: date) -> Iterator[Spot]:
    """In a folded text."""
    if _HAS.search(plain) is None:
        return
    for pattern, read in _GRAMMARS:
        for match in pattern.finditer(plain):
            start, end = match.span("date") if "date" in pattern.groupindex else match.span()
            found = read(match, today)
            if found is not None:
                yield start, end, found


def _near(match: re.Match[str], today: date) -> date | None:
    return today + timedelta(days=_NEAR_OF[match.lastgroup or "today"])


def _moved(today: date, count: int, unit: str) -> date | None:
    if unit.startswith("d"):
        return today + timedelta(days=count)
    if unit.startswith(("w", "t")):
        return today + timedelta(weeks=count)
    return months_later(today, count if unit.startswith("m") else 12 * count)


def _ahead(match: re.Match[str], today: date) -> date | None:
    if match["count"] is None and match["unit"] in ("days", "weeks", "months", "years", "dni"):
        return None
    return _moved(today, count_of(match["count"] or "1"), match["unit"])


def _ago(match: re.Match[str], today: date) -> date | None:
    if match["half"]:
        return months_later(today, -6) if match["unit"].startswith("r") else None
    if match["count"] is None and match["unit"].startswith(
        ("da", "dn", "wee", "mon", "yea", "lat")
    ):
        return None
    return _moved(today, -count_of(match["count"] or "1"), match["unit"])


def _since(match: re.Match[str], today: date) -> date | None:
    if match["count"] is None and match["unit"] not in ("tygodnia", "miesiaca", "week", "month"):
        return None
    if match["count"] is None and match.group().startswith(("from", "since")):
        return None
    return _moved(today, -count_of(match["count"] or "1"), match["unit"])


def _weekday(match: re.Match[str], today: date) -> date | None:
    if _NO_WEEKDAY_BEFORE.search(match.string[max(0, match.start() - 12) : match.start()]):
        return None
    name = match["day"] or match["on"] or match["n"] or match["l"] or match["s"]
    weekday, after = DAY_OF[name], match["after"] or ""
    if match["cue"] or match["last"] or match["l"] or re.fullmatch(_LAST, after):
        return last_weekday(weekday, today)
    if match["next"] or match["n"] or after:
        return monday_of(today) + timedelta(days=7 + weekday)
    return next_weekday(weekday, today)


def _span(match: re.Match[str], today: date) -> date | None:
    step, unit = (1 if match["next"] else -1), match["unit"]
    if unit.startswith("weekend"):
        if step < 0:
            return last_weekday(5, today)
        return monday_of(today) + timedelta(days=12)
    if unit.startswith(("w", "t")):
        return monday_of(today) + timedelta(weeks=step)
    if unit.startswith("m"):
        return months_later(today.replace(day=1), step)
    return date(today.year + step, 1, 1)


def _weekend(match: re.Match[str], today: date) -> date | None:
    return next_weekday(5, today)


Reader = Callable[[re.Match[str], date], "date | None"]
_GRAMMARS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_NEAR_DAY, _near),
    (_AHEAD, _ahead),
    (_FROM_NOW, _ahead),
    (_AGO, _ago),
    (_SINCE, _since),
    (_WEEKDAY, _weekday),
    (_SPAN, _span),
    (_WEEKEND, _weekend),
)
