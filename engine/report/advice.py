"""What to add, in words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from engine.checks.understanding import ENOUGH
from engine.report.held_out import FALLBACK, OUT_OF_SCOPE

GOOD = 0.9
NAMES = {"en": "English", "pl": "Polish"}


# `Any`: one intent of the report.
def advice(
    intent: Mapping[str, Any],
    examples: Mapping[tuple[str, str], int],
    twins: Mapping[str, set[str]],
) -> list[str]:
    """Sentences for one intent; `twins` are the intents with nearly the same examples."""
    name = str(intent["intent"])
    said = []
    for language, share in intent["languages"].items():
        few = ENOUGH - examples.get((name, language), 0)
        if few > 0:
            said.append(f"Add {few} {NAMES.get(language, language)} examples: it has too few.")
        elif share is not None and share < GOOD:
            said.append(
                f"Add {NAMES.get(language, language)} examples that put it in other words: "
                f"{share:.0%} right."
            )
    if intent["accuracy"] < GOOD:
        said += _about_mistakes(intent, twins.get(name, set()))
    return said


def _about_mistakes(intent: Mapping[str, Any], twins: set[str]) -> list[str]:
    name = intent["intent"]
    taken = Counter(mistake["taken_for"] for mistake in intent["mistakes"])
    said = []
    for other, times in taken.most_common(2):
        often = "once" if times == 1 else f"{times} times"
        if name == OUT_OF_SCOPE:
            said.append(f"Taken for {other} {often}: add such messages to {name}.")
        elif other == OUT_OF_SCOPE:
            said.append(f"Taken for out of scope {often}: see whether {other} has such examples.")
        elif other == FALLBACK:
            said.append(f"Not understood {often}: its examples lack these words.")
        elif other in twins:
            said.append(f"Taken for {other} {often}; the two have near-duplicates: sort them.")
        else:
            said.append(f"Taken for {other} {often}: add to both what tells them apart.")
    return said
