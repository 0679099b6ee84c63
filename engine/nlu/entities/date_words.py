"""The names of days and months in both languages, and the arithmetic with them. Pure."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

MONDAY = 0
_MONTHS = (
    "stycznia|styczen|styczniu|january|jan",
    "lutego|luty|lutym|february|feb",
    "marca|marzec|marcu|march|mar",
    "kwietnia|kwiecien|kwietniu|april|apr",
    "maja|maju|may",
    "czerwca|czerwiec|czerwcu|june|jun",
    "lipca|lipiec|lipcu|july|jul",
    "sierpnia|sierpien|sierpniu|august|aug",
    "wrzesnia|wrzesien|wrzesniu|september|sept|sep",
    "pazdziernika|pazdziernik|pazdzierniku|october|oct",
    "listopada|listopad|listopadzie|november|nov",
    "grudnia|grudzien|grudniu|december|dec",
)
_DAYS = (
    "poniedzialek|poniedzialku|monday",
    "wtorek|wtorku|tuesday",
    "sroda|srode|srody|wednesday",
    "czwartek|czwartku|thursday",
    "piatek|piatku|friday",
    "sobota|sobote|soboty|saturday",
    "niedziela|niedziele|niedzieli|sunday",
)
# Short names are also other words ("sat", "sun"): only after a word such as "on".
_SHORT_DAYS = ("mon|pon", "tue|tues", "wed", "thu|thur|thurs|czw", "fri", "sat|sob", "sun|niedz")


def _numbered(names: tuple[str, ...], first: int) -> dict[str, int]:
    return {name: at for at, group in enumerate(names, first) for name in group.split("|")}


MONTH_OF = _numbered(_MONTHS, 1)
DAY_OF = _numbered(_DAYS, MONDAY) | _numbered(_SHORT_DAYS, MONDAY)
MONTH = "|".join(sorted(MONTH_OF, key=len, reverse=True))
# The month comes first in English only: "Maja 15" is the end of an address.
ENGLISH_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
DAY = "|".join(name for group in _DAYS for name in group.split("|"))
SHORT_DAY = "|".join(sorted("|".join(_SHORT_DAYS).split("|"), key=len, reverse=True))


def day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def full_year(digits: str) -> int:
    return 2000 + int(digits) if len(digits) == 2 else int(digits)


def nearest(month: int, day: int, today: date, *, past: bool) -> date | None:
    """A day without its year: the nearest one, or the last one if it has been."""
    years = (today.year - 1, today.year, today.year + 1)
    days = [found for year in years if (found := day_or_none(year, month, day)) is not None]
    if past:
        return max((found for found in days if found <= today), default=None)
    return min(days, key=lambda found: (abs((found - today).days), found < today), default=None)


def next_weekday(weekday: int, today: date) -> date:
    """The next one after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def last_weekday(weekday: int, today: date) -> date:
    """The last one before today."""
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


def monday_of(today: date) -> date:
    return today - timedelta(days=today.weekday())


def months_later(today: date, months: int) -> date | None:
    index = today.year * 12 + today.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9998:
        return None
    return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
