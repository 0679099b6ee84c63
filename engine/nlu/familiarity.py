"""A message in which no word is known was not understood, whatever the classifier makes of it.

A linear classifier always has a favourite, also for «qwzx plmk»: its intercepts decide then.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME as FALLBACK
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import dump_obj_as_json_to_file, read_json_file

FILE = "words.json"
_WORD = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"\d+")


def words_of(text: str, prefix: int) -> list[str]:
    """Its words without accents and endings; every number counts as the same word."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("ł", "l"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [_DIGITS.sub("0", word)[:prefix] for word in _WORD.findall(letters)]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Familiarity(GraphComponent, IntentClassifier):
    """Puts the fallback intent on top when too few words were seen in training.

    Options: `threshold`, the least share of known words (0 to 1); `prefix`, how many letters make
    a word, so that Polish endings and typing errors at the end do not make it a stranger.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"threshold": 0.1, "prefix": 5}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        known: frozenset[str] = frozenset(),
    ) -> None:
        self._threshold = float(config["threshold"])
        self._prefix = int(config["prefix"])
        self._storage = model_storage
        self._resource = resource
        self._known = known

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Familiarity:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Remembers the words of all examples."""
        known = {
            word
            for message in training_data.intent_examples
            for word in words_of(message.get(TEXT) or "", self._prefix)
        }
        with self._storage.write_to(self._resource) as folder:
            dump_obj_as_json_to_file(folder / FILE, sorted(known))
        self._known = frozenset(known)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> Familiarity:
        with model_storage.read_from(resource) as folder:
            known = frozenset(read_json_file(folder / FILE))
        return cls(config, model_storage, resource, known)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            familiar = self.familiarity(message.get(TEXT) or "")
            guess = message.get(INTENT) or {}
            if familiar < self._threshold and guess.get(INTENT_NAME_KEY) != FALLBACK:
                strange = {INTENT_NAME_KEY: FALLBACK, PREDICTED_CONFIDENCE_KEY: 1.0 - familiar}
                ranking = [strange, *(message.get(INTENT_RANKING_KEY) or [])]
                message.set(INTENT, strange, add_to_output=True)
                message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training examples know their intent."""
        return training_data

    def familiarity(self, text: str) -> float:
        """The share of its words that were seen in training: 0 to 1; 0 without words."""
        words = words_of(text, self._prefix)
        return sum(word in self._known for word in words) / len(words) if words else 0.0
