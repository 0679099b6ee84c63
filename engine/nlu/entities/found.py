"""A value found in a text, and the text as the grammars read it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PLAIN = str.maketrans("ąćęłńóśźżáàâäéèêëíïöôüúñç’‘´`", "acelnoszzaaaaeeeeiioouunc''''")
# How a service writes what it hid: the whole of it is nothing to us.
_MASK = re.compile(
    r"\[[^\[\]\n]{0,60}(?:hidden|masked|removed|ukryt|usuniet)[^\[\]\n]{0,20}\]"
    r"|[\w+.@-]*[•●█](?:[\w•●█.@-]|[ ](?=[\w]{0,4}[•●█]|\d))*"
    r"|\*{3,}[\w*-]*"
)


@dataclass(frozen=True)
class Found:
    """A normalised value and its place: `text` is what stands between `start` and `end`."""

    start: int
    end: int
    value: str
    text: str

    @property
    def length(self) -> int:
        return self.end - self.start


def folded(text: str) -> str:
    """Small letters without Polish accents, each in its place."""
    lower = text.lower()
    if len(lower) != len(text):
        # Few letters have a longer small form ("İ").
        lower = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return lower.translate(_PLAIN)


def without_masks(text: str) -> str:
    """The text with blanks where something was hidden, so that all places stay."""
    if not any(mark in text for mark in "•[*●█"):
        return text
    plain = folded(text)
    for mask in reversed(list(_MASK.finditer(plain))):
        text = f"{text[: mask.start()]}{' ' * len(mask.group())}{text[mask.end() :]}"
    return text


def place(text: str, start: int, end: int, value: str) -> Found:
    return Found(start, end, value, text[start:end])


def longest(found: Iterable[Found]) -> list[Found]:
    """Where several overlap, the longest; in the order of the text."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda found: (-found.length, found.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda found: found.start)
