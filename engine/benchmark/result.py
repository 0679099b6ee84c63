"""From answered messages to the keys of the result. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.benchmark import metrics
from engine.benchmark.rows import OUT_OF_SCOPE

CONFUSIONS = 20


@dataclass(frozen=True)
class Answered:
    """A test message's label, and what the model made of it.

    `guess` is the best real intent: a fallback or out-of-scope guess in front of it is skipped,
    as the literature does, and `confidence` is that intent's. `top` is what a bot would act on;
    `score` is what it decides with whether to act at all.
    """

    truth: str
    guess: str | None
    top: str | None
    confidence: float
    score: float
    milliseconds: float

    @property
    def in_scope(self) -> bool:
        return self.truth != OUT_OF_SCOPE

    @property
    def right(self) -> bool:
        return self.in_scope and self.guess == self.truth


# `Any`: JSON.
def summary(answered: Sequence[Answered], train_seconds: float) -> dict[str, Any]:
    """The keys that the issue names, and the pairs of intents that were confused most."""
    scoped = [one for one in answered if one.in_scope]
    truth, guess = [one.truth for one in scoped], [one.guess for one in scoped]
    confidence, right = [one.confidence for one in scoped], [one.right for one in scoped]
    inside = [one.score for one in scoped]
    outside = [one.score for one in answered if not one.in_scope]
    times = [one.milliseconds for one in answered]
    found = {
        "accuracy": metrics.accuracy(truth, guess),
        "macro_f1": metrics.macro_f1(truth, guess),
        "ece": metrics.expected_calibration_error(confidence, right),
        "oos_auroc": metrics.auroc(inside, outside) if outside else None,
        "oos_recall_at_5_fpr": metrics.recall_at_fpr(inside, outside, 0.05) if outside else None,
        "coverage_2": _coverage(answered, 0.02),
        "coverage_5": _coverage(answered, 0.05),
        "train_seconds": train_seconds,
        "predict_ms_median": metrics.percentile(times, 0.5),
        "predict_ms_p99": metrics.percentile(times, 0.99),
    }
    rounded = {key: None if value is None else round(value, 4) for key, value in found.items()}
    return {**rounded, "confusions": _confusions(scoped)}


def _coverage(answered: Sequence[Answered], share: float) -> float:
    return metrics.coverage(
        [one.score for one in answered],
        [one.right for one in answered],
        [one.in_scope for one in answered],
        share,
    )


def _confusions(scoped: Sequence[Answered]) -> list[dict[str, Any]]:
    pairs = Counter((one.truth, one.guess) for one in scoped if not one.right)
    return [
        {"intent": truth, "taken_for": guess, "times": times}
        for (truth, guess), times in pairs.most_common(CONFUSIONS)
    ]
