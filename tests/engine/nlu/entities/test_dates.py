"""Days are understood in both languages, and not found where there are none."""

from datetime import date

import pytest

from engine.nlu.entities import dates
from tests.engine.nlu.entities.date_cases import CASES, TODAY


@pytest.mark.parametrize(("text", "days"), CASES.items())
def test_a_message_names_these_days(text: str, days: list[str]) -> None:
    assert [found.value for found in dates.find(text, TODAY)] == days


def test_the_place_is_that_of_the_date_alone() -> None:
    text = "Nie działa od poniedziałku, pomocy"
    (found,) = dates.find(text, TODAY)
    assert found.text == text[found.start : found.end] == "poniedziałku"


def test_a_weekday_is_never_today() -> None:
    friday = date(2026, 11, 27)
    assert [found.value for found in dates.find("on Friday", friday)] == ["2026-12-04"]
    assert [found.value for found in dates.find("since Friday", friday)] == ["2026-11-20"]


def test_a_month_later_is_never_after_its_end() -> None:
    assert [found.value for found in dates.find("in a month", date(2026, 1, 31))] == ["2026-02-28"]


@pytest.mark.parametrize("text", ["31.02.2026", "32 marca", "2026-13-01", "0.12"])
def test_a_day_that_does_not_exist_is_none(text: str) -> None:
    assert dates.find(text, TODAY) == []
