"""Who is left alone, and what can be chosen."""

import pytest

from bot.accounts.models import Agent
from bot.accounts.permissions import Role
from bot.alerts.booking import has_looked
from bot.alerts.rules import BadChoice, Choice, Kind, When, is_quiet, offered, read_choice

OFF = ("offline", "break")


@pytest.mark.parametrize("state", ["online", "away", "break", "offline"])
@pytest.mark.parametrize("is_here", [True, False])
@pytest.mark.parametrize("is_open", [True, False])
def test_who_is_left_alone(state: str, is_here: bool, is_open: bool) -> None:
    def told(when: When) -> bool:
        return not is_quiet(when, state, is_here=is_here, is_open=is_open)

    assert told(When.ALWAYS)
    assert told(When.HERE) == (state not in OFF and is_here)
    assert told(When.OPEN) == (state not in OFF and (is_here or is_open))


def test_a_form_is_read_or_refused() -> None:
    agent = Agent(role=Role.AGENT)
    assert read_choice(agent, ["near", "mention"], "300", "open") == Choice(
        frozenset({Kind.NEAR, Kind.MENTION}), 300, When.OPEN
    )
    assert read_choice(agent, [], "30", "here").kinds == frozenset()
    for bad in (["x"], "60", "here"), ([], "61", "here"), ([], "", "here"), ([], "60", "never"):
        with pytest.raises(BadChoice):
            read_choice(agent, *bad)


@pytest.mark.parametrize("role", Role)
def test_leads_alone_are_offered_escalations(role: Role) -> None:
    agent = Agent(role=role)
    is_lead = role is not Role.AGENT
    assert (Kind.ESCALATED in offered(agent)) is is_lead
    assert set(Kind) - set(offered(agent)) <= {Kind.ESCALATED}
    if is_lead:
        assert read_choice(agent, ["escalated"], "60", "here").kinds == {Kind.ESCALATED}
    else:
        with pytest.raises(BadChoice):
            read_choice(agent, ["escalated"], "60", "here")


@pytest.mark.parametrize(
    ("seq", "read", "last", "expected"),
    [(5, 0, 6, False), (5, 5, 6, False), (5, 6, 6, True), (5, 6, 9, True), (5, 5, 5, True)],
)
def test_who_has_read_on_has_looked(seq: int, read: int, last: int, expected: bool) -> None:
    assert has_looked(seq, read, last) is expected
