"""Until when a conversation may be snoozed: the choices that an agent has. Pure."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import FirstlineError
from bot.timers.local import moment, next_moment

# The time of day at which «tomorrow» and «Monday» begin, in the desk's own zone.
MORNING = time(9)
MONDAY = 0


class NoSuchSnooze(FirstlineError):
    """Not one of the choices."""

    code = "no_such_snooze"
    status = 422


class BadSnoozeTime(FirstlineError):
    """No time, one that is over, or one that nobody remembers."""

    code = "bad_snooze_time"
    status = 422


LONGEST = timedelta(days=366)
# Whoever never writes again is not forgotten: it comes back by itself.
LONGEST_FOR_REPLY = timedelta(days=30)
AT = "at"  # a time of the agent's own

CHOICES: dict[str, Callable[[datetime, ZoneInfo], datetime]] = {
    "hour": lambda at, _: at + timedelta(hours=1),
    "three_hours": lambda at, _: at + timedelta(hours=3),
    "morning": lambda at, zone: next_moment(at, MORNING, zone),
    "monday": lambda at, zone: next_moment(at, MORNING, zone, weekday=MONDAY),
    "reply": lambda at, _: at + LONGEST_FOR_REPLY,
}


def snoozed_until(choice: str, at: datetime, zone: ZoneInfo, *, when: str = "") -> datetime:
    """The moment that is meant; raises NoSuchSnooze or BadSnoozeTime.

    `when`: for the choice AT, the time on the desk's clock, such as «2026-12-24T09:30».
    """
    if choice == AT:
        return _chosen(when, at, zone)
    try:
        return CHOICES[choice](at, zone)
    except KeyError:
        raise NoSuchSnooze from None


def _chosen(when: str, at: datetime, zone: ZoneInfo) -> datetime:
    try:
        wall = datetime.strptime(when.strip()[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise BadSnoozeTime from None
    until = moment(wall.date(), wall.time(), zone)
    if not at < until <= at + LONGEST:
        raise BadSnoozeTime
    return until
