"""The two published files that the sentence encoder is made from, and nothing else is accepted."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Dict

NAME = "all-MiniLM-L6-v2"
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
SHA256 = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
GET_THEM = (
    f"get {WEIGHTS} and {TOKENIZER} of sentence-transformers/{NAME} from the model hub, "
    "put them into a folder and name it in FIRSTLINE_ENCODER_DIR"
)


class EncoderError(Exception):
    """The encoder cannot be made; the sentence says why and what to do."""


def verified(folder: Path, *, sha256: Dict[str, str] = SHA256) -> Dict[str, Path]:
    """The published files in the folder, by name; raises EncoderError for any other content."""
    return {name: _verified(folder / name, expected) for name, expected in sha256.items()}


def _verified(path: Path, expected: str) -> Path:
    try:
        found = _sha256(path)
    except FileNotFoundError:
        raise EncoderError(f"{path} is missing: {GET_THEM}.") from None
    if found != expected:
        raise EncoderError(
            f"{path} is not the published file: its SHA-256 should be {expected}, but is {found}. "
            f"Do not use it; {GET_THEM}."
        )
    return path


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
