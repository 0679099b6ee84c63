"""Reads the opening hours of a desk out of `desks.toml`; every fault names its key."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from bot.availability.holidays import NoSuchCountry, public_holidays
from bot.availability.hours import MINUTES_A_DAY, Hours, Span, SpecialDay, Words, no_holidays
from bot.texts import LANGUAGES

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
LONGEST_REASON = 100
EXAMPLE = '["8:00-12:00", "13:00-18:00"]'


class BadHours(ValueError):
    """The key and what is wrong with it, as one sentence."""


# `Any`: what a person wrote into a TOML file.
def read_hours(entry: Mapping[str, Any], zone: ZoneInfo) -> Hours:
    """The hours of a desk's table: `hours`, `holidays` and `special`; raises BadHours."""
    return Hours(
        zone=zone,
        week=_week(entry.get("hours")),
        holiday=_holidays(entry.get("holidays")),
        special=_special(entry.get("special", [])),
    )


def _week(table: Any) -> tuple[tuple[Span, ...], ...] | None:
    if table is None:
        return None
    if not isinstance(table, dict):
        raise BadHours(f"hours must be a table such as {{ monday = {EXAMPLE} }}.")
    for name in table:
        if name not in WEEKDAYS:
            raise BadHours(f"hours.{name} is no weekday: {', '.join(WEEKDAYS)}.")
    if not any(table.values()):
        raise BadHours("hours opens on no day; leave it out for a desk that is always open.")
    return tuple(_spans(table.get(name, []), key=f"hours.{name}") for name in WEEKDAYS)


def _spans(value: Any, *, key: str) -> tuple[Span, ...]:
    if not isinstance(value, list) or not all(isinstance(span, str) for span in value):
        raise BadHours(f"{key} must be a list such as {EXAMPLE} (empty: closed).")
    spans = sorted(_span(words, key=key) for words in value)
    for before, after in pairwise(spans):
        if after.start < before.end:
            raise BadHours(f"{key} has hours that overlap; write them one after the other.")
    return tuple(spans)


def _span(words: str, *, key: str) -> Span:
    found = SPAN.fullmatch(words.strip())
    if found is None:
        raise BadHours(f'{key}: {words!r} must look like "8:00-16:30".')
    hour, minute, until_hour, until_minute = map(int, found.groups())
    start, end = hour * 60 + minute, until_hour * 60 + until_minute
    if minute > 59 or until_minute > 59 or start >= MINUTES_A_DAY or end > MINUTES_A_DAY:
        raise BadHours(f"{key}: {words!r} has a time that no clock shows; a day ends at 24:00.")
    if start == end:
        raise BadHours(f'{key}: {words!r} begins when it ends; all day is "0:00-24:00".')
    # One that ends before it begins runs over midnight.
    return Span(start, end if end > start else end + MINUTES_A_DAY)


def _holidays(place: Any) -> Callable[[date], Words | None]:
    if place is None:
        return no_holidays
    if not isinstance(place, str):
        raise BadHours('holidays must be a country such as "PL", or with its region "DE-BY".')
    try:
        return public_holidays(place)
    except NoSuchCountry as error:
        raise BadHours(f"holidays: {error}.") from None


def _special(days: Any) -> dict[date, SpecialDay]:
    if not isinstance(days, list) or not all(isinstance(day, dict) for day in days):
        raise BadHours("special must be written as [[DESK.special]] with date, hours and reason.")
    found: dict[date, SpecialDay] = {}
    for number, day in enumerate(days, start=1):
        key = f"special day {number}"
        _only(day, ("date", "until", "hours", "reason"), key=key)
        reason = _reason(day.get("reason"), key=key)
        spans = _spans(day.get("hours", []), key=f"{key}: hours")
        for each in _dates(day, key=key):
            if each in found:
                raise BadHours(f"{key}: {each} is listed twice.")
            found[each] = SpecialDay(spans, reason)
    return found


def _dates(day: Mapping[str, Any], *, key: str) -> Iterable[date]:
    first, last = day.get("date"), day.get("until", day.get("date"))
    for each in (first, last):
        if not isinstance(each, date) or isinstance(each, datetime):
            raise BadHours(f"{key}: date and until are days, without quotes: 2026-12-24.")
    assert isinstance(first, date)  # noqa: S101 - for the type checker
    assert isinstance(last, date)  # noqa: S101
    if not 0 <= (last - first).days <= 366:
        raise BadHours(f"{key}: until must not be before date, nor a year after it.")
    return [date.fromordinal(first.toordinal() + n) for n in range((last - first).days + 1)]


def _reason(words: Any, *, key: str) -> Words | None:
    if words is None:
        return None
    good = isinstance(words, dict) and all(
        isinstance(words.get(language), str) and 0 < len(words[language]) <= LONGEST_REASON
        for language in LANGUAGES
    )
    if not good:
        raise BadHours(f"{key}: reason = {{ en = …, pl = … }}, at most {LONGEST_REASON} letters.")
    return {language: words[language] for language in LANGUAGES}


def _only(table: Mapping[str, Any], allowed: Iterable[str], *, key: str) -> None:
    for name in table:
        if name not in allowed:
            raise BadHours(f"{key}: {name} is unknown; it may have {', '.join(allowed)}.")
