"""The door lets a bounded number in, and says to the others when to come back."""

import pytest

from bot.gate import Busy, Gate


def test_one_too_many_is_sent_away_and_may_come_back() -> None:
    gate = Gate(2, seconds=2.0)
    with gate.enter(), gate.enter():
        with pytest.raises(Busy) as refused, gate.enter():
            pass
        assert 1.0 <= float(str(refused.value.values["retry_after"])) <= 3.0
    with gate.enter(), gate.enter():
        pass


def test_who_leaves_with_an_error_has_left() -> None:
    gate = Gate(1, seconds=2.0)
    with pytest.raises(ZeroDivisionError), gate.enter():
        raise ZeroDivisionError
    with gate.enter():
        pass
