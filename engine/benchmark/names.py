"""Intents of a CSV file may have any name; Rasa gives a few characters and names a meaning."""

from __future__ import annotations

from collections.abc import Iterable

from engine.benchmark.rows import OUT_OF_SCOPE

# What our pipeline calls the class of everything else.
TRAINED_OUT_OF_SCOPE = "out_of_scope"
_TAKEN = {TRAINED_OUT_OF_SCOPE, "nlu_fallback", "restart", "back", "session_start"}
# Rasa splits a name there into a retrieval intent and its response.
_SPLITS = "/"


class Names:
    """The names in the file and the names in training, and back."""

    def __init__(self, intents: Iterable[str]) -> None:
        ordered = sorted(set(intents) - {OUT_OF_SCOPE})
        self._trained = {
            name: f"intent {number}" if name in _TAKEN or _SPLITS in name else name
            for number, name in enumerate(ordered)
        }
        self._trained[OUT_OF_SCOPE] = TRAINED_OUT_OF_SCOPE
        self._given = {trained: given for given, trained in self._trained.items()}

    def trained(self, given: str) -> str:
        """The name that Rasa learns."""
        return self._trained[given]

    def given(self, trained: str | None) -> str | None:
        """The name in the file."""
        return None if trained is None else self._given.get(trained, trained)
