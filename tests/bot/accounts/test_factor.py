"""Codes: right, late, used, typed badly; and the seal around their secret."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from bot.accounts import factor
from bot.accounts.seal import Seal, Unreadable

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
AT = datetime(2026, 11, 28, 12, 0, 15, tzinfo=UTC)
STEP = int(AT.timestamp()) // 30


def code(seconds: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(AT + timedelta(seconds=seconds))


def test_the_code_of_now_and_of_a_clock_that_is_a_little_wrong_is_right() -> None:
    assert factor.step_of(SECRET, code(), AT, after=0) == STEP
    assert factor.step_of(SECRET, code(-30), AT, after=0) == STEP - 1
    assert factor.step_of(SECRET, code(30), AT, after=0) == STEP + 1
    for seconds in (-60, 60):
        assert factor.step_of(SECRET, code(seconds), AT, after=0) is None


def test_a_code_is_good_once_and_older_ones_not_at_all() -> None:
    assert factor.step_of(SECRET, code(), AT, after=STEP) is None
    assert factor.step_of(SECRET, code(-30), AT, after=STEP) is None
    assert factor.step_of(SECRET, code(30), AT, after=STEP) == STEP + 1


def test_spaces_and_case_do_not_matter_and_nonsense_is_wrong() -> None:
    spaced = f" {code()[:3]} {code()[3:]} "
    assert factor.step_of(SECRET, spaced, AT, after=0) == STEP
    for typed in ("", "1", "ąęł", "000000000000", "\u0661\u0662\u0663\u0664\u0665\u0666"):
        assert factor.step_of(SECRET, typed, AT, after=0) is None
    assert factor.plain("K3M9P-xq7rt ") == "k3m9pxq7rt"


def test_backup_codes_are_ten_and_all_different() -> None:
    codes = factor.new_backup_codes()
    assert len(set(codes)) == 10
    assert all(len(factor.plain(one)) == 10 for one in codes)


def test_each_further_wrong_code_costs_a_longer_wait_up_to_an_hour() -> None:
    pauses = [factor.pause_minutes(failures) for failures in range(1, 14)]
    assert pauses == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_what_is_sealed_opens_with_the_same_key_and_purpose_alone() -> None:
    seal = Seal("secret", purpose="second factors")
    sealed = seal.close(SECRET)
    assert SECRET not in sealed
    assert seal.open(sealed) == SECRET
    assert seal.close(SECRET) != sealed
    broken = sealed[:-4] + ("AAAA" if sealed[-4:] != "AAAA" else "BBBB")
    for other, words in [
        (Seal("another", purpose="second factors"), sealed),
        (Seal("secret", purpose="sign-in"), sealed),
        (seal, broken),
        (seal, "nonsense"),
        (seal, ""),
    ]:
        with pytest.raises(Unreadable):
            other.open(words)
