"""Dates, also relative ones, in English and Polish, as ISO dates. Pure."""

from __future__ import annotations

import re
from datetime import date

from engine.nlu.entities import calendar_dates, relative_dates
from engine.nlu.entities.date_words import MONTH
from engine.nlu.entities.found import Found, folded, longest, place

_CALENDAR = re.compile(rf"\d|\b(?:{MONTH})\b")


def find(text: str, today: date) -> list[Found]:
    """A day without its year is the nearest one, or the last one where it must have been."""
    plain = folded(text)
    spots = list(relative_dates.spots(plain, today))
    if _CALENDAR.search(plain) is not None:
        spots += calendar_dates.spots(plain, today)
    return longest(place(text, start, end, day.isoformat()) for start, end, day in spots)
