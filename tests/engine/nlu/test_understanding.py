"""The numbers behind the bot's understanding, checked against the long way round."""

import pytest

from tests.processes import ask_engine

pytestmark = pytest.mark.engine

# Runs in the engine's environment, which has no pytest: prints what the tests then judge.
SCRIPT = """
import json
import numpy as np
from engine.nlu import kernel
from engine.nlu.decision import evidence_of, learn
from engine.nlu.plain_text import plain, readable

random = np.random.RandomState(0)
points = random.randn(60, 8).astype(np.float32)
points /= np.linalg.norm(points, axis=1, keepdims=True)
table = np.exp(2 * (points @ points.T - 1)).astype(np.float32)
labels = random.randint(0, 4, 60)
targets = kernel.targets_of(labels, 4)


def retrained(left_out):
    kept = np.setdiff1d(np.arange(60), left_out)
    system = table[np.ix_(kept, kept)] + 0.1 * np.eye(len(kept))
    return table[np.ix_(left_out, kept)] @ np.linalg.solve(system, targets[kept])


fit = kernel.fit_exactly(table.copy(), labels, classes=4, ridge=0.1)
spanned = kernel.fit_spanned(table.copy(), np.arange(60), labels, classes=4, ridge=0.1)
one = max(np.abs(fit.leave_one_out()[i] - retrained(np.array([i]))).max() for i in range(60))
block = np.flatnonzero(labels == 2)

scores = random.randn(4000, 5).astype(np.float32)
truth = np.array([random.choice(5, p=np.exp(2 * s) / np.exp(2 * s).sum()) for s in scores])
near = np.ones(4000, np.float32)
seen = evidence_of(scores, near, np.ones(5, bool))
decision = learn(scores, truth, seen, scores.argmax(axis=1) == truth, None)
p = decision.probabilities(scores)
sure = p.max(axis=1)
bins = [(sure > low) & (sure <= low + 0.1) for low in np.arange(0, 1, 0.1)]
right = scores.argmax(axis=1) == truth
gaps = [abs(sure[b].mean() - right[b].mean()) * b.mean() for b in bins if b.any()]
print(json.dumps({
    "one": float(one),
    "block": float(np.abs(fit.leave_out(block) - retrained(block)).max()),
    "spanned": float(np.abs(spanned.leave_one_out() - fit.leave_one_out()).max()),
    "sums": float(np.abs(p.sum(axis=1) - 1).max()),
    "ece": float(sum(gaps)),
    "plain": [
        plain("Gdzie JEST moje zamówienie nr 10482?!"),
        readable("HELLO!!! wheeere is it \\U0001F621"),
        readable("Dzień dobry, nie działa drukarka. Pozdrawiam"),
        readable("cześć"),
    ],
}))
"""


@pytest.fixture(scope="module")
def numbers() -> dict[str, object]:
    answer: dict[str, object] = ask_engine(SCRIPT)
    return answer


@pytest.mark.parametrize("what", ["one", "block"])
def test_left_out_scores_are_those_of_a_retrained_predictor(
    numbers: dict[str, float], what: str
) -> None:
    assert numbers[what] < 1e-4


def test_a_predictor_spanned_by_all_examples_is_the_exact_one(numbers: dict[str, float]) -> None:
    assert numbers["spanned"] < 0.01


def test_confidences_are_probabilities_that_mean_what_they_say(numbers: dict[str, float]) -> None:
    assert numbers["sums"] < 1e-4
    assert numbers["ece"] < 0.04


def test_decoration_and_frames_go_and_the_matter_stays(numbers: dict[str, object]) -> None:
    assert numbers["plain"] == [
        "gdzie jest moje zamowienie nr 0",
        "where is it",
        "nie działa drukarka",
        "cześć",
    ]
