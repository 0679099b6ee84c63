"""What the intent classifier learns, apart from Rasa: similarity, predictor, decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.nlu import decision, kernel, similarity
from engine.nlu.decision import NEIGHBOURS, Decision, Evidence, evidence_of
from engine.nlu.kernel import Fit, Indices, Matrix
from engine.nlu.similarity import Similarity, Vectors

Mask = npt.NDArray[np.bool_]
# Lower than any score: an intent that was left out.
OUT = np.float32(-1e6)


@dataclass(frozen=True)
class IntentModel:
    """`alpha` is anchors × intents, and the similarity is to the anchors."""

    intents: list[str]
    real: Mask  # false for out-of-scope classes
    similarity: Similarity
    alpha: Matrix
    decision: Decision

    def predict(self, vectors: Vectors) -> tuple[Indices, Matrix, float]:
        """The intents from best to worst, each one's confidence, and the decision score."""
        alike = self.similarity.to(vectors, 1)
        scores = alike @ self.alpha
        evidence = evidence_of(scores, nearest(alike), self.real)
        confidences = self.decision.probabilities(scores)[0]
        return np.argsort(-scores[0]), confidences, float(self.decision.decide(evidence)[0])


def nearest(alike: Matrix) -> npt.NDArray[np.float32]:
    """Mean likeness of the nearest examples, a number a row."""
    count = min(NEIGHBOURS, alike.shape[1])
    mean: npt.NDArray[np.float32] = np.partition(alike, -count, axis=1)[:, -count:].mean(axis=1)
    return mean


def train(vectors: Vectors, intents_of: list[str], config: dict[str, Any]) -> IntentModel:
    """From one matrix a featurizer (n rows each) and n intents."""
    intents, labels = np.unique(intents_of, return_inverse=True)
    names = [str(intent) for intent in intents]
    real = np.array([name not in config["out_of_scope"] for name in names])
    alike = similarity.learn(
        vectors,
        dimensions=int(config["dimensions"]),
        gamma=float(config["gamma"]),
        dense=float(config["dense_weight"]),
        sparse=float(config["sparse_weight"]),
    )
    most, count = int(config["most_examples"]), len(labels)
    ridge = float(config["ridge"])
    if count <= most:
        table = alike.among(vectors, count)
        near = left_nearness(table, labels, np.arange(count))
        fit = kernel.fit_exactly(table, labels, classes=len(names), ridge=ridge)
    else:
        anchors = kernel.spread_anchors(labels, most // 2, int(config["seed"]))
        alike = alike.only(anchors)
        table = alike.among(vectors, count)
        near = left_nearness(table, labels, anchors)
        fit = kernel.fit_spanned(table, anchors, labels, classes=len(names), ridge=ridge)
    return IntentModel(names, real, alike, fit.alpha, _learn_decision(fit, labels, real, near))


def left_nearness(
    table: Matrix, labels: Indices, anchors: Indices
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """How near the nearest examples are, without itself and without its class: n numbers each."""
    alone = np.empty(len(labels), np.float32)
    foreign = np.empty(len(labels), np.float32)
    for row in range(len(labels)):
        likeness = table[row].copy()
        likeness[anchors == row] = -1
        alone[row] = nearest(likeness[None, :])[0]
        likeness[labels[anchors] == labels[row]] = -1
        foreign[row] = nearest(likeness[None, :])[0]
    return alone, foreign


def _learn_decision(
    fit: Fit,
    labels: Indices,
    real: Mask,
    near: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]],
) -> Decision:
    alone, foreign_near = near
    scores = fit.leave_one_out()
    foreign = np.empty_like(scores)
    for label in range(len(real)):
        block = np.flatnonzero(labels == label)
        foreign[block] = fit.leave_out(block)
        foreign[block, label] = OUT
    evidence = evidence_of(scores, alone, real)
    right = np.where(real, scores, -np.inf).argmax(axis=1) == labels
    known = real[labels]
    away = evidence_of(foreign, foreign_near, real)
    strange = Evidence(away.best[known], away.lead[known], away.near[known])
    return decision.learn(scores, labels, evidence, right, strange if real.sum() > 2 else None)
