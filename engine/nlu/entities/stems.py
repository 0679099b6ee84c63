"""Words without their endings, so that "słuchawek", "słuchawkami" and "sluchawki" are one. Pure.

Only good for comparing names of things: it knows how Polish nouns and adjectives end and which
consonants change before an ending, not what a word is.
"""

from __future__ import annotations

import re
from functools import lru_cache

# What is left without the ending must still be a word.
LEAST = 4
_ENDINGS = re.compile(
    r"(?:iejsz\w+|iego|iemu|iami|iach|iom|iem|iej|ymi|imi|ych|ich|ego|emu|ami|ach|owi|iow|ow|om|em"
    r"|ej|ym|im|ie|ia|iu|io|ii|a|e|i|o|u|y)$"
)
_SOFT = (("scie", "st"), ("cie", "t"), ("dzie", "d"), ("rze", "r"), ("sze", "ch"))
_FLEETING = (("ek", "k"), ("el", "l"), ("iec", "c"), ("ec", "c"), ("zen", "zn"))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Of a folded word; too short a word stays as it is."""
    for ending, base in _SOFT:
        if word.endswith(ending) and len(word) - len(ending) >= LEAST - 1:
            return _tail(word[: -len(ending)] + base)
    ending_match = _ENDINGS.search(word)
    while ending_match is not None and ending_match.start() < LEAST - 1:
        ending_match = _ENDINGS.search(word, ending_match.start() + 1)
    return _tail(word if ending_match is None else word[: ending_match.start()])


def _tail(word: str) -> str:
    for ending, base in _FLEETING:
        if word.endswith(ending) and len(word) - len(ending) >= LEAST - 2:
            word = word[: -len(ending)] + base
            break
    # "pralce" is "pralka", "Czechach" is "Czechy".
    if word.endswith("c") and len(word) > LEAST:
        return word[:-1] + "k"
    return word


@lru_cache(maxsize=8192)
def stems(word: str) -> tuple[str, ...]:
    """What the word may be: also the English plural and genitive."""
    bare = re.sub(r"'s?$", "", word)
    found = [stem(bare)]
    if bare.endswith("ies") and len(bare) > LEAST + 2:
        found.append(stem(bare[:-3] + "y"))
    if bare.endswith("es") and len(bare) > LEAST + 1:
        found.append(stem(bare[:-2]))
    if bare.endswith("s") and not bare.endswith("ss") and len(bare) > LEAST:
        found.append(stem(bare[:-1]))
    return tuple(dict.fromkeys(found))
