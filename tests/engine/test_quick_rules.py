"""Looked-up rules predict what Rasa's own search predicts."""

from typing import Any

import pytest

from tests.processes import ask_engine, newest_model

pytestmark = pytest.mark.engine

# Runs in the engine's environment, which has no pytest: prints what the tests then judge.
SCRIPT = """
import copy, json, random, sys, tarfile, tempfile
from pathlib import Path
from types import SimpleNamespace
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from engine.quick_rules import look_rules_up

own = RulePolicy._get_possible_keys
look_rules_up()
with tarfile.open(sys.argv[1]) as model:
    model.extractall(sys.argv[2])
storage = LocalModelStorage(Path(sys.argv[2]) / "components")
name = next(p.name for p in (Path(sys.argv[2]) / "components").iterdir() if "RulePolicy" in p.name)
context = SimpleNamespace(is_finetuning=False)
policy = RulePolicy.load(RulePolicy.get_default_config(), storage, Resource(name), context)

random = random.Random(7)
histories = [json.loads(key) for key in policy.lookup[RULES]]
asked = [state.get("user", {}).get("intent") for states in histories for state in states]
intents = sorted(set(asked) - {None})
compared = matched = 0
for lookup in (table for table in policy.lookup.values() if isinstance(table, dict)):
    for _ in range(1500):
        states = copy.deepcopy(random.choice(histories))
        if random.random() < 0.5:
            states = copy.deepcopy(random.choice(histories)) + states
        state = random.choice(states)
        change = random.choice(["nothing", "intent", "action", "slots", "start"])
        if change == "intent":
            state["user"] = {"intent": random.choice(intents), "text": "words"}
        elif change == "action":
            state["prev_action"] = {"action_name": random.choice(["action_listen", "utter_greet"])}
        elif change == "slots":
            state.pop("slots", None)
        elif change == "start":
            state.pop("prev_action", None)
        expected = own(policy, lookup, states)
        assert policy._get_possible_keys(lookup, states) == expected, states
        compared += 1
        matched += bool(expected)
print(json.dumps({"compared": compared, "matched": matched, "words": policy.words_matter}))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("model")
    answer: dict[str, Any] = ask_engine(SCRIPT, str(newest_model()), str(folder))
    return answer


def test_every_history_gets_the_same_rules(found: dict[str, Any]) -> None:
    assert found["compared"] == 3000
    assert found["matched"] > 500


def test_no_rule_of_ours_waits_for_words(found: dict[str, Any]) -> None:
    assert found["words"] is False
