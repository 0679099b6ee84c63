"""Where a message can be cut: its sentences, and the places where a second wish may begin. Pure."""

from __future__ import annotations

import re

from engine.nlu.plain_text import without_frame

# Not after "nr." or "ul.", nor inside a number, an address or a file's name.
_END = re.compile(
    r"(?<=[.!?;…])(?<!\bnr\.)(?<!\bno\.)(?<!\bul\.)(?<!\bal\.)(?<!\bgodz\.)(?<!\bnp\.)\s+|\s*\n+\s*",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
# Says by itself that something else follows.
_ADDS = (
    r"and also|oh,? and|and by the way|and another thing|and one more thing|and secondly|also|plus"
    r"|as well as|by the way|another thing|one more thing|besides|secondly"
    r"|a także|a takze|oraz|a przy okazji|i przy okazji|przy okazji|i jeszcze jedno|i jeszcze"
    r"|a jeszcze|jeszcze jedno|a poza tym|poza tym|dodatkowo|po drugie|no i"
)
_ADDING = re.compile(rf"[\s,.;:–-]+(?:{_ADDS})\b[\s,:]*", re.IGNORECASE)
_OPENING = re.compile(rf"^\W*(?:{_ADDS}|and|i|a)\b[\s,:]*", re.IGNORECASE)
# "i" and "a" are small words of English too, and no conjunctions there.
_AND = {
    "en": re.compile(r"[\s,]+(?:and|&)\s+", re.IGNORECASE),
    "pl": re.compile(r"[\s,]+(?:i|a|&|and)\s+", re.IGNORECASE),
}
# How a wish begins; Polish infinitives besides.
_BEGINS = re.compile(
    r"(?:i|i'?d|i'?m|we|my|can|could|do|does|did|is|are|will|would|should|please"
    r"|how|what|when|where|which|who|why|change|cancel|return|refund|exchange|track|update|reset"
    r"|order|send|tell|check|install|get|find|request|report|need|want|know|ask|give|buy|pay"
    r"|unlock|set|move|make|call|gdzie|jak|jaki\w*|ile|czy|kiedy|co|kto|dlaczego|czemu"
    r"|kt[oó]r\w+|sk[aą]d|prosz[eę]|chc[eę]|chciał\w*|potrzebuj[eę]|mam|mog[eę]|mo[zż]na"
    r"|zmie[nń]\w*|\w{3,}[ćc])\b",
    re.IGNORECASE,
)
LEAST_WORDS = 5  # of a message that is cut
_LEAST_OF_A_PART = 2


def count_words(text: str) -> int:
    """Letters and digits in a row."""
    return len(_WORD.findall(text))


def sentences(text: str) -> list[str]:
    """Without greeting and thanks around them; the marks at their ends stay."""
    return [one.strip() for one in _END.split(without_frame(text.strip())) if _WORD.search(one)]


def two_parts(text: str, language: str) -> tuple[str, str] | None:
    """The best cut of a message that may hold two wishes; None when there is no place for one."""
    plain = " ".join(sentences(text))
    if count_words(plain) < LEAST_WORDS:
        return None
    cuts = [*_cuts_that_add(plain), *_cuts_of_sentences(text), *_cuts_at_and(plain, language)]
    return cuts[0] if cuts else None


def asks(part: str) -> bool:
    """Whether it begins like a wish: "can I …", "change …", "zmienić …"."""
    return _BEGINS.match(part) is not None


def adds(text: str) -> bool:
    """Whether it has an "oh, and": then its end is no summary of it."""
    return bool(_cuts_that_add(" ".join(sentences(text))))


def _cuts_that_add(plain: str) -> list[tuple[str, str]]:
    """At the last "oh, and": what comes before may have several sentences."""
    return _whole(plain, list(_ADDING.finditer(plain))[::-1])


def _cuts_of_sentences(text: str) -> list[tuple[str, str]]:
    """Two sentences; with more of them, nobody knows which belong together."""
    parts = sentences(text)
    if len(parts) != 2 or min(map(count_words, parts)) < _LEAST_OF_A_PART:
        return []
    return [(parts[0], _OPENING.sub("", parts[1]))]


def _cuts_at_and(plain: str, language: str) -> list[tuple[str, str]]:
    """Where a wish begins; things are counted with "and" as well: "a phone and a case"."""
    cuts = _whole(plain, list(_AND[language].finditer(plain)))
    return [cut for cut in cuts if asks(cut[1])] or cuts[:1]


def _whole(plain: str, matches: list[re.Match[str]]) -> list[tuple[str, str]]:
    cuts = [(plain[: match.start()].strip(" ,"), plain[match.end() :].strip()) for match in matches]
    return [cut for cut in cuts if min(map(count_words, cut)) >= _LEAST_OF_A_PART]


LONG_WORDS = 25
LONG_SENTENCES = 3


def is_long(text: str) -> bool:
    """Tells a story, in which the wish may be one sentence."""
    return count_words(text) > LONG_WORDS or len(sentences(text)) >= LONG_SENTENCES


def point_of(text: str) -> str | None:
    """The last question of a long message, else its last sentence; None when it is only one."""
    parts = [part for part in sentences(text) if count_words(part) >= _LEAST_OF_A_PART]
    if len(parts) < 2:
        return None
    return next((part for part in reversed(parts) if part.endswith("?")), parts[-1])
