"""What is wrong with a conversation, and what people hear of: the rules alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversations.state import Status
from bot.upkeep.rules import (
    AGENT_GONE_AFTER,
    CHECK_LATE,
    DELIVERY_WAITS,
    GRACE,
    TURN_WAITS,
    Alarm,
    Facts,
    Fault,
    Owning,
    Signs,
    alarms,
    faults,
)

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HERE = Owning(is_disabled=False, works_at_desk=True, is_signed_in=True)
HOME = replace(HERE, is_signed_in=False)
LONG_AGO, SOON = NOW - AGENT_GONE_AFTER, NOW + timedelta(minutes=5)

GOOD = {
    "bot": Facts("c", Status.BOT),
    "queued": Facts("c", Status.QUEUED, queued_at=NOW, due_at=SOON, timer_runs=True),
    "with agent": Facts("c", Status.WITH_AGENT, agent=HERE, customer_waits_since=LONG_AGO),
    "snoozed": Facts("c", Status.SNOOZED, due_at=SOON, timer_runs=True, agent=HERE),
    "closed": Facts("c", Status.CLOSED),
}


@pytest.mark.parametrize("name", GOOD)
def test_nothing_is_wrong_with(name: str) -> None:
    assert faults(GOOD[name], NOW) == ()


@pytest.mark.parametrize(
    "facts",
    [
        replace(GOOD["bot"], unasked_since=NOW - GRACE + timedelta(seconds=1)),  # on its way
        replace(GOOD["bot"], turn_is_open=True),
        replace(GOOD["queued"], due_at=LONG_AGO, timer_runs=False),  # over, and it has fired
        replace(GOOD["with agent"], agent=HOME, customer_waits_since=None),
        replace(GOOD["with agent"], agent=HOME, customer_waits_since=LONG_AGO + GRACE),
        replace(GOOD["snoozed"], agent=HOME, customer_waits_since=LONG_AGO),  # it wakes first
    ],
)
def test_what_may_be(facts: Facts) -> None:
    assert faults(facts, NOW) == ()


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        (replace(GOOD["bot"], unasked_since=NOW - GRACE), Fault.NO_TURN),
        (replace(GOOD["queued"], turn_is_open=True), Fault.STRAY_TURN),
        (replace(GOOD["closed"], turn_is_open=True), Fault.STRAY_TURN),
        (replace(GOOD["queued"], queued_at=None), Fault.NO_DEADLINE),
        (replace(GOOD["queued"], due_at=None), Fault.NO_DEADLINE),
        (replace(GOOD["queued"], timer_runs=False), Fault.NO_DEADLINE),
        (replace(GOOD["queued"], desk_has_agents=False), Fault.NOBODY_AT_DESK),
        (replace(GOOD["with agent"], agent=None), Fault.AGENT_DISABLED),
        (replace(GOOD["with agent"], agent=replace(HERE, is_disabled=True)), Fault.AGENT_DISABLED),
        (
            replace(GOOD["snoozed"], agent=replace(HERE, works_at_desk=False)),
            Fault.AGENT_LEFT_DESK,
        ),
        (replace(GOOD["with agent"], agent=HOME), Fault.AGENT_GONE),
        (replace(GOOD["snoozed"], timer_runs=False), Fault.NO_WAKING),
        (replace(GOOD["snoozed"], due_at=None), Fault.NO_WAKING),
    ],
)
def test_a_fault_is_named(facts: Facts, fault: Fault) -> None:
    assert faults(facts, NOW) == (fault,)


def test_no_news_is_good_news() -> None:
    assert alarms(Signs(), NOW) == ()
    busy = Signs(
        checked_at=NOW - CHECK_LATE,
        undelivered=7,
        oldest_undelivered_at=NOW - DELIVERY_WAITS,
        oldest_turn_at=NOW - TURN_WAITS,
        duplicates_refused=9,
        stale_sends_refused=9,
        dead_letters=3,  # these have a place of their own in the inbox
    )
    assert alarms(busy, NOW) == ()


def test_what_people_hear() -> None:
    second = timedelta(seconds=1)
    bad = Signs(
        checked_at=NOW - CHECK_LATE - second,
        without_owner=2,
        overdue=(("customer-care", 3),),
        undelivered=7,
        oldest_undelivered_at=NOW - DELIVERY_WAITS - second,
        oldest_turn_at=NOW - TURN_WAITS - second,
        late_timers=1,
    )
    assert alarms(bad, NOW) == (
        Alarm("overdue", 3, "customer-care"),
        Alarm("without_owner", 2),
        Alarm("slow_bot", 1),
        Alarm("undelivered", 7),
        Alarm("late_timers", 1),
        Alarm("unchecked", 1),
    )
