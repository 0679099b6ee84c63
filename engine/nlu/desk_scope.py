"""One model knows the topics of all desks; a customer of one desk is understood within its own."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
)
from rasa.shared.nlu.training_data.message import Message

# `Any`: Rasa's rankings are untyped dictionaries.
Ranking = list[dict[str, Any]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DeskScope(GraphComponent, IntentClassifier):
    """Drops the intents of other desks from the ranking. Without a known desk it drops nothing."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"desks": {}}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DeskScope:
        return cls(config["desks"])

    def __init__(self, desk_of_prefix: dict[str, str]) -> None:
        self._desk_of_prefix = desk_of_prefix
        self._desks = set(desk_of_prefix.values())

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            # `rasa test` and `rasa shell` parse without metadata.
            desk = str((message.get("metadata") or {}).get("desk"))
            ranking = message.get(INTENT_RANKING_KEY)
            if ranking and desk in self._desks:
                scoped = self._within(desk, ranking)
                message.set(INTENT_RANKING_KEY, scoped, add_to_output=True)
                message.set(INTENT, scoped[0], add_to_output=True)
        return messages

    def _within(self, desk: str, ranking: Ranking) -> Ranking:
        kept = [guess for guess in ranking if self._desk_of(guess[INTENT_NAME_KEY]) in (None, desk)]
        total = sum(guess[PREDICTED_CONFIDENCE_KEY] for guess in kept)
        if not total:
            return ranking
        return [
            {**guess, PREDICTED_CONFIDENCE_KEY: guess[PREDICTED_CONFIDENCE_KEY] / total}
            for guess in kept
        ]

    def _desk_of(self, intent: str) -> str | None:
        """None for the intents that all desks share."""
        return next(
            (desk for prefix, desk in self._desk_of_prefix.items() if intent.startswith(prefix)),
            None,
        )
