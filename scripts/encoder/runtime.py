"""Quantises an encoder and runs one, both with onnxruntime."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.quantization import QuantType, quantize_dynamic

Vectors = npt.NDArray[np.float32]


def quantise(model: Path, target: Path) -> None:
    """Eight bits a weight, with a scale for each column.

    One scale a matrix costs half a point of accuracy on our sets, this costs nothing. The weights
    keep to seven of the eight bits: with all eight, the sums of a processor without VNNI overflow,
    and a model that was trained on one machine meets other vectors on the next.
    """
    quantize_dynamic(
        model, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
    )


def embeddings(model: Path, sentences: Sequence[Sequence[int]]) -> Vectors:
    """A unit vector for each sentence, given as the numbers of its tokens."""
    shape = (len(sentences), max(map(len, sentences)))
    ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for row, tokens in enumerate(sentences):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    (found,) = session(model).run(["embedding"], {"input_ids": ids, "attention_mask": mask})
    return np.asarray(found, np.float32)


def session(model: Path) -> onnxruntime.InferenceSession:
    """One thread, on the processor."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
