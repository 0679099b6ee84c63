"""Rasa's own checks: the training data holds together, and the test stories come out as told."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.processes import ENGINE_PYTHON, QUIET, ROOT, newest_model

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


def rasa(*arguments: str) -> None:
    """Runs one Rasa command; the end of its output is the failure."""
    done = subprocess.run(
        [ENGINE_PYTHON, "-m", "rasa", *arguments],
        cwd=ROOT,
        # Nobody is called: Rasa only wants endpoints.yml to be complete.
        env={**QUIET, "FIRSTLINE_ACTIONS_URL": "http://127.0.0.1:9/webhook"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4_000:]


def test_every_form_has_a_story() -> None:
    forms = yaml.safe_load(ROOT.joinpath("domain.yml").read_text("utf-8"))["forms"]
    stories = "".join(
        story.read_text("utf-8") for story in ROOT.joinpath("tests", "dialogues").glob("*.yml")
    )
    assert len(forms) >= 14
    assert [form for form in forms if form not in stories] == []


def test_training_data_is_valid() -> None:
    rasa("data", "validate", "--fail-on-warnings", "--max-history", "5")


def test_stories_come_out_as_told(tmp_path: Path) -> None:
    # Rasa only reads test stories with user text from files that are named test_*.
    for story in ROOT.joinpath("tests", "dialogues").glob("*.yml"):
        shutil.copy(story, tmp_path / f"test_{story.name}")
    rasa(
        *("test", "core", "--e2e", "--fail-on-prediction-errors", "--no-plot"),
        *("--model", str(newest_model()), "--stories", str(tmp_path)),
        *("--out", str(tmp_path / "results")),
    )
