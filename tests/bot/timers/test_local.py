"""«At 9:00 Warsaw time», also when the clocks are changed (2026: 29 March and 25 October)."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.timers.local import moment, next_moment

WARSAW = ZoneInfo("Europe/Warsaw")
NINE = time(9)


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (utc(2026, 1, 15, 7, 59), utc(2026, 1, 15, 8)),  # winter: UTC+1
        (utc(2026, 1, 15, 8, 0), utc(2026, 1, 16, 8)),  # nine o'clock itself is over
        (utc(2026, 7, 15, 12, 0), utc(2026, 7, 16, 7)),  # summer: UTC+2
        (utc(2026, 3, 28, 20, 0), utc(2026, 3, 29, 7)),  # into summer time: 11 hours later
        (utc(2026, 10, 24, 20, 0), utc(2026, 10, 25, 8)),  # out of it: 12 hours later
        (utc(2026, 1, 15, 23, 30), utc(2026, 1, 16, 8)),  # in Warsaw it is the 16th already
    ],
)
def test_the_next_nine_oclock(after: datetime, expected: datetime) -> None:
    assert next_moment(after, NINE, WARSAW) == expected


def test_a_weekday_over_the_weekend_of_the_change() -> None:
    friday = utc(2026, 3, 27, 15)
    assert next_moment(friday, NINE, WARSAW, weekday=0) == utc(2026, 3, 30, 7)
    friday = utc(2026, 10, 23, 15)
    assert next_moment(friday, NINE, WARSAW, weekday=0) == utc(2026, 10, 26, 8)


def test_an_hour_that_does_not_exist_is_an_hour_later_on_the_clock() -> None:
    found = moment(date(2026, 3, 29), time(2, 30), WARSAW)
    assert found == utc(2026, 3, 29, 1, 30)
    assert found.astimezone(WARSAW).time() == time(3, 30)


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    assert moment(date(2026, 10, 25), time(2, 30), WARSAW) == utc(2026, 10, 25, 0, 30)


@given(
    st.integers(1_577_836_800, 2_051_222_400).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.sampled_from(["Europe/Warsaw", "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
)
def test_it_is_always_nine_there_within_the_next_25_hours(after: datetime, name: str) -> None:
    found = next_moment(after, NINE, ZoneInfo(name))
    assert 0 < (found - after).total_seconds() <= 25 * 3600
    assert found.astimezone(ZoneInfo(name)).time() == NINE
