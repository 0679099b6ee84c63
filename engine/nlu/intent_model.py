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
# Lower than any score: an intent of another scope.
OUT = np.float32(-1e6)


@dataclass(frozen=True)
class IntentModel:
    """`alpha` is anchors × intents, and the similarity is to the anchors."""

    intents: list[str]
    real: Mask  # false for out-of-scope classes
    similarity: Similarity
    alpha: Matrix
    decision: Decision

    def predict(self, vectors: Vectors, competing: Mask) -> tuple[Indices, Matrix, float]:
        """The intents from best to worst, each one's confidence, and the decision score."""
        alike = self.similarity.to(vectors, 1)
        scores = alike @ self.alpha
        within = scores[:, competing]
        confidences = np.zeros(len(self.intents), np.float32)
        confidences[competing] = self.decision.probabilities(within)[0]
        near = nearest(alike)
        evidence = evidence_of(within, near, self.real[competing])
        order = np.argsort(-np.where(competing, scores[0], OUT))[: int(competing.sum())]
        return order, confidences, float(self.decision.decide(evidence)[0])

    def competing(self, scopes: dict[str, str], value: str) -> Mask:
        """Which intents may be meant where the metadata says `value`."""
        return competing(self.intents, scopes, value)


def competing(intents: list[str], scopes: dict[str, str], value: str) -> Mask:
    """All of them when no scope has that value."""
    if value not in scopes.values():
        return np.ones(len(intents), bool)
    scope = [
        next((scopes[prefix] for prefix in scopes if intent.startswith(prefix)), value)
        for intent in intents
    ]
    return np.array([own == value for own in scope])


def nearest(alike: Matrix) -> npt.NDArray[np.float32]:
    """Mean likeness of the nearest examples, a number a row."""
    count = min(NEIGHBOURS, alike.shape[1])
    mean: npt.NDArray[np.float32] = np.partition(alike, -count, axis=1)[:, -count:].mean(axis=1)
    return mean


def train(
    vectors: Vectors, intents_of: list[str], config: dict[str, Any], scopes: dict[str, str]
) -> IntentModel:
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
    near = _Nearness(alike, vectors, labels)
    if count <= most:
        table = alike.among(vectors, count)
        left_near = near.of_table(table)
        fit = kernel.fit_exactly(table, labels, classes=len(names), ridge=ridge)
    else:
        anchors = kernel.spread_anchors(labels, most // 2, int(config["seed"]))
        alike = _only(alike, anchors)
        table = alike.among(vectors, count)
        left_near = _Nearness(alike, vectors, labels, anchors).of_table(table)
        fit = kernel.fit_spanned(table, anchors, labels, classes=len(names), ridge=ridge)
    learnt = _learn_decision(fit, labels, names, real, scopes, left_near)
    return IntentModel(names, real, alike, fit.alpha, learnt)


@dataclass(frozen=True)
class _Nearness:
    """How near the nearest examples are, to one that is left out, alone or with its class."""

    similarity: Similarity
    vectors: Vectors
    labels: Indices
    anchors: Indices | None = None

    def of_table(self, table: Matrix) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """(without itself, without its whole class), each n numbers."""
        anchors = np.arange(len(self.labels)) if self.anchors is None else self.anchors
        alone = np.empty(len(self.labels), np.float32)
        foreign = np.empty(len(self.labels), np.float32)
        for row in range(len(self.labels)):
            likeness = table[row].copy()
            likeness[anchors == row] = -1
            alone[row] = nearest(likeness[None, :])[0]
            likeness[self.labels[anchors] == self.labels[row]] = -1
            foreign[row] = nearest(likeness[None, :])[0]
        return alone, foreign


def _only(alike: Similarity, anchors: Indices) -> Similarity:
    dense = {
        name: similarity.Dense(part.axes, part.rows[anchors], part.weight, part.gamma)
        for name, part in alike.dense.items()
    }
    sparse = {
        name: similarity.Sparse(part.columns[:, anchors].tocsr(), part.weight)
        for name, part in alike.sparse.items()
    }
    return Similarity(dense, sparse, len(anchors))


def _learn_decision(
    fit: Fit,
    labels: Indices,
    names: list[str],
    real: Mask,
    scopes: dict[str, str],
    near: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]],
) -> Decision:
    """Every example is judged among the intents that it would compete with."""
    alone, foreign_near = near
    scores = fit.leave_one_out()
    foreign = np.empty_like(scores)
    for label in range(len(names)):
        block = np.flatnonzero(labels == label)
        foreign[block] = fit.leave_out(block)
        foreign[block, label] = OUT
    values = sorted(set(scopes.values())) or [""]
    may = np.array([competing(names, scopes, value) for value in values])  # scopes × intents
    # An example of every scope is judged in one of them: which one goes round.
    turn = np.arange(len(labels)) % len(values)
    own = np.where(may[turn, labels], turn, may.argmax(axis=0)[labels])
    allowed = may[own]
    scores, foreign = np.where(allowed, scores, OUT), np.where(allowed, foreign, OUT)
    evidence = evidence_of(scores, alone, real)
    right = np.where(real, scores, -np.inf).argmax(axis=1) == labels
    known = real[labels]
    away = evidence_of(foreign, foreign_near, real)
    strange = Evidence(away.best[known], away.lead[known], away.near[known])
    return decision.learn(scores, labels, evidence, right, strange if real.sum() > 2 else None)
