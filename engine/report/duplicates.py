"""Examples of different intents that are nearly the same: the classifier cannot serve both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.feature_extraction.text import TfidfVectorizer

from engine.checks.project import Example, Project

# Found by looking at the pairs: below it they only share their polite words.
ALIKE = 0.8
MOST = 60
BLOCK = 1_000


# `Any`: JSON.
def near_duplicates(project: Project) -> list[dict[str, Any]]:
    """Pairs by the cosine of their character n-grams (TF-IDF, 2 to 5 within words)."""
    examples = project.examples
    if len(examples) < 2:
        return []
    vectors = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype="float32"
    ).fit_transform(example.words for example in examples)
    found: list[tuple[float, Example, Example]] = []
    for start in range(0, len(examples), BLOCK):
        alike = (vectors[start : start + BLOCK] @ vectors.T).tocoo()
        for row, column, cosine in zip(alike.row, alike.col, alike.data, strict=True):
            if cosine >= ALIKE and start + row < column:
                found.append((float(cosine), examples[start + row], examples[column]))
    pairs = [pair for pair in found if _compete(project, pair[1].intent, pair[2].intent)]
    pairs.sort(key=lambda pair: -pair[0])
    return [
        {"alike": round(cosine, 3), "examples": [_example(one), _example(other)]}
        for cosine, one, other in pairs[:MOST]
    ]


def _compete(project: Project, one: str, other: str) -> bool:
    desks = {project.desk_of(one), project.desk_of(other)}
    return one != other and (None in desks or len(desks) == 1)


def _example(example: Example) -> dict[str, Any]:
    return {"text": example.text, "intent": example.intent, "place": str(example.place)}


def twins(pairs: Sequence[dict[str, Any]]) -> dict[str, set[str]]:
    """Each intent and those that have nearly the same examples."""
    found: dict[str, set[str]] = {}
    for pair in pairs:
        one, other = (example["intent"] for example in pair["examples"])
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found
