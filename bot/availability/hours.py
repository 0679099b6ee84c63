"""When a desk is open. Pure.

A desk has a week of opening hours in its own time zone, holidays on which it is closed, and
special days that go before both. A desk without any of them is always open. Times are times on
the wall: also on the two days on which clocks are changed a desk opens when the clock says so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# A desk that does not open within so many days has no next opening that anybody could be told.
HORIZON_DAYS = 400
MINUTES_A_DAY = 24 * 60

# Words in each language.
Words = Mapping[str, str]


@dataclass(frozen=True, order=True)
class Span:
    """Minutes after midnight; one that runs over midnight ends after 1440."""

    start: int
    end: int


WHOLE_DAY = (Span(0, MINUTES_A_DAY),)


@dataclass(frozen=True)
class SpecialDay:
    """Other hours than usual on one date; none: closed."""

    spans: tuple[Span, ...]
    reason: Words | None = None


@dataclass(frozen=True)
class Period:
    """From when until when it is open, in UTC; `end` None: for longer than anybody looks."""

    start: datetime
    end: datetime | None


def no_holidays(_: date) -> Words | None:
    """Of a desk that works on every holiday."""
    return None


@dataclass(frozen=True)
class Hours:
    """The opening hours of a desk. `week`: Monday first; None: all day, every day."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...] | None = None
    holiday: Callable[[date], Words | None] = no_holidays
    special: Mapping[date, SpecialDay] = field(default_factory=dict)

    @property
    def is_always_open(self) -> bool:
        """Whether nothing ever closes it."""
        return self.week is None and self.holiday is no_holidays and not self.special

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at this moment. It opens with the minute and closes with it."""
        return self.period_at(at) is not None

    def period_at(self, at: datetime) -> Period | None:
        """The period that this moment is in."""
        first = self._periods_from(at)
        return first if first is not None and first.start <= at else None

    def next_opening(self, at: datetime) -> datetime | None:
        """When it opens next, seen from a moment when it is closed; None: not that we knew."""
        first = self._periods_from(at)
        return None if first is None or first.start <= at else first.start

    def next_change(self, at: datetime) -> datetime | None:
        """When it opens or closes next; None when it never does."""
        first = self._periods_from(at)
        if first is None:
            return None
        return first.start if first.start > at else first.end

    def closed_because(self, at: datetime) -> Words | None:
        """Why it is not open as usual on this day, if it has a reason to tell."""
        day = at.astimezone(self.zone).date()
        special = self.special.get(day)
        return special.reason if special is not None else self.holiday(day)

    def after_open_time(self, at: datetime, duration: timedelta) -> datetime:
        """The moment at which it has been open for so long since `at`.

        A desk that does not open again is taken to be open: a deadline has to come.
        """
        left = duration
        for period in self.periods(at):
            start = max(period.start, at)
            if period.end is None or period.end - start >= left:
                return start + left
            left -= period.end - start
        return at + duration

    def open_time(self, since: datetime, until: datetime) -> timedelta:
        """For how long it was open in between."""
        found = timedelta(0)
        for period in self.periods(since):
            if period.start >= until:
                break
            end = until if period.end is None else min(period.end, until)
            found += max(end - max(period.start, since), timedelta(0))
        return found

    def periods(self, since: datetime) -> Iterator[Period]:
        """When it is open, from the period of this moment or the next one on, in order."""
        if self.is_always_open:
            yield Period(since, None)
            return
        first_day = since.astimezone(self.zone).date() - timedelta(days=2)
        last_day = first_day + timedelta(days=HORIZON_DAYS)
        running: Period | None = None
        for start, end in self._spans(first_day, last_day):
            if running is not None and running.end is not None and start <= running.end:
                running = Period(running.start, max(running.end, end))
                continue
            if running is not None and running.end is not None and running.end > since:
                yield running
            running = Period(start, end)
        if running is not None and running.end is not None and running.end > since:
            goes_on = running.end >= moment(last_day, MINUTES_A_DAY, self.zone)
            yield Period(running.start, None) if goes_on else running

    def _periods_from(self, at: datetime) -> Period | None:
        return next(self.periods(at), None)

    def _spans(self, first: date, last: date) -> Iterator[tuple[datetime, datetime]]:
        """Openings in order; those of neighbouring days may meet or overlap."""
        day = first
        while day <= last:
            for span in sorted(self._spans_of(day)):
                start, end = moment(day, span.start, self.zone), moment(day, span.end, self.zone)
                if start < end:  # a span that lies in the hour that spring leaves out is none
                    yield start, end
            day += timedelta(days=1)

    def _spans_of(self, day: date) -> tuple[Span, ...]:
        special = self.special.get(day)
        if special is not None:
            return special.spans
        if self.holiday(day) is not None:
            return ()
        return WHOLE_DAY if self.week is None else self.week[day.weekday()]


@lru_cache(maxsize=4096)
def moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """When the clock on the wall shows so many minutes after that day's midnight, in UTC.

    In spring an hour is missing: a time in it comes an hour later by the clock. In autumn an hour
    comes twice: the first one is meant.
    """
    days, rest = divmod(minutes, MINUTES_A_DAY)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)
    return wall.astimezone(UTC)
