"""The doctor on somebody else's bot: what it lacks, a line each, with a remedy."""

from pathlib import Path
from typing import Any

import pytest

from bot.launcher import bot_checks
from bot.launcher.bot_checks import Check, State, examine_bot
from bot.launcher.bots import open_bot
from tests.processes import ROOT
from tests.your_bot.guests import PROJECTS, guest_settings

GOOD: dict[str, Any] = {
    "intents": ["greet", "talk_to_human"],
    "examples": 20,
    "stories": 4,
    "custom_actions": [],
    "told_slots": ["language"],
    "has_fallback": True,
    "too_long_memory": [],
    "kept_turns": 30,
    "missing_components": [],
    "asks_for_human": False,
    "broken_code": [],
    "missing_imports": [],
    "missing_actions": [],
    "reminders": False,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "config.yml").write_text("language: en\n")
    (tmp_path / "domain.yml").write_text("intents: []\n")
    return tmp_path


def checks(folder: Path) -> list[Check]:
    settings = guest_settings(folder)
    bot = open_bot(settings, root=ROOT)
    assert bot is not None
    return list(examine_bot(bot, settings, root=ROOT))


def bad(folder: Path) -> dict[str, Check]:
    return {check.name: check for check in checks(folder) if check.state is not State.OK}


@pytest.mark.parametrize(
    ("facts", "name", "state", "words"),
    [
        ({"error": "Failed to read nlu.yml"}, "bot data", State.FAIL, "Failed to read"),
        ({"stories": 0}, "bot data", State.FAIL, "0 steps"),
        ({"missing_components": ["a.B"]}, "bot components", State.FAIL, "a.B"),
        ({"has_fallback": False}, "bot fallback", State.WARN, "FallbackClassifier"),
        ({"intents": ["ask_operator"]}, "bot handoff", State.WARN, "never asks"),
        ({"told_slots": []}, "bot languages", State.WARN, "language"),
        ({"broken_code": ["actions.py, line 3: bad"]}, "bot actions", State.FAIL, "line 3"),
        ({"missing_imports": ["jira"]}, "bot actions", State.FAIL, "jira"),
        ({"custom_actions": ["action_x"]}, "bot actions", State.FAIL, "no code"),
        ({"reminders": True}, "bot reminders", State.WARN, "never fire"),
        ({"too_long_memory": ["TEDPolicy (50)"]}, "bot memory", State.WARN, "TEDPolicy (50)"),
    ],
)
def test_each_lack_has_a_line_with_a_remedy(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    facts: dict[str, Any],
    name: str,
    state: State,
    words: str,
) -> None:
    monkeypatch.setattr(bot_checks, "_inspect", lambda *_: GOOD | facts)
    found = bad(project)
    assert set(found) == {name}
    assert found[name].state is state
    assert words in found[name].detail
    assert found[name].remedy


def test_an_intent_that_sounds_like_it_is_proposed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_checks, "_inspect", lambda *_: GOOD | {"intents": ["ask_operator"]})
    assert bad(project)["bot handoff"].remedy == "FIRSTLINE_HUMAN_INTENTS=ask_operator"


def test_settings_that_are_not_used_are_told(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot_checks, "_inspect", lambda *_: GOOD)
    (project / "endpoints.yml").write_text("lock_store: {type: redis}\n")
    (project / "credentials.yml").write_text("telegram: {}\n")
    found = bad(project)
    assert set(found) == {"bot endpoints", "bot channels"}
    assert "lock_store" in found["bot endpoints"].detail


def test_a_folder_that_is_no_project(tmp_path: Path) -> None:
    (check,) = checks(tmp_path)
    assert check.state is State.FAIL
    assert "config.yml" in check.detail


@pytest.mark.engine
@pytest.mark.timeout(300)
def test_a_real_project_is_read_by_rasa_itself() -> None:
    found = {check.name: check for check in checks(PROJECTS / "library")}
    assert found["bot data"].state is State.OK
    assert found["bot actions"].state is State.OK
    assert found["bot memory"].state is State.WARN
    assert found["bot reminders"].state is State.WARN
    assert "bot components" not in found
