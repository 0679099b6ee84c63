"""Cosines that the encoder must reproduce: a wrong graph and a damaged file show here.

The first three are those that the quick start of the Sentence Transformers documentation prints
for all-MiniLM-L6-v2. The others were computed once with our graph before quantisation, which gives
the published three to the fourth digit. Token numbers are what the published tokenizer.json makes
of the sentence, so that no tokenizer is needed here.

Quantised weights move a cosine a little: among all 21 pairs of the seven sentences by 0.028 at
most, in the five below by 0.025 at most (measured with AVX-512 and VNNI).
"""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from scripts.encoder.published import EncoderError
from scripts.encoder.runtime import Vectors, embeddings

EXACT = 0.001
QUANTISED = 0.035

SENTENCES: Dict[str, List[int]] = {
    "The weather is lovely today.": [101, 1996, 4633, 2003, 8403, 2651, 1012, 102],
    "It's so sunny outside!": [101, 2009, 1005, 1055, 2061, 11559, 2648, 999, 102],
    "He drove to the stadium.": [101, 2002, 5225, 2000, 1996, 3346, 1012, 102],
    "Where is my parcel?": [101, 2073, 2003, 2026, 20463, 1029, 102],
    "My order has not been delivered yet.": [
        *(101, 2026, 2344, 2038, 2025, 2042, 5359, 2664, 1012, 102)
    ],
    "I forgot my password.": [101, 1045, 9471, 2026, 20786, 1012, 102],
    "How do I reset my login?": [101, 2129, 2079, 1045, 25141, 2026, 8833, 2378, 1029, 102],
}


# A model's file and sentences of token numbers → a unit vector for each.
Read = Callable[[Path, Sequence[Sequence[int]]], Vectors]


class Known(NamedTuple):
    """Two sentences and the cosine of their embeddings in full precision."""

    one: str
    other: str
    cosine: float


KNOWN = (
    Known("The weather is lovely today.", "It's so sunny outside!", 0.6660),
    Known("The weather is lovely today.", "He drove to the stadium.", 0.1046),
    Known("It's so sunny outside!", "He drove to the stadium.", 0.1411),
    Known("Where is my parcel?", "My order has not been delivered yet.", 0.4587),
    Known("I forgot my password.", "How do I reset my login?", 0.5736),
)


# The multilingual encoder's, as its package computes them with numpy.
MULTILINGUAL_SENTENCES: Dict[str, List[int]] = {
    "Where is my parcel?": [1, 6795, 32, 179, 77956, 21, 2],
    "Gdzie jest moja paczka?": [1, 447, 10544, 2521, 2988, 572, 3165, 48436, 21, 2],
    "I forgot my password.": [1, 33, 48, 9154, 179, 11007, 8, 2],
    "Nie pamiętam hasła.": [1, 11865, 3165, 64756, 17284, 180, 4282, 8, 2],
}
MULTILINGUAL_KNOWN = (
    Known("Where is my parcel?", "Gdzie jest moja paczka?", 0.6214),
    Known("I forgot my password.", "Nie pamiętam hasła.", 0.6581),
    Known("Where is my parcel?", "Nie pamiętam hasła.", 0.1043),
    Known("Gdzie jest moja paczka?", "I forgot my password.", 0.0704),
)


def check(
    model: Path,
    *,
    tolerance: float,
    known: Sequence[Known] = KNOWN,
    sentences: Mapping[str, Sequence[int]] = SENTENCES,
    read: Read = embeddings,
) -> None:
    """Raises EncoderError when a cosine is further off than the tolerance (or no number)."""
    vectors = dict(zip(sentences, read(model, list(sentences.values()))))
    found: List[Tuple[Known, float]] = [
        (pair, float(vectors[pair.one] @ vectors[pair.other])) for pair in known
    ]
    for pair, cosine in found:
        # Not "greater than": a NaN must fail, too.
        if not abs(cosine - pair.cosine) <= tolerance:
            raise EncoderError(
                f"{model.name} finds “{pair.one}” and “{pair.other}” alike by {cosine:.4f}; it "
                f"should be {pair.cosine:.4f} ± {tolerance}. This machine's onnxruntime computes "
                "something else: run `make setup` again, and report it if it stays so."
            )
