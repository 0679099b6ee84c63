""" "And to Poland?": a short question that leans on the answer before it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.sentences import count_words

SAME = "utter_follow_up_same"
MOST_WORDS = 7
# Alone as clear as this, it leans on nothing.
ALONE = 0.8
# The shop's own country is not abroad.
HOME = "PL"
AT_HOME = {
    "care_delivery_time": "care_delivery_time",
    "care_delivery_cost": "care_delivery_cost",
    "care_delivery_abroad": "care_delivery_time",
}
_BEGINS = {
    "en": re.compile(
        r"^\W*(?:ok|okay|so)?\W*(?:and|but|or)?\s*"
        r"(?:what about|how about|what if|and if|and|or)\b\W*",
        re.IGNORECASE,
    ),
    "pl": re.compile(
        r"^\W*(?:ok|dobra|dobrze)?\W*"
        r"(?:a co z|a co je[sś]li|a je[sś]li|a co|co z|a|i|albo|oraz)\b\W*",
        re.IGNORECASE,
    ),
}
_PRICE = re.compile(
    r"\b(?:how much|costs?|price|expensive|ile to|ile koszt\w*|koszt\w*|cen[aęy]|drogo)\b", re.I
)
_TIME = re.compile(r"\b(?:how long|how fast|when|kiedy|jak d[lł]ugo|jak szybko|ile trwa)\b", re.I)
_CONTENT = re.compile(r"[^\W\d_]{4,}")
_STEM = 4
# Say nothing about a topic.
_EMPTY = frozenset(
    {
        *("what", "about", "does", "with", "this", "that", "when", "much", "long"),
        *("jeśli", "jesli", "kiedy", "jest", "będzie", "można", "kosztuje", "długo"),
    }
)


@dataclass(frozen=True)
class Before:
    """The last topic of the conversation: what was asked, and whether a plain answer followed."""

    text: str
    intent: str
    is_answered: bool


def fragment_of(text: str, language: str) -> str | None:
    """What follows the "and"; None when the message is no fragment."""
    if count_words(text) > MOST_WORDS:
        return None
    match = _BEGINS.get(language, _BEGINS["en"]).match(text)
    rest = "" if match is None else text[match.end() :].strip()
    return rest if count_words(rest) else None


def aspect(earlier: str, fragment: str) -> str | None:
    """ "And how much is it?" after a delivery time: the topic's other side."""
    if earlier not in AT_HOME:
        return None
    sides = ((_PRICE, "care_delivery_cost"), (_TIME, "care_delivery_time"))
    return next((intent for words, intent in sides if words.search(fragment)), None)


def together(earlier: Before, fragment: str) -> str | None:
    """Both as one question; None when the earlier one was a button."""
    if earlier.text.startswith("/"):
        return None
    return f"{earlier.text.rstrip(' ?!.,')} {fragment}"


def covers(answer: str, fragment: str) -> bool:
    """Whether an answer mentions what the fragment asks about, whatever the endings."""
    known = {word[:_STEM] for word in _CONTENT.findall(answer.lower())}
    words = {word for word in _CONTENT.findall(fragment.lower()) if word not in _EMPTY}
    return any(word[:_STEM] in known for word in words)
