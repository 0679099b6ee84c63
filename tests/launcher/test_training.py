"""When the bot is trained, and what one learns when that fails."""

from pathlib import Path

import pytest

from bot.launcher import LauncherError
from bot.launcher.processes import Processes
from bot.launcher.training import ENGINE_PYTHON, Training, meaningful


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("config.yml", "domain.yml", "data/nlu/en/care.yml", "engine/importer.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return tmp_path


def training(checkout: Path) -> Training:
    return Training(checkout, models=Path("models"), logs=checkout / "logs")


def fake_rasa(checkout: Path, body: str) -> None:
    """A `python -m rasa` whose last argument is the folder for the model."""
    python = checkout / ENGINE_PYTHON
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\nfor last; do :; done\n{body}\n")
    python.chmod(0o755)


@pytest.mark.parametrize(
    "changed", ["config.yml", "data/nlu/en/care.yml", "data/nlu/pl/new.yml", "engine/importer.py"]
)
def test_the_fingerprint_sees_every_training_input(checkout: Path, changed: str) -> None:
    before = training(checkout).fingerprint()
    (checkout / changed).parent.mkdir(parents=True, exist_ok=True)
    (checkout / changed).write_text("different\n")
    assert training(checkout).fingerprint() != before


def test_the_fingerprint_sees_a_renamed_file(checkout: Path) -> None:
    before = training(checkout).fingerprint()
    (checkout / "data/nlu/en/care.yml").rename(checkout / "data/nlu/en/shop.yml")
    assert training(checkout).fingerprint() != before


def test_the_fingerprint_ignores_what_python_leaves_behind(checkout: Path) -> None:
    before = training(checkout).fingerprint()
    (checkout / "engine/__pycache__").mkdir()
    (checkout / "engine/__pycache__/importer.pyc").write_bytes(b"compiled")
    (checkout / "README.md").write_text("no training data")
    assert training(checkout).fingerprint() == before


def test_training_makes_a_current_model_until_something_changes(checkout: Path) -> None:
    fake_rasa(checkout, 'mkdir -p "$last" && echo model >"$last/firstline.tar.gz"')
    subject = training(checkout)
    assert not subject.is_current()
    with Processes(cwd=checkout) as processes:
        subject.run(processes)
    assert subject.is_current()
    assert sorted(path.name for path in subject.model.parent.iterdir()) == [
        "fingerprint",
        "firstline.tar.gz",
    ]
    (checkout / "domain.yml").write_text("changed\n")
    assert not subject.is_current()


def test_a_failing_training_keeps_the_old_model_and_says_what_rasa_said(checkout: Path) -> None:
    fake_rasa(checkout, "echo 'YamlException: line 3: no key utter_x in pl'; exit 1")
    subject = training(checkout)
    subject.model.parent.mkdir()
    subject.model.write_text("old model")
    with (
        Processes(cwd=checkout) as processes,
        pytest.raises(LauncherError, match="no key utter_x in pl") as caught,
    ):
        subject.run(processes)
    assert str(subject.log) in str(caught.value)
    assert subject.model.read_text() == "old model"
    assert not subject.is_current()


def test_a_training_without_a_model_has_failed_whatever_it_says(checkout: Path) -> None:
    fake_rasa(checkout, "exit 0")
    with Processes(cwd=checkout) as processes, pytest.raises(LauncherError, match="exit code 0"):
        training(checkout).run(processes)


def test_the_meaningful_end_of_a_log_has_no_colours_warnings_or_frames() -> None:
    log = [
        "\x1b[94mINFO\x1b[0m training",
        "x.py:1: DeprecationWarning: pkg_resources is deprecated",
        "  warnings.warn(old)",
        "Traceback (most recent call last):",
        '  File "engine/importer.py", line 3, in load',
        "    raise MissingLanguage",
        "engine.importer.MissingLanguage: data/responses/pl/care.yml lacks utter_care_invoice",
        "",
    ]
    assert meaningful(log) == [
        "INFO training",
        "Traceback (most recent call last):",
        "engine.importer.MissingLanguage: data/responses/pl/care.yml lacks utter_care_invoice",
    ]
    assert meaningful(["  only indented"]) == ["  only indented"]
