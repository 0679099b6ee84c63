"""What a trained model makes of a message, asked and timed as the product asks it."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME as FALLBACK

from engine.plain_runner import run_graphs_plainly
from engine.turn_request import MAX_TEXT, parse_request

OUT_OF_SCOPE = "out_of_scope"
# A classifier that has a better score than its confidence to decide by says so under this key.
DECISION_SCORE = "decision_score"


@dataclass(frozen=True)
class Understood:
    """`top` is what the bot acts on; `best` the first guess that is an intent in scope."""

    top: str | None
    best: str | None
    confidence: float
    score: float
    milliseconds: float


class Reader:
    """A loaded model."""

    def __init__(self, model: Path) -> None:
        run_graphs_plainly()
        self._agent = Agent.load(str(model))
        if not self._agent.is_ready():
            raise FileNotFoundError(f"{model} is not a trained model")

    # `Any`: metadata as the turn channel passes it.
    async def read(self, text: str, metadata: dict[str, Any] | None = None) -> Understood:
        """Parses one message."""
        message = UserMessage(as_the_product_reads(text), metadata=metadata)
        began = time.perf_counter()
        parsed = await self._agent.processor.parse_message(message)
        return understood(parsed, (time.perf_counter() - began) * 1000)


def as_the_product_reads(text: str) -> str:
    """Without what Rasa would take for an intent payload, and not longer than a turn may be."""
    request = {"conversation": "1", "language": "en", "channel": "terminal", "desk": "any"}
    return parse_request({**request, "text": text[:MAX_TEXT]}, intents=()).message_text()


# `Any`: Rasa's parse result.
def understood(
    parsed: dict[str, Any],
    milliseconds: float,
    refusals: Collection[str] = (FALLBACK, OUT_OF_SCOPE),
) -> Understood:
    """Reads Rasa's answer: the fallback and out-of-scope guesses are not intents in scope."""
    ranking = parsed.get("intent_ranking") or []
    top = (parsed.get("intent") or {}).get("name")
    guesses = [*([parsed["intent"]] if top else []), *ranking]
    best = next((guess for guess in guesses if guess["name"] not in refusals), None)
    confidence = float(best["confidence"]) if best else 0.0
    score = parsed.get(DECISION_SCORE)
    return Understood(
        top=top,
        best=best["name"] if best else None,
        confidence=confidence,
        score=confidence if score is None else float(score),
        milliseconds=milliseconds,
    )
