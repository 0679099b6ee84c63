"""Dates, also relative ones, in English and Polish, as ISO dates. Pure.

Grammars of our own, because `dateparser` 1.5, even when told the language, takes "nie" for Sunday
and "się" for August. On 600 training examples, which others wrote, it finds dates in 118 messages
(0.98 ms median), these grammars in 26 (0.03 ms). Of the 97 that only dateparser reports, three name
a month ("in June"), one a year, several "now", and no other a day; all 5 that only these report do.
On the 93 cases of tests/engine/nlu/entities/date_cases.py dateparser has a precision of 0.57 and a
recall of 0.58 (0.60 and 0.67 without cases that turn on our conventions). These grammars were
written along with that table: that they get all of it right is a regression test, no estimate.
"""

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
