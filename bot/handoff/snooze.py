"""Until when a conversation may be snoozed: the choices that an agent has. Pure."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import FirstlineError
from bot.timers.local import next_moment

# The time of day at which «tomorrow» and «Monday» begin, in the desk's own zone.
MORNING = time(9)
MONDAY = 0


class NoSuchSnooze(FirstlineError):
    """Not one of the choices."""

    code = "no_such_snooze"
    status = 422


CHOICES: dict[str, Callable[[datetime, ZoneInfo], datetime]] = {
    "hour": lambda at, _: at + timedelta(hours=1),
    "three_hours": lambda at, _: at + timedelta(hours=3),
    "morning": lambda at, zone: next_moment(at, MORNING, zone),
    "monday": lambda at, zone: next_moment(at, MORNING, zone, weekday=MONDAY),
}


def snoozed_until(choice: str, at: datetime, zone: ZoneInfo) -> datetime:
    """The moment that is meant; raises NoSuchSnooze."""
    try:
        return CHOICES[choice](at, zone)
    except KeyError:
        raise NoSuchSnooze from None
