"""What is clear enough to be believed."""

import json
import subprocess

import pytest

from tests.processes import ENGINE_PYTHON, QUIET, ROOT

pytestmark = pytest.mark.engine

# Runs in the engine's environment, which has no pytest: prints the intents that are left.
SCRIPT = """
import json
from rasa.shared.nlu.training_data.message import Message
from engine.nlu.honesty import Honesty
from engine.nlu.kernel_classifier import DECISION_SCORE

config = {"threshold": 0.35, "exempt": {"talk_to_human": 0.4}, "needs": {"insult": 0.75}}
honesty = Honesty({**Honesty.get_default_config(), **config})


def left(text, intent, confidence, score):
    guess = {"name": intent, "confidence": confidence}
    given = {"text": text, "intent": guess, "intent_ranking": [guess], DECISION_SCORE: score}
    message = Message(data=given)
    honesty.process([message])
    return message.get("intent")["name"]


print(json.dumps([
    left("blorp", "insult", 0.66, 0.5),
    left("you idiot", "insult", 0.98, 0.9),
    left("parcel", "care_order_status", 0.5, 0.5),
    left("parcel", "care_order_status", 0.5, 0.3),
    left("hmn", "talk_to_human", 0.45, 0.2),
    left("?!", "talk_to_human", 0.9, 0.9),
]))
"""


def test_a_word_that_nobody_knows_is_no_insult_and_a_doubt_costs_no_person() -> None:
    done = subprocess.run(
        [ENGINE_PYTHON, "-c", SCRIPT],
        cwd=ROOT,
        env=QUIET,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [
        "nlu_fallback",
        "insult",
        "care_order_status",
        "nlu_fallback",
        "talk_to_human",
        "nlu_fallback",
    ]
