"""Sentences as vectors by a transformer in ONNX, without torch: near in meaning, near in angle."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tokenizers import Tokenizer

from engine.nlu.features import add_sentence, texts_to_featurize
from engine.nlu.language import LANGUAGES, SURE, judged
from engine.nlu.onnx_session import session
from engine.nlu.plain_text import readable

logger = logging.getLogger(__name__)

MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
BATCH = 32
ALL_CORES = 0

Vectors = npt.NDArray[np.float32]


class OnnxEncoder:
    """A folder with `model.onnx` (input_ids, attention_mask → embedding) and `tokenizer.json`."""

    def __init__(self, folder: Path, *, longest: int, threads: int) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        # The published file pads everything to 128 tokens, which costs ten times the time.
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)
        self._session = session(folder / MODEL, threads=threads)

    def encode(self, texts: list[str]) -> Vectors:
        """One unit vector a text (texts × dimensions); batches of texts of like length."""
        tokens = [one.ids for one in self._tokenizer.encode_batch(texts)]
        order = sorted(range(len(texts)), key=lambda at: len(tokens[at]))
        done: dict[int, Vectors] = {}
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            done.update(zip(batch, self._run([tokens[at] for at in batch]), strict=True))
        return np.stack([done[at] for at in range(len(texts))])

    def _run(self, tokens: list[list[int]]) -> Vectors:
        ids = np.zeros((len(tokens), max(map(len, tokens))), np.int64)
        mask = np.zeros_like(ids)
        for row, one in enumerate(tokens):
            ids[row, : len(one)] = one
            mask[row, : len(one)] = 1
        vectors: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


@lru_cache
def _shared(folder: Path, longest: int, threads: int) -> OnnxEncoder:
    """One in a process, also when a new model is loaded beside the old one."""
    return OnnxEncoder(folder, longest=longest, threads=threads)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(GraphComponent):
    """A dense feature for each message, by whatever encoder lies in the folder.

    Options: `path` (a folder with `model.onnx` and `tokenizer.json`, relative to where Rasa runs;
    set-up builds all-MiniLM-L6-v2, which knows English, and a team can put a multilingual one in
    its place), `longest` (tokens read of a message), `threads`; `reads` (codes; empty: whatever
    comes), of `languages`: what is surely in another language is left to the other featurizers,
    which costs no accuracy and half of a message's time. Without the files the pipeline works on
    the other features, and says so once.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "path": ".tools/encoders/all-minilm-l6-v2",
            "longest": 128,
            "threads": 1,
            "reads": [],
            "languages": LANGUAGES,
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config
        self._folder = Path(config["path"]).resolve()
        self._is_there = all((self._folder / name).exists() for name in (MODEL, TOKENIZER))
        if self._is_there:
            self._featurize([], threads=int(config["threads"]))  # loaded now, not at a message
        else:
            _say_once(self._folder)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        return cls(config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self._featurize(texts_to_featurize(training_data), threads=ALL_CORES)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        self._featurize(messages, threads=int(self._config["threads"]))
        return messages

    def _featurize(self, messages: list[Message], *, threads: int) -> None:
        if not self._is_there:
            return
        encoder = _shared(self._folder, int(self._config["longest"]), threads)
        read = [message for message in messages if self._reads(message.get(TEXT) or "")]
        if read:
            texts = [readable(message.get(TEXT) or "") for message in read]
            for message, vector in zip(read, encoder.encode(texts), strict=True):
                add_sentence(message, vector[None, :], type(self).__name__)

    def _reads(self, text: str) -> bool:
        if not self._config["reads"]:
            return True
        language, evidence = judged(text, tuple(self._config["languages"]))
        return language in (None, *self._config["reads"]) or evidence < SURE


@lru_cache
def _say_once(folder: Path) -> None:
    logger.warning(
        "encoder.missing folder=%s: the bot understands less without it; `make setup` builds it",
        folder,
    )
