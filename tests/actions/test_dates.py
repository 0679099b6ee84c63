"""Days in words, in both languages."""

import pytest

from actions.dates import working_days


@pytest.mark.parametrize(
    ("count", "english", "polish"),
    [
        ("1", "1 working day", "1 dzień roboczy"),
        ("3", "3 working days", "3 dni robocze"),
        ("5", "5 working days", "5 dni roboczych"),
        ("12", "12 working days", "12 dni roboczych"),
        ("22", "22 working days", "22 dni robocze"),
        ("2-3", "2-3", "2-3"),
    ],
)
def test_working_days_are_declined(count: str, english: str, polish: str) -> None:
    assert working_days(count, "en") == english
    assert working_days(count, "pl") == polish
