"""The intent classifier: kernel ridge over every feature of the pipeline, calibrated and honest."""

from __future__ import annotations

import logging
from typing import Any

import joblib
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
from rasa.shared.nlu.training_data.training_data import TrainingData

from engine.nlu.features import sentences_by_origin
from engine.nlu.intent_model import IntentModel, train
from engine.nlu.similarity import stack

logger = logging.getLogger(__name__)

FILE = "intents.joblib"
DECISION_SCORE = "decision_score"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KernelIntentClassifier(GraphComponent, IntentClassifier):
    """Sets intent, ranking (calibrated: 0.8 is right eight times in ten) and `decision_score`.

    Options:
    - `ridge`: how much a single example is mistrusted (0.1); `gamma`: how much nearness counts;
      `dense_weight`, `sparse_weight`: of each featurizer of that kind; `dimensions`: kept of each
      dense featurizer; `most_examples`: beyond these the predictor is spanned by a part of them.
    - `scope_key` and `scopes` ({prefix: value}): intents that begin with a prefix only compete when
      the message's metadata has that value under that key. Every value has a predictor of its own,
      which is smaller and quicker; a message without any of the values is judged by the surest.
    - `out_of_scope`: intents whose examples are about nothing of ours.
    - `ranking_length`; `seed`.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "ridge": 0.1,
            "gamma": 2.0,
            "dense_weight": 2.0,
            "sparse_weight": 1.0,
            "dimensions": 160,
            "most_examples": 16000,
            "scope_key": "desk",
            "scopes": {},
            "out_of_scope": ["out_of_scope", "oos"],
            "ranking_length": 10,
            "seed": 42,
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        models: dict[str, IntentModel] | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._models = models or {}  # by the value of the scope

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> KernelIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> KernelIntentClassifier:
        with model_storage.read_from(resource) as folder:
            models = joblib.load(folder / FILE)
        return cls(config, model_storage, resource, models)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from every example that has an intent and features."""
        rows = [
            (features, str(message.get(INTENT)))
            for message in training_data.intent_examples
            if (features := sentences_by_origin(message))
        ]
        scopes: dict[str, str] = self._config["scopes"]
        # Where no intent belongs to a scope, every scope's predictor would be the same one.
        scoped = any(intent.startswith(tuple(scopes)) for _, intent in rows)
        for value in sorted(set(scopes.values())) if scoped else [""]:
            own = [row for row in rows if competes(row[1], scopes, value)]
            intents = [intent for _, intent in own]
            if len(set(intents)) < 2:
                logger.warning(
                    "classifier.untrained: fewer than two intents%s", value and f" for {value}"
                )
                continue
            vectors = stack([features for features, _ in own])
            self._models[value] = train(vectors, intents, self._config)
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._models, folder / FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            self._classify(message)
        return messages

    def _classify(self, message: Message) -> None:
        vectors = sentences_by_origin(message)
        if not self._models or not vectors:
            message.set(INTENT, {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}, True)
            message.set(INTENT_RANKING_KEY, [], add_to_output=True)
            return
        value = str((message.get("metadata") or {}).get(self._config["scope_key"]))
        asked = [self._models[value]] if value in self._models else self._models.values()
        judged = ((model.predict(vectors), model.intents) for model in asked)
        (order, confidences, decision), intents = max(judged, key=lambda one: one[0][2])
        ranking = [
            {INTENT_NAME_KEY: intents[at], PREDICTED_CONFIDENCE_KEY: float(confidences[at])}
            for at in order[: self._config["ranking_length"]]
        ]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set(DECISION_SCORE, decision, add_to_output=True)


def competes(intent: str, scopes: dict[str, str], value: str) -> bool:
    """Whether the intent may be meant where the metadata says `value`."""
    return next((scopes[prefix] for prefix in scopes if intent.startswith(prefix)), value) == value
