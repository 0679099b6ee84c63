"""The expected wait, from waits that were measured."""

from datetime import UTC, datetime, timedelta

from bot.queue.estimate import LONGEST_MINUTES, Minutes, Wait, estimate, paces

NINE = datetime(2026, 11, 30, 9, tzinfo=UTC)


def wait(queued: float, taken: float) -> Wait:
    """Minutes after nine."""
    start, end = NINE + timedelta(minutes=queued), NINE + timedelta(minutes=taken)
    return Wait(start, end, (taken - queued) * 60)


# One agent takes somebody every three minutes; seven came at nine.
STEADY = [wait(0, 3 * n) for n in range(1, 8)]


def test_the_pace_is_what_each_wait_has_seen() -> None:
    assert paces(STEADY) == [180.0] * 7


def test_the_expected_wait_is_the_place_times_the_pace() -> None:
    assert estimate(1, STEADY, stalled=0) == Minutes(3, 3)
    assert estimate(2, STEADY, stalled=0) == Minutes(6, 6)


def test_nothing_is_said_when_there_is_too_little_to_go_by() -> None:
    assert estimate(1, STEADY[:4], stalled=0) is None


def test_waits_that_differ_give_a_range_in_fives_beyond_ten_minutes() -> None:
    mixed = [wait(10 * n, 10 * n + minutes) for n, minutes in enumerate((1, 2, 4, 6, 9))]
    assert estimate(1, mixed, stalled=0) == Minutes(2, 6)
    assert estimate(4, mixed, stalled=0) == Minutes(8, 25)


def test_as_long_as_nobody_is_taken_the_pace_is_no_faster_than_that() -> None:
    assert estimate(1, STEADY, stalled=600) == Minutes(10, 10)


def test_beyond_an_hour_nobody_is_exact() -> None:
    assert estimate(40, STEADY, stalled=0) == Minutes(LONGEST_MINUTES, LONGEST_MINUTES)


def test_somebody_who_was_taken_at_once_makes_no_zero() -> None:
    assert estimate(1, [wait(n, n) for n in range(6)], stalled=0) == Minutes(1, 1)
