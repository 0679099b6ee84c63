"""CI's gates: how well the trained bot understands messages that it was never shown."""

import csv
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from engine.checks.project import read_project
from tests.processes import ENGINE_PYTHON, QUIET, ROOT, newest_model

LEAST_ACCURACY = {"en": 0.93, "pl": 0.93}
LEAST_CAUGHT = 0.91
LEAST_OF_AN_INTENT = 0.75
MOST_APART = 0.03
LEAST_TYPING = 0.85
SECONDS = 900

engine = [pytest.mark.engine, pytest.mark.timeout(SECONDS)]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("held-out")
    command = [ENGINE_PYTHON, "-m", "engine.report", "--scores-only", "--out", str(folder)]
    done = subprocess.run(
        [*command, "--model", str(newest_model())],
        cwd=ROOT,
        env=QUIET,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:]
    report: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return report


class TestTheTrainedBot:
    pytestmark = engine

    @pytest.mark.parametrize("language", ["en", "pl"])
    def test_understands_each_language(self, found: dict[str, Any], language: str) -> None:
        assert found["parts"][language]["accuracy"] >= LEAST_ACCURACY[language]

    @pytest.mark.parametrize("language", ["en", "pl"])
    def test_knows_what_it_does_not_know(self, found: dict[str, Any], language: str) -> None:
        assert found["parts"][language]["out_of_scope_recall"] >= LEAST_CAUGHT

    def test_has_no_intent_that_it_hardly_understands(self, found: dict[str, Any]) -> None:
        weak = {
            one["intent"]: one["accuracy"]
            for one in found["intents"]
            if one["accuracy"] < LEAST_OF_AN_INTENT and one["intent"] != "out_of_scope"
        }
        assert weak == {}

    def test_understands_both_languages_alike(self, found: dict[str, Any]) -> None:
        english, polish = (found["parts"][language]["accuracy"] for language in ("en", "pl"))
        assert abs(english - polish) < MOST_APART

    def test_understands_careless_typing(self, found: dict[str, Any]) -> None:
        assert found["parts"]["typing"]["accuracy"] >= LEAST_TYPING


def words(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


@pytest.mark.parametrize("name", ["held_out.en.csv", "held_out.pl.csv", "typing.csv"])
def test_no_held_out_message_is_trained_on(name: str) -> None:
    trained = {example.words: example.place for example in read_project(ROOT).examples}
    assert len(trained) > 1_000
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        messages = [row["text"] for row in csv.DictReader(file)]
    both = {text: str(trained[words(text)]) for text in messages if words(text) in trained}
    assert both == {}
