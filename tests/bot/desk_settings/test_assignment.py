"""What [DESK.assignment] may say, and what is said of what it may not."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk_settings.assignment import AssignmentRule, Strategy, read_assignment
from bot.desk_settings.table import BadDesksFile

FILE = Path("desks.toml")


def read(**settings: Any) -> AssignmentRule:
    return read_assignment(FILE, "it", settings)


def test_without_a_word_agents_take_from_the_queue_and_keep_what_they_took() -> None:
    rule = read_assignment(FILE, "it", None)
    assert rule == AssignmentRule() == read()
    assert rule.strategy is Strategy.PULL
    assert rule.return_unanswered is None
    assert rule.weight("web") == 1


def test_a_desk_that_gives_takes_back_what_is_not_answered() -> None:
    rule = read(strategy="least_busy", weights={"web": 2}, fallback_minutes=0)
    assert rule.return_unanswered == timedelta(minutes=10)
    assert (rule.weight("web"), rule.weight("slack"), rule.capacity) == (2, 1, 5)
    assert rule.fallback == timedelta(0)
    assert read(strategy="round_robin", return_unanswered_minutes=0).return_unanswered is None
    assert not read(prefer_last_agent=False).prefer_last_agent


def test_topics_need_skills_by_name_or_pattern() -> None:
    rule = read(needs={"it_vpn": ["network"], "it_*": ["it"]})
    assert rule.skills("it_vpn") == {"network", "it"}
    assert rule.skills("it_printer") == {"it"}
    assert rule.skills("care_refund") == rule.skills(None) == frozenset()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"strategy": "random"}, r"\[it.assignment\] strategy must be one of pull, round_robin"),
        ({"capacity": 0}, r"capacity must be a whole number, 1 to 1000"),
        ({"weights": 3}, r"\[it.assignment.weights\] must be a table"),
        ({"weights": {"web": 0}}, r"\[it.assignment.weights\] web must be a whole number, 1"),
        ({"weights": {"web": 9}}, r"web is more than the capacity \(5\)"),
        ({"needs": ["x"]}, r"\[it.assignment.needs\] must be a table"),
        ({"needs": {"it_vpn": "network"}}, r"it_vpn must be a list of texts"),
        ({"prefer_last_agent": 1}, r"prefer_last_agent must be true or false"),
        ({"skill": 1}, r"skill is not known here"),
    ],
)
def test_faults_name_their_place(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadDesksFile, match=problem):
        read(**settings)
