"""Countries as ISO codes, out of a lookup of their names and adjectives. Pure.

Many adjectives are also languages: "po niemiecku", "in German" and "do you speak Polish?" name no
country.
"""

from __future__ import annotations

import re

from engine.nlu.entities.found import Found, folded
from engine.nlu.entities.lookup import Key, Lookup, Word

_BEFORE = re.compile(
    r"\b(?:po|jezyk\w{0,3}|wersj\w{1,2}|speaks?|speaking|talk|write|into|klawiatur\w{1,3})[ ]$"
)
_IN = re.compile(r"\b(?:in|from|to|or|and)[ ]$")
_LANGUAGE = re.compile(r"(?:german|french|spanish|italian|polish|czech|slovak|\w+(?:ish|ese|ian))$")
_AFTER = re.compile(
    r"[ ](?:language|keyboard|layout|version|speak\w*|translation|jezyk\w*|napisy)\b"
)
# "polish" is also a verb, "turkey" also a bird, "china" also porcelain.
_NAME_AFTER = re.compile(r"[ ](?:the|my|it)\b")


def find(text: str, words: list[tuple[Word, Key]], names: Lookup) -> list[Found]:
    """In a text that is split into words already."""
    plain = folded(text)
    return [one for one in names.find_in(text, words) if not _is_language(plain, one)]


def _is_language(plain: str, one: Found) -> bool:
    before = plain[max(0, one.start - 20) : one.start]
    if _BEFORE.search(before) or _AFTER.match(plain, one.end):
        return True
    is_adjective = _LANGUAGE.fullmatch(plain[one.start : one.end]) is not None
    if not is_adjective:
        return False
    follows = re.match(r"[ ]\w", plain[one.end : one.end + 2]) is not None
    return (_IN.search(before) is not None and not follows) or bool(
        _NAME_AFTER.match(plain, one.end)
    )
