"""Answers that are missing, doubled or misshapen are refused with file, key and what to do."""

import json
import subprocess

import pytest

from tests.processes import ENGINE_PYTHON, QUIET, ROOT

pytestmark = [pytest.mark.engine, pytest.mark.timeout(120)]

# Runs in the engine's environment, once for all cases.
MERGE = """
import json, sys
from pathlib import Path
from rasa.shared.exceptions import RasaException
from engine.importer import merge_languages

def outcome(folder):
    try:
        return merge_languages(Path(folder))
    except RasaException as error:
        return str(error)

print(json.dumps({Path(folder).name: outcome(folder) for folder in sys.argv[1:]}))
"""
HELLO = "responses:\n  utter_hello:\n  - text: "
CASES = {
    "good": {"en/a.yml": f"{HELLO}Hi", "pl/a.yml": f"{HELLO}Hej"},
    "by_desk": {
        f"{language}/a.yml": f"{HELLO}Hi\n    desk: a\n  - text: Hello\n    desk: other"
        for language in ("en", "pl")
    },
    "no_file": {"en/a.yml": f"{HELLO}Hi"},
    "no_key": {"en/a.yml": f"{HELLO}Hi\n  utter_bye:\n  - text: Bye", "pl/a.yml": f"{HELLO}Hej"},
    "in_two_files": {f"{at}.yml": f"{HELLO}Hi" for at in ("en/a", "pl/a", "en/b", "pl/b")},
    "twice_in_one_file": {
        "en/a.yml": f"{HELLO}Hi\n  utter_hello:\n  - text: Hello",
        "pl/a.yml": f"{HELLO}Hej",
    },
    "condition": {"en/a.yml": f"{HELLO}Hi\n    condition: []", "pl/a.yml": f"{HELLO}Hej"},
    "desk_without_other": {"en/a.yml": f"{HELLO}Hi\n    desk: it", "pl/a.yml": f"{HELLO}Hej"},
    "no_list": {"en/a.yml": "responses:\n  utter_hello: Hi", "pl/a.yml": f"{HELLO}Hej"},
    "no_responses": {"en/a.yml": "utter_hello: Hi", "pl/a.yml": f"{HELLO}Hej"},
    "no_utter": {"en/a.yml": "responses:\n  hello:\n  - text: Hi", "pl/a.yml": f"{HELLO}Hej"},
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    root = tmp_path_factory.mktemp("responses")
    for case, files in CASES.items():
        for name, content in files.items():
            file = root / case / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")
    command = [ENGINE_PYTHON, "-c", MERGE, *(str(root / case) for case in CASES)]
    done = subprocess.run(command, cwd=ROOT, env=QUIET, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_other_languages_become_conditions(outcomes: dict[str, object]) -> None:
    polish = [{"type": "slot", "name": "language", "value": "pl"}]
    assert outcomes["good"] == {
        "utter_hello": [{"text": "Hi"}, {"condition": polish, "text": "Hej"}]
    }


def test_desks_become_conditions_in_every_language(outcomes: dict[str, object]) -> None:
    merged = outcomes["by_desk"]
    assert isinstance(merged, dict)
    wanted = [
        {one["name"]: one["value"] for one in variation["condition"]}
        for variation in merged["utter_hello"]
    ]
    assert wanted == [
        {"language": language, "desk": desk} for language in ("en", "pl") for desk in ("a", "other")
    ]


@pytest.mark.parametrize(
    ("case", "parts"),
    [
        ("no_file", ["pl/a.yml", "does not exist"]),
        ("no_key", ["pl/a.yml", "lacks utter_bye", "Translate it"]),
        ("in_two_files", ["en/b.yml", "utter_hello", "a.yml already"]),
        ("twice_in_one_file", ["en/a.yml", "utter_hello"]),
        ("condition", ["en/a.yml", "utter_hello", "none with a condition"]),
        ("desk_without_other", ["en/a.yml", "utter_hello", "desk: other"]),
        ("no_list", ["en/a.yml", "utter_hello", "must be a list"]),
        ("no_responses", ["en/a.yml", "no `responses:`"]),
        ("no_utter", ["en/a.yml", "hello must begin with utter_"]),
    ],
)
def test_refusal_says_where_and_why(
    outcomes: dict[str, object], case: str, parts: list[str]
) -> None:
    problem = outcomes[case]
    assert isinstance(problem, str)
    for part in parts:
        assert part in problem
