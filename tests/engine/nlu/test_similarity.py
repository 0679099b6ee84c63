"""The kernel, where a featurizer has nothing to say of a message; and what decides."""

from typing import Any

import pytest

from tests.processes import ask_engine

pytestmark = pytest.mark.engine

SCRIPT = """
import json
import numpy as np
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix
from engine.nlu import decision, similarity
from engine.nlu.features import sentences_by_origin
from engine.nlu.sentence_encoder import SentenceEncoder

random = np.random.RandomState(7)
n = 40
english = random.randn(n, 8).astype(np.float32)
english[n // 2:] = 0  # the second half is in a language that this encoder does not read
every = random.randn(n, 6).astype(np.float32)
words = random.rand(n, 12).astype(np.float32) * (random.rand(n, 12) > 0.5)
words /= np.linalg.norm(words, axis=1, keepdims=True)
vectors = {"english": english, "every": every, "words": csr_matrix(words)}
alike = similarity.learn(vectors, dimensions=8, gamma=2.0, dense=2.0, sparse=1.0)
table = alike.among(vectors, n)
one = {"every": every[30:31], "words": csr_matrix(words[30:31])}
anchors = np.array([3, 10, 25, 39])

encoder = SentenceEncoder({**SentenceEncoder.get_default_config(), "reads": ["en"]})
texts = ("where is my parcel now", "gdzie jest teraz paczka", "ok")
said = [Message({"text": text}) for text in texts]
encoder.process(said)

# 300 messages: known ones lead clearly, foreign ones are near but do not lead.
labels = np.arange(300) % 3
scores = (-0.5 + 0.1 * random.randn(300, 3)).astype(np.float32)
scores[np.arange(300), labels] += 1.2
near = (0.6 + 0.1 * random.randn(300)).astype(np.float32)
known = decision.evidence_of(scores, near, np.ones(3, bool))
foreign_scores = (-0.4 + 0.2 * random.randn(300, 3)).astype(np.float32)
foreign = decision.evidence_of(foreign_scores, near + 0.2, np.ones(3, bool))
right = scores.argmax(1) == labels
learned = decision.learn(scores, labels, known, right, foreign)
spread = np.column_stack([known.best, np.clip(known.lead, -1, 2), known.near]).std(axis=0)

print(json.dumps({
    "self": [float(table[i, i]) for i in range(n)],
    "symmetric": float(np.abs(table - table.T).max()),
    "smallest": float(np.linalg.eigvalsh(table.astype(np.float64)).min()),
    "alone": float(np.abs(alike.to(one, 1)[0] - table[30]).max()),
    "anchors": float(np.abs(alike.only(anchors).among(vectors, n) - table[:, anchors]).max()),
    "read": [bool(sentences_by_origin(message)) for message in said],
    "say": (learned.decision.weights * spread).tolist(),
    "answers": [float(learned.decide(some).mean()) for some in (known, foreign)],
}))
"""


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    answer: dict[str, Any] = ask_engine(SCRIPT)
    return answer


def test_every_message_is_as_like_itself_as_another(found: dict[str, Any]) -> None:
    assert min(found["self"]) == pytest.approx(1, abs=1e-4)
    assert max(found["self"]) == pytest.approx(1, abs=1e-4)


def test_it_stays_a_kernel(found: dict[str, Any]) -> None:
    assert found["symmetric"] < 1e-5
    assert found["smallest"] > -1e-5


def test_a_message_alone_is_as_like_the_examples_as_among_others(found: dict[str, Any]) -> None:
    assert found["alone"] < 1e-5


def test_some_examples_are_as_like_as_among_all(found: dict[str, Any]) -> None:
    assert found["anchors"] < 1e-6


def test_an_encoder_leaves_out_what_is_surely_in_another_language(found: dict[str, Any]) -> None:
    assert found["read"] == [True, False, True]


def test_the_decision_weighs_score_lead_and_nearness_by_fixed_shares(found: dict[str, Any]) -> None:
    score, lead, nearness = found["say"]
    assert lead / score == pytest.approx(0.5, rel=0.02)
    assert nearness / score == pytest.approx(0.5, rel=0.02)


def test_what_is_near_without_a_lead_is_not_answered(found: dict[str, Any]) -> None:
    known, foreign = found["answers"]
    assert known > 0.9
    assert foreign < 0.4
