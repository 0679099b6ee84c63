"""Things that have names: finds every name of a list, however it is inflected. Pure.

A list comes from the training data: the elements of a Rasa lookup table are the values, their
synonyms further names of them. A value of two letters ("DE") is a code: only its synonyms are
names. A word keeps its ending in the comparison when little would be left without it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from engine.nlu.entities.found import Found, folded, place
from engine.nlu.entities.stems import LEAST, stem, stems

_WORD = re.compile(r"[^\W_]+(?:'s?)?")
CODE_LENGTH = 2
# Polish endings of abbreviations, after a dash: "SAP-a", "VPN-em".
_ENDINGS = frozenset({"a", "u", "e", "ie", "em", "ach", "owi", "y", "ow", "i", "s"})

Key = tuple[str, ...]
Word = tuple[int, int, str]


class Lookup:
    """The names of one kind of thing."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """The value by its name."""
        by_first: dict[str, dict[Key, str]] = defaultdict(dict)
        for name, value in names.items():
            key = tuple(_key(word) for _, _, word in _words(folded(name)))
            if key:
                by_first[key[0]][key] = value
        # The longest first.
        self._by_first = {
            first: sorted(keys.items(), key=lambda item: -len(item[0]))
            for first, keys in by_first.items()
        }

    def find(self, text: str) -> list[Found]:
        return self.find_in(text, words_with_keys(text))

    def find_in(self, text: str, words: list[tuple[Word, Key]]) -> list[Found]:
        """In words that are split already, once for several lists."""
        found, at = [], 0
        while at < len(words):
            match = self._longest_at(words, at)
            if match is None:
                at += 1
                continue
            size, value = match
            start, end = words[at][0][0], words[at + size - 1][0][1]
            found.append(place(text, start, end, value))
            at += size
        return found

    def _longest_at(self, words: list[tuple[Word, Key]], at: int) -> tuple[int, str] | None:
        best: tuple[int, str] | None = None
        for first in words[at][1]:
            for key, value in self._by_first.get(first, ()):
                if best is not None and len(key) <= best[0]:
                    break
                if len(key) <= len(words) - at and all(
                    part in words[at + step][1] for step, part in enumerate(key)
                ):
                    best = len(key), value
                    break
        return best


def names_of(elements: Iterable[str], synonyms: Mapping[str, str]) -> dict[str, str]:
    """The names of a list: its elements, except codes, and their synonyms."""
    values = set(elements)
    names = {value: value for value in values if not _is_code(value)}
    return names | {name: value for name, value in synonyms.items() if value in values}


def words_with_keys(text: str) -> list[tuple[Word, Key]]:
    words = _words(folded(text))
    keyed = []
    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else None
        if after is not None and after[2] in _ENDINGS and text[word[1] : after[0]] == "-":
            # "SAP-a": the ending belongs to the word.
            keyed.append(((word[0], after[1], word[2]), _keys(word[2])))
        elif not (at and word[2] in _ENDINGS and text[words[at - 1][1] : word[0]] == "-"):
            keyed.append((word, _keys(word[2])))
    return keyed


def _is_code(value: str) -> bool:
    return len(value) == CODE_LENGTH and value.isupper()


def _words(plain: str) -> list[Word]:
    return [(match.start(), match.end(), match.group()) for match in _WORD.finditer(plain)]


def _key(word: str) -> str:
    """A name's word: by its stem, or exactly ("=tv") when it is too short for one."""
    found = stem(word)
    return found if len(found) >= LEAST else f"={word}"


def _keys(word: str) -> Key:
    """A text's word: everything that it may be."""
    bare = word.split("'")[0]
    exact = [f"={bare}"]
    if len(bare) > LEAST - 1 and bare.endswith("s"):
        exact.append(f"={bare[:-1]}")
    return (*(found for found in stems(word) if len(found) >= LEAST), *exact)
