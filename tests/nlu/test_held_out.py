"""CI's gates: how well the trained bot understands messages that it was never shown."""

import csv
import json
import random
import re
import shutil
import subprocess
import unicodedata
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
# With a slip in every message.
MOST_WRONG = 0.06
SECONDS = 900

engine = [pytest.mark.engine, pytest.mark.timeout(SECONDS)]


HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return report(HERE, tmp_path_factory.mktemp("held-out"))


@pytest.fixture(scope="module")
def found_mistyped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The same messages without capitals and diacritics, with a slip or more in each."""
    folder = tmp_path_factory.mktemp("mistyped")
    shutil.copy(HERE / "typing.csv", folder)
    slips = random.Random(5)  # noqa: S311 - the same slips on every machine
    for name in ("held_out.en.csv", "held_out.pl.csv"):
        with (HERE / name).open(encoding="utf-8", newline="") as file:
            rows = [(mistype(row["text"], slips), row["intent"]) for row in csv.DictReader(file)]
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("text", "intent"), *rows])
    return report(folder, folder)


def mistype(text: str, slips: random.Random) -> str:
    """Small letters, no diacritics; letters swapped, lost or doubled in one word of eight."""
    small = unicodedata.normalize("NFKD", text.lower().replace("ł", "l"))
    words = "".join(one for one in small if not unicodedata.combining(one)).split()
    long = [at for at, word in enumerate(words) if len(word) > 4 and word.isalpha()]
    for at in slips.sample(long, min(len(long), 1 + len(words) // 8)):
        word, place = words[at], slips.randrange(1, len(words[at]) - 2)
        first, second = word[place], word[place + 1]
        slip = slips.choice([second + first, second, first + first + second])
        words[at] = word[:place] + slip + word[place + 2 :]
    return " ".join(words)


def report(questions: Path, folder: Path) -> dict[str, Any]:
    """What `firstline nlu report` finds with these messages."""
    command = [ENGINE_PYTHON, "-m", "engine.report", "--scores-only", "--out", str(folder)]
    done = subprocess.run(
        [*command, "--model", str(newest_model()), "--questions", str(questions)],
        cwd=ROOT,
        env=QUIET,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:]
    result: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return result


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

    @pytest.mark.parametrize("language", ["en", "pl"])
    def test_seldom_answers_something_else_to_bad_typing(
        self, found_mistyped: dict[str, Any], language: str
    ) -> None:
        """What is not answered wrongly is answered, asked about, or brings a person."""
        assert found_mistyped["parts"][language]["answered_wrong"] <= MOST_WRONG

    def test_leaves_no_topic_to_those_who_type_well(self, found_mistyped: dict[str, Any]) -> None:
        wrong = {
            one["intent"]: sum(each["taken_for"] != "nlu_fallback" for each in one["mistakes"])
            for one in found_mistyped["intents"]
        }
        total = {one["intent"]: one["messages"] for one in found_mistyped["intents"]}
        assert len(total) > 100
        assert [name for name in total if wrong[name] > total[name] / 3] == []


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
