"""Dates as people write them: 24 November 2026, 24 listopada 2026."""

from datetime import date

MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    "pl": (
        *("stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca"),
        *("sierpnia", "września", "października", "listopada", "grudnia"),
    ),
}


def long_date(day: date, language: str) -> str:
    """The date with the month in words."""
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"
