"""What our featurizers and classifiers share of Rasa's way to carry features."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


# `Any`: a dense row (1 × d array) or a sparse one (1 × d CSR matrix).
def add_sentence(message: Message, row: Any, origin: str) -> None:
    """One vector for the whole message."""
    if not isinstance(row, np.ndarray):
        row = row.tocoo()  # the only sparse format that Rasa's cache can store
    message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, origin))


def sentences_by_origin(message: Message) -> dict[str, Any]:
    """All sentence vectors of the message's text, dense and sparse, by featurizer."""
    return {
        str(features.origin): features.features
        for features in message.features
        if features.attribute == TEXT and features.type == FEATURE_TYPE_SENTENCE
    }


def texts_to_featurize(data: TrainingData) -> list[Message]:
    """The training messages that have a text."""
    return [message for message in data.training_examples if message.get(TEXT)]
