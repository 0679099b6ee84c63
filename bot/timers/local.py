"""From a time on the wall to a moment in UTC, also on the days when clocks are changed. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """When it is `at` in the zone on that day, in UTC.

    In spring an hour is missing: a time in it is as long after midnight as on other days, so the
    clock shows an hour more. In autumn an hour comes twice: the first one is meant.
    """
    return datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC)


def next_moment(
    after: datetime, at: time, zone: ZoneInfo, *, weekday: int | None = None
) -> datetime:
    """The first moment after `after` when it is `at` in the zone, on that weekday (0: Monday)."""
    day = after.astimezone(zone).date()
    while True:
        found = moment(day, at, zone)
        if found > after and weekday in (None, day.weekday()):
            return found
        day += timedelta(days=1)
