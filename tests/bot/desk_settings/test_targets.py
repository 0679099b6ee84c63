"""What [DESK.targets] and [[DESK.escalations]] may say, and what is said of what they may not."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk_settings.table import BadDesksFile
from bot.desk_settings.targets import DeskTargets, Target, read_targets
from bot.desks import Desks
from bot.priority import Priority

FILE = Path("desks.toml")


def test_a_time_is_for_every_priority_or_for_some() -> None:
    found = read_targets(
        FILE, "it", {"first_response_minutes": 30, "resolution_minutes": {"urgent": 60}}, None
    )
    assert {found.time(Target.FIRST_RESPONSE, p) for p in Priority} == {timedelta(minutes=30)}
    assert found.time(Target.RESOLUTION, Priority.URGENT) == timedelta(hours=1)
    assert found.time(Target.RESOLUTION, Priority.NORMAL) is None
    assert found.time(Target.NEXT_RESPONSE, Priority.NORMAL) is None
    assert read_targets(FILE, "it", None, None) == DeskTargets()


def test_steps_are_in_order_with_the_warning_and_the_end() -> None:
    rules = [
        {"target": "resolution", "at": 150, "desk": "care"},
        {"target": "resolution", "at": 50, "priority": "low"},
    ]
    found = read_targets(FILE, "it", {"warn_at": 70}, rules)
    assert found.steps(Target.RESOLUTION) == (50, 70, 100, 150)
    assert found.steps(Target.FIRST_RESPONSE) == (70, 100)
    assert [rule.desk for rule in found.rules(Target.RESOLUTION, 150)] == ["care"]
    assert found.rules(Target.RESOLUTION, 50)[0].priority is Priority.LOW


@pytest.mark.parametrize(
    ("targets", "rules", "problem"),
    [
        ({"first_minutes": 1}, None, r"\[it.targets\] first_minutes is not known here"),
        ({"resolution_minutes": 0}, None, r"resolution_minutes must be a whole number, 1"),
        ({"resolution_minutes": {"top": 1}}, None, r"resolution_minutes\] top is not known"),
        ({"warn_at": 100}, None, r"warn_at must be a whole number, 1 to 99"),
        (None, {"at": 1}, r"escalations must be a list: \[\[it.escalations\]\]"),
        (None, [{"at": 1}], r"target must be one of first_response"),
        (None, [{"target": "resolution", "desk": "x"}], r"at is missing"),
        (None, [{"target": "resolution", "at": 90}], r"notify_leads or priority or desk must say"),
        (None, [{"target": "resolution", "at": 9, "priority": "top"}], r"must be one of low, no"),
    ],
)
def test_faults_name_their_place(targets: Any, rules: Any, problem: str) -> None:
    with pytest.raises(BadDesksFile, match=problem):
        read_targets(FILE, "it", targets, rules)


def test_a_desk_hands_on_to_desks_that_there_are(tmp_path: Path) -> None:
    path = tmp_path / "desks.toml"
    path.write_text(
        '[it]\nname = { en = "IT", pl = "IT" }\n'
        '[[it.escalations]]\ntarget = "resolution"\nat = 100\ndesk = "it"\n'
    )
    with pytest.raises(BadDesksFile, match="must be another desk of this file"):
        Desks.load(path)
