"""Every status with every trigger: what it leads to, or that it is refused and changes nothing."""

from itertools import product
from pathlib import Path

import pytest

from bot.conversations.state import (
    OWNER,
    TABLE,
    Effect,
    IllegalTransition,
    Owner,
    Status,
    Trigger,
    advance,
    changes_owner,
)
from bot.conversations.statechart import page

# Written out by hand, so that a slip in the table cannot pass itself off as expected.
EXPECTED = """
                  bot         queued      with_agent  snoozed     closed
customer_message  bot         queued      with_agent  with_agent  -
hand_off          queued      -           -           -           -
claim             with_agent  with_agent  -           -           -
assign            -           with_agent  -           -           -
release           -           -           queued      queued      -
return_to_bot     -           bot         bot         bot         -
snooze            -           -           snoozed     -           -
wake              -           -           -           with_agent  -
close             closed      closed      closed      closed      -
hand_over         -           with_agent  with_agent  with_agent  -
change_desk       -           queued      queued      queued      -
leave_queue       -           bot         -           -           -
leave_contact     -           queued      -           -           -
correct           -           queued      -           -           -
"""


def expected() -> dict[tuple[Status, Trigger], Status | None]:
    head, *rows = EXPECTED.strip().splitlines()
    statuses = [Status(name) for name in head.split()]
    table: dict[tuple[Status, Trigger], Status | None] = {}
    for row in rows:
        trigger, *cells = row.split()
        for status, cell in zip(statuses, cells, strict=True):
            table[status, Trigger(trigger)] = None if cell == "-" else Status(cell)
    return table


@pytest.mark.parametrize(("status", "trigger"), list(product(Status, Trigger)))
def test_every_status_with_every_trigger(status: Status, trigger: Trigger) -> None:
    wanted = expected()[status, trigger]
    if wanted is None:
        with pytest.raises(IllegalTransition) as refusal:
            advance(status, trigger)
        assert refusal.value.status is status
        assert refusal.value.trigger is trigger
        assert trigger.value in str(refusal.value)
    else:
        assert advance(status, trigger).to is wanted


def test_the_epoch_rises_when_the_owner_changes_and_only_then() -> None:
    assert changes_owner(Status.BOT, Status.QUEUED, Trigger.HAND_OFF)
    assert changes_owner(Status.QUEUED, Status.WITH_AGENT, Trigger.CLAIM)
    assert changes_owner(Status.WITH_AGENT, Status.WITH_AGENT, Trigger.HAND_OVER)
    assert changes_owner(Status.QUEUED, Status.QUEUED, Trigger.CHANGE_DESK)
    assert not changes_owner(Status.WITH_AGENT, Status.SNOOZED, Trigger.SNOOZE)
    assert not changes_owner(Status.BOT, Status.BOT, Trigger.CUSTOMER_MESSAGE)


def test_the_bot_is_asked_only_while_it_owns_the_conversation() -> None:
    for (status, trigger), move in TABLE.items():
        if Effect.ASK_BOT in move.effects:
            assert OWNER[status] is OWNER[move.to] is Owner.BOT
            assert trigger is Trigger.CUSTOMER_MESSAGE


def test_the_customer_is_told_of_every_change_of_owner() -> None:
    told = {effect for effect in Effect if effect.name.startswith("TELL")}
    for (status, trigger), move in TABLE.items():
        assert changes_owner(status, move.to, trigger) == bool(told & set(move.effects))


def test_a_customer_can_always_write_until_the_conversation_is_closed() -> None:
    for status in set(Status) - {Status.CLOSED}:
        assert (status, Trigger.CUSTOMER_MESSAGE) in TABLE


def test_the_page_about_states_is_up_to_date() -> None:
    assert Path("docs/states.md").read_text("utf-8") == page()
