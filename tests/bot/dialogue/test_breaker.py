"""The breaker by a clock that the test moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.breaker import (
    FAILURES_IN_A_ROW,
    FIRST_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    TRIAL_TURNS,
    Breaker,
    BreakerState,
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock=clock, chance=lambda: 1.0)


def open_it(breaker: Breaker) -> None:
    for _ in range(FAILURES_IN_A_ROW):
        breaker.turn_failed()
    assert breaker.is_open


def pause_of(breaker: Breaker, clock: Clock) -> float:
    """Moves the clock to the next probe, in steps; returns how long that was."""
    began = clock.now
    while not breaker.probe_due():
        clock.now += 0.01
        assert clock.now - began < 2 * LONGEST_PAUSE_SECONDS
    return clock.now - began


def bring_to_trial(breaker: Breaker, clock: Clock) -> None:
    pause_of(breaker, clock)
    breaker.probe_began()
    breaker.probe_succeeded()
    assert breaker.in_trial


def test_single_failures_do_not_open_it(breaker: Breaker) -> None:
    for _ in range(50):
        breaker.turn_failed()
        breaker.turn_succeeded()
        breaker.turn_succeeded()
    assert breaker.state is BreakerState.CLOSED


def test_failures_in_a_row_open_it(breaker: Breaker) -> None:
    breaker.turn_succeeded()
    open_it(breaker)


def test_half_of_the_turns_failing_opens_it_without_a_row(breaker: Breaker) -> None:
    for _ in range(5):
        breaker.turn_succeeded()
        breaker.turn_failed()
    assert breaker.is_open


def test_one_probe_at_a_time_and_only_after_the_pause(breaker: Breaker, clock: Clock) -> None:
    open_it(breaker)
    assert not breaker.probe_due()
    clock.now += FIRST_PAUSE_SECONDS
    assert breaker.probe_due()
    breaker.probe_began()
    clock.now += 1000
    assert not breaker.probe_due()
    breaker.probe_failed()
    assert not breaker.probe_due()
    clock.now += 2 * FIRST_PAUSE_SECONDS
    assert breaker.probe_due()


def test_the_pause_doubles_up_to_a_bound(breaker: Breaker, clock: Clock) -> None:
    open_it(breaker)
    pauses = []
    for _ in range(100):
        pauses.append(pause_of(breaker, clock))
        breaker.probe_began()
        breaker.probe_failed()
    assert pauses[:4] == pytest.approx([0.5, 1, 2, 4], abs=0.02)
    assert pauses[-1] == pytest.approx(LONGEST_PAUSE_SECONDS, abs=0.02)


def test_a_probe_that_answers_is_only_a_trial(breaker: Breaker, clock: Clock) -> None:
    open_it(breaker)
    bring_to_trial(breaker, clock)
    for _ in range(TRIAL_TURNS):
        assert breaker.in_trial
        breaker.turn_succeeded()
    assert breaker.state is BreakerState.CLOSED
    open_it(breaker)
    assert pause_of(breaker, clock) == pytest.approx(FIRST_PAUSE_SECONDS, abs=0.02)


def test_an_engine_that_is_ready_but_fails_is_out_longer_each_time(
    breaker: Breaker, clock: Clock
) -> None:
    open_it(breaker)
    pauses = []
    for _ in range(4):
        pauses.append(pause_of(breaker, clock))
        breaker.probe_began()
        breaker.probe_succeeded()
        breaker.turn_failed()  # one is enough in a trial
        assert breaker.is_open
    assert pauses == pytest.approx([0.5, 1, 2, 4], abs=0.02)


def test_a_dead_engine_without_customers_is_found_by_probes(breaker: Breaker) -> None:
    breaker.probe_failed()
    breaker.probe_succeeded()
    breaker.probe_failed()
    assert not breaker.is_open
    breaker.probe_failed()
    assert breaker.is_open


def test_probes_do_not_excuse_failing_turns(breaker: Breaker) -> None:
    for _ in range(FAILURES_IN_A_ROW):
        breaker.probe_succeeded()
        breaker.turn_failed()
    assert breaker.is_open


def test_what_was_asked_before_it_opened_changes_nothing(breaker: Breaker, clock: Clock) -> None:
    open_it(breaker)
    for _ in range(10):
        breaker.turn_failed()
    breaker.turn_succeeded()
    assert breaker.is_open
    assert pause_of(breaker, clock) == pytest.approx(FIRST_PAUSE_SECONDS, abs=0.02)


def test_jitter_spreads_the_probes_of_many_services() -> None:
    pauses = []
    for chance in (0.0, 0.5, 1.0):
        clock = Clock()
        breaker = Breaker(clock=clock, chance=lambda chance=chance: chance)  # type: ignore[misc]
        open_it(breaker)
        pauses.append(pause_of(breaker, clock))
    assert pauses == pytest.approx([0.25, 0.375, 0.5], abs=0.02)


@given(st.lists(st.sampled_from(["good", "bad", "probe good", "probe bad", "time"]), max_size=200))
def test_whatever_happens_an_engine_that_answers_comes_back(story: list[str]) -> None:
    clock = Clock()
    breaker = Breaker(clock=clock, chance=lambda: 1.0)
    acts = {
        "good": breaker.turn_succeeded,
        "bad": breaker.turn_failed,
        "probe good": breaker.probe_succeeded,
        "probe bad": breaker.probe_failed,
    }
    for act in story:
        if act == "time":
            clock.now += 1
        else:
            acts[act]()
    if breaker.is_open:
        bring_to_trial(breaker, clock)
    for _ in range(TRIAL_TURNS):
        breaker.turn_succeeded()
    assert breaker.state is BreakerState.CLOSED
