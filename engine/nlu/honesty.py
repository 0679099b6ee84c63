"""A message that is not clear enough is not understood, whatever the classifier likes best."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME as FALLBACK
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_TYPE,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from engine.nlu.kernel_classifier import DECISION_SCORE

_SAYS_SOMETHING = re.compile(r"[^\W_]")  # a letter or a digit


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Honesty(GraphComponent, IntentClassifier):
    """Puts the fallback intent before the ranking when the decision score is below `threshold`.

    Options: `threshold` (0 to 1), and `exempt`: intents that are always taken at their word, with
    the confidence from which on (a wish for a person must not be lost to a doubt); `needs`:
    intents that below this confidence are not clear, whatever the score (no word that nobody knows
    is an insult); and `giving`: the intent of an unclear message in which this entity was found,
    if its desk has the intent.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"threshold": 0.5, "exempt": {}, "needs": {}, "giving": {}}

    def __init__(self, config: dict[str, Any]) -> None:
        self._threshold = float(config["threshold"])
        self._exempt: dict[str, float] = dict(config["exempt"])
        self._needs: dict[str, float] = dict(config["needs"])
        self._giving: dict[str, str] = dict(config["giving"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Honesty:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            score = message.get(DECISION_SCORE)
            if score is None or self._is_clear(message, score):
                continue
            given = self._given(message)
            if given is not None:
                message.set(INTENT, given, add_to_output=True)
                continue
            unclear = {INTENT_NAME_KEY: FALLBACK, PREDICTED_CONFIDENCE_KEY: 1.0 - float(score)}
            ranking = [unclear, *(message.get(INTENT_RANKING_KEY) or [])]
            message.set(INTENT, unclear, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _is_clear(self, message: Message, score: float) -> bool:
        """Whether the classifier's choice is to be believed."""
        if not _SAYS_SOMETHING.search(message.get(TEXT) or ""):
            return False
        best = message.get(INTENT) or {}
        name, confidence = str(best.get(INTENT_NAME_KEY)), best.get(PREDICTED_CONFIDENCE_KEY, 0.0)
        if confidence < self._needs.get(name, 0.0):
            return False
        return bool(score >= self._threshold or confidence >= self._exempt.get(name, 2.0))

    # `Any`: Rasa's rankings are untyped dictionaries.
    def _given(self, message: Message) -> dict[str, Any] | None:
        """ "Status of INC-20417" need not be a clear sentence to be about INC-20417."""
        found = {entity.get(ENTITY_ATTRIBUTE_TYPE) for entity in message.get(ENTITIES) or []}
        wanted = {intent for entity, intent in self._giving.items() if entity in found}
        ranking = message.get(INTENT_RANKING_KEY) or []
        return next((guess for guess in ranking if guess[INTENT_NAME_KEY] in wanted), None)
