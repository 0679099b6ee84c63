"""Words and pieces of words as one sparse vector: what forgives endings, typos and lost accents."""

from __future__ import annotations

from collections import Counter
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from engine.nlu.features import add_sentence, texts_to_featurize
from engine.nlu.plain_text import plain

FILE = "pieces.joblib"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class TextPieces(GraphComponent):
    """TF-IDF of words and of pieces of words, without case, accents and punctuation.

    Options: `word_weight` and `piece_weight` (shares of the squared length), `words` (most words in
    a row), `pieces` ([shortest, longest] in letters), `most_frequent` (a word or piece that more
    than this share of the examples have says nothing and is dropped).
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "word_weight": 1.0,
            "piece_weight": 2.0,
            "words": 2,
            "pieces": [2, 5],
            "most_frequent": 0.2,
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        vectorizers: tuple[TfidfVectorizer, ...] = (),
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._vectorizers = vectorizers
        self._readers: list[_Reader] = []
        total = float(config["word_weight"]) + float(config["piece_weight"])
        self._weights = tuple(
            float(np.sqrt(float(config[name]) / total)) for name in ("word_weight", "piece_weight")
        )

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TextPieces:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> TextPieces:
        with model_storage.read_from(resource) as folder:
            vectorizers = joblib.load(folder / FILE)
        return cls(config, model_storage, resource, vectorizers)

    def train(self, training_data: TrainingData) -> Resource:
        """Counts how rare each word and piece is."""
        texts = [plain(message.get(TEXT)) for message in texts_to_featurize(training_data)]
        shortest, longest = self._config["pieces"]
        common = {
            "sublinear_tf": True,
            "lowercase": False,
            "dtype": np.float32,
            "max_df": self._config["most_frequent"] if len(texts) > 100 else 1.0,
        }
        words = TfidfVectorizer(
            ngram_range=(1, self._config["words"]),
            token_pattern=r"\S+",  # noqa: S106
            **common,
        )
        pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(shortest, longest), **common)
        self._vectorizers = (words, pieces)
        for vectorizer in self._vectorizers:
            vectorizer.fit(texts or ["nothing"])
            vectorizer.stop_words_ = None  # only of use to a reader of the vectorizer, and huge
        with self._storage.write_to(self._resource) as folder:
            joblib.dump(self._vectorizers, folder / FILE, compress=3)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(texts_to_featurize(training_data))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        texts = [plain(message.get(TEXT) or "") for message in messages]
        if len(texts) == 1:
            add_sentence(messages[0], self._row(texts[0]), type(self).__name__)
        elif texts:
            rows = self._rows(texts)
            for number, message in enumerate(messages):
                add_sentence(message, rows[number], type(self).__name__)
        return messages

    def _rows(self, texts: list[str]) -> csr_matrix:
        parts = [
            vectorizer.transform(texts) * np.float32(weight)
            for weight, vectorizer in zip(self._weights, self._vectorizers, strict=True)
        ]
        return hstack(parts, format="csr", dtype=np.float32)

    def _row(self, text: str) -> csr_matrix:
        """The same for one text: the matrices' own overhead would be most of its time."""
        if not self._readers:
            self._readers = [
                _Reader(vectorizer, weight)
                for weight, vectorizer in zip(self._weights, self._vectorizers, strict=True)
            ]
        places, values, start = [], [], 0
        for reader in self._readers:
            found, weights = reader.read(text)
            places.append(found + start)
            values.append(weights)
            start += len(reader.vocabulary)
        columns = np.concatenate(places)
        rows = np.array([0, len(columns)])
        return csr_matrix((np.concatenate(values), columns, rows), shape=(1, start))


class _Reader:
    """A fitted vectorizer for one text at a time: log counts × rarity, made `weight` long."""

    def __init__(self, vectorizer: TfidfVectorizer, weight: float) -> None:
        self._analyze = vectorizer.build_analyzer()
        self.vocabulary: dict[str, int] = vectorizer.vocabulary_
        self._rarity = vectorizer.idf_
        self._weight = weight

    def read(self, text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Places in the vocabulary and the values there."""
        known = (self.vocabulary.get(term) for term in self._analyze(text))
        counts = Counter(place for place in known if place is not None)
        places = np.fromiter(counts, np.int64, len(counts))
        values = np.fromiter(counts.values(), np.float64, len(counts))
        values = (np.log(values) + 1) * self._rarity[places]
        length = float(np.linalg.norm(values)) or 1.0
        return places, (values * (self._weight / length)).astype(np.float32)
