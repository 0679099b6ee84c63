"""`python -m scripts.encoder.build SOURCE TARGET`: the published files to an ONNX encoder."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Sequence

import onnx
from safetensors.numpy import load_file

from scripts.encoder.graph import sentence_encoder
from scripts.encoder.known import EXACT, QUANTISED, check
from scripts.encoder.published import NAME, SHA256, TOKENIZER, WEIGHTS, EncoderError, verified
from scripts.encoder.runtime import quantise

HEADS = 12
MODEL = "model.onnx"
README = f"""# {NAME}, for onnxruntime

Made by Firstline's set-up from the published weights; `make setup` makes it again.

- Source: sentence-transformers/{NAME} on the Hugging Face model hub, by its authors
- Licence: Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0
- {WEIGHTS}: SHA-256 {SHA256[WEIGHTS]}
- {TOKENIZER}: SHA-256 {SHA256[TOKENIZER]} (here unchanged)
- Changes: the weights were written as an ONNX graph (BERT, mean pooling, unit length) and
  quantised to eight bits with a scale for each column.

`{MODEL}` takes `input_ids` and `attention_mask` and gives `embedding`, 384 numbers a sentence.
"""


def build(source: Path, target: Path) -> None:
    """Checks, writes, checks again; the target sees finished files only, the model last."""
    published = verified(source)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=target) as name:
        unfinished = Path(name)
        exact, model = unfinished / "exact.onnx", unfinished / MODEL
        onnx.save(sentence_encoder(load_file(published[WEIGHTS]), heads=HEADS), exact)
        check(exact, tolerance=EXACT)
        quantise(exact, model)
        check(model, tolerance=QUANTISED)
        shutil.copyfile(published[TOKENIZER], unfinished / TOKENIZER)
        (unfinished / "README").write_text(README, "utf-8")
        for finished in (TOKENIZER, "README", MODEL):
            os.replace(unfinished / finished, target / finished)


def main(arguments: Sequence[str]) -> int:
    """1 when the encoder cannot be made; the last line then says why."""
    source, target = map(Path, arguments)
    try:
        build(source, target)
    except EncoderError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
