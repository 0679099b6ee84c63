"""When a desk is open: spans, nights, changes of the clock, holidays, special days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.availability.hours import Hours, SpecialDay
from bot.availability.reading import read_hours

WARSAW = ZoneInfo("Europe/Warsaw")
OFFICE = {day: ["8:00-12:00", "13:00-16:30"] for day in ("monday", "tuesday", "wednesday")}


def hours(week: dict[str, list[str]] | None = None, **more: object) -> Hours:
    return read_hours({"hours": week or OFFICE, **more}, WARSAW)


def warsaw(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=WARSAW)


# 2026-11-30 is a Monday.
@pytest.mark.parametrize(
    ("clock", "is_open"),
    [
        ("07:59", False),
        ("08:00", True),
        ("11:59", True),
        ("12:00", False),
        ("12:59", False),
        ("13:00", True),
        ("16:29", True),
        ("16:30", False),
    ],
)
def test_it_opens_and_closes_with_the_minute(clock: str, is_open: bool) -> None:
    assert hours().is_open(warsaw("2026-11-30", clock)) is is_open


def test_the_next_opening_is_after_lunch_then_tomorrow_then_next_week() -> None:
    desk = hours()
    assert desk.next_opening(warsaw("2026-11-30", "12:30")) == warsaw("2026-11-30", "13:00")
    assert desk.next_opening(warsaw("2026-11-30", "20:00")) == warsaw("2026-12-01", "08:00")
    assert desk.next_opening(warsaw("2026-12-02", "17:00")) == warsaw("2026-12-07", "08:00")
    assert desk.next_opening(warsaw("2026-11-30", "09:00")) is None  # it is open


def test_the_next_change_is_closing_while_it_is_open() -> None:
    desk = hours()
    assert desk.next_change(warsaw("2026-11-30", "09:00")) == warsaw("2026-11-30", "12:00")
    assert desk.next_change(warsaw("2026-11-30", "12:00")) == warsaw("2026-11-30", "13:00")


def test_the_night_shift_runs_over_midnight_into_a_day_without_hours() -> None:
    desk = hours({"friday": ["22:00-6:00"]})
    assert desk.is_open(warsaw("2026-12-05", "05:59"))
    assert not desk.is_open(warsaw("2026-12-05", "06:00"))
    assert desk.next_change(warsaw("2026-12-04", "23:00")) == warsaw("2026-12-05", "06:00")


def test_days_that_meet_at_midnight_are_one_period() -> None:
    desk = hours({"monday": ["9:00-24:00"], "tuesday": ["0:00-3:00"]})
    assert desk.next_change(warsaw("2026-11-30", "10:00")) == warsaw("2026-12-01", "03:00")


def test_spring_takes_an_hour_of_the_night_shift() -> None:
    """2026-03-29, 2:00 becomes 3:00: 22:00 to 6:00 is seven hours."""
    desk = hours({"saturday": ["22:00-6:00"]})
    start = desk.next_opening(warsaw("2026-03-28", "12:00"))
    assert start == datetime(2026, 3, 28, 21, tzinfo=UTC)
    assert desk.next_change(start) == datetime(2026, 3, 29, 4, tzinfo=UTC)
    assert desk.open_time(start, start + timedelta(days=1)) == timedelta(hours=7)


def test_autumn_gives_it_one() -> None:
    """2026-10-25, 3:00 becomes 2:00: 22:00 to 6:00 is nine hours."""
    desk = hours({"saturday": ["22:00-6:00"]})
    start = desk.next_opening(warsaw("2026-10-24", "12:00"))
    assert start == datetime(2026, 10, 24, 20, tzinfo=UTC)
    assert desk.open_time(start, start + timedelta(days=1)) == timedelta(hours=9)


@pytest.mark.parametrize("friday", ["2026-03-27", "2026-10-23"])
def test_monday_at_eight_is_eight_on_the_wall_after_the_clocks_were_changed(friday: str) -> None:
    opens = hours().next_opening(warsaw(friday, "17:00"))
    assert opens is not None
    assert opens.astimezone(WARSAW).strftime("%A %H:%M") == "Monday 08:00"


def test_hours_that_lie_in_the_hour_that_spring_leaves_out_are_none() -> None:
    desk = hours({"sunday": ["2:00-2:30", "9:00-10:00"]})
    opens = desk.next_opening(warsaw("2026-03-28", "12:00"))
    assert opens is not None
    # 2:00 is not on the clock that night: it comes as 3:00, and closes as late.
    assert opens.astimezone(WARSAW).hour == 3
    assert desk.open_time(opens, opens + timedelta(hours=2)) == timedelta(minutes=30)


def test_a_public_holiday_is_closed_and_says_its_name_in_both_languages() -> None:
    desk = hours({day: ["8:00-16:00"] for day in ("thursday", "friday", "monday")}, holidays="PL")
    christmas = warsaw("2026-12-25", "10:00")  # a Friday
    assert not desk.is_open(christmas)
    assert desk.next_opening(christmas) == warsaw("2026-12-28", "08:00")
    reason = desk.closed_because(christmas)
    assert reason is not None
    assert "Christmas" in reason["en"]
    assert "Boże Narodzenie" in reason["pl"]


def test_a_special_day_goes_before_a_holiday_and_before_the_week() -> None:
    desk = hours(
        {"friday": ["8:00-16:00"]},
        holidays="PL",
        special=[
            {"date": date(2026, 12, 25), "hours": ["10:00-11:00"]},
            {
                "date": date(2026, 12, 4),
                "until": date(2026, 12, 11),
                "reason": {"en": "Stocktaking", "pl": "Inwentaryzacja"},
            },
        ],
    )
    assert desk.is_open(warsaw("2026-12-25", "10:30"))
    assert not desk.is_open(warsaw("2026-12-11", "10:00"))
    assert desk.closed_because(warsaw("2026-12-04", "10:00")) == {
        "en": "Stocktaking",
        "pl": "Inwentaryzacja",
    }
    assert desk.next_opening(warsaw("2026-12-04", "10:00")) == warsaw("2026-12-18", "08:00")


def test_a_desk_without_hours_is_always_open() -> None:
    desk = read_hours({}, WARSAW)
    at = warsaw("2026-12-25", "03:00")
    assert desk.is_open(at)
    assert desk.next_change(at) is None
    assert desk.after_open_time(at, timedelta(minutes=30)) == at + timedelta(minutes=30)


def test_a_desk_that_is_always_open_but_on_holidays() -> None:
    desk = read_hours({"holidays": "PL"}, WARSAW)
    assert desk.next_change(warsaw("2026-12-23", "12:00")) == warsaw("2026-12-24", "00:00")
    assert desk.next_opening(warsaw("2026-12-24", "12:00")) == warsaw("2026-12-27", "00:00")


def test_a_desk_that_does_not_open_any_more_has_no_next_opening() -> None:
    closed = {date(2026, 11, 28) + timedelta(days=n): SpecialDay(()) for n in range(500)}
    desk = Hours(WARSAW, special=closed)
    at = warsaw("2026-11-29", "12:00")
    assert not desk.is_open(at)
    assert desk.next_opening(at) is None
    assert desk.after_open_time(at, timedelta(hours=1)) == at + timedelta(hours=1)


def test_a_deadline_counts_opening_hours_only() -> None:
    desk = hours()
    tuesday = desk.after_open_time(warsaw("2026-11-30", "16:20"), timedelta(minutes=30))
    assert tuesday == warsaw("2026-12-01", "08:20")
    night = desk.after_open_time(warsaw("2026-11-30", "23:00"), timedelta(minutes=30))
    assert night == warsaw("2026-12-01", "08:30")
    lunch = desk.after_open_time(warsaw("2026-11-30", "11:50"), timedelta(minutes=30))
    assert lunch == warsaw("2026-11-30", "13:20")


minutes = st.integers(0, 24 * 60 - 1)
moments = st.datetimes(datetime(2025, 12, 1), datetime(2027, 2, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(
    ["Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
)


@st.composite
def some_hours(draw: st.DrawFn) -> Hours:
    """Any week, in any zone; Lord Howe changes its clocks by half an hour."""
    week: dict[str, list[str]] = {}
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"):
        ends = sorted(draw(st.lists(minutes, max_size=4, unique=True)))
        pairs = zip(ends[::2], ends[1::2], strict=False)
        week[day] = [f"{a // 60}:{a % 60:02}-{b // 60}:{b % 60:02}" for a, b in pairs]
    week["monday"] = week["monday"] or ["22:30-5:15"]
    return read_hours({"hours": week, "holidays": "PL"}, ZoneInfo(draw(zones)))


@settings(max_examples=60, deadline=None)
@given(some_hours(), moments, st.integers(1, 4000))
def test_opening_closing_and_open_time_agree(desk: Hours, at: datetime, minutes: int) -> None:
    change = desk.next_change(at)
    assert change is not None
    assert change > at
    is_open = desk.is_open(at)
    just_before = change - timedelta(microseconds=1)
    assert desk.is_open(just_before) is is_open
    assert desk.is_open(change) is not is_open
    assert desk.next_opening(at) == (None if is_open else change)
    duration = timedelta(minutes=minutes)
    deadline = desk.after_open_time(at, duration)
    assert desk.open_time(at, deadline) == duration
