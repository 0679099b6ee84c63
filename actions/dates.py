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


def working_days(count: str, language: str) -> str:
    """So many working days, declined; what is no number stays as it is."""
    if not count.isdecimal():
        return count
    number = int(count)
    if language != "pl":
        return f"{number} working day{'' if number == 1 else 's'}"
    if number == 1:
        return "1 dzień roboczy"
    return f"{number} dni {'robocze' if _is_few(number) else 'roboczych'}"


def _is_few(number: int) -> bool:
    """Polish has 2 to 4, 22 to 24 and so on in another case than the rest."""
    return number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14)
