"""Times of the day: "14:30", "at 3 pm", "o wpół do ósmej", "kwadrans po dziesiątej". Pure.

What is said is meant: "at 3" is 03:00, as it is in Polish; only words for the part of the day
make it the afternoon. Which hours make sense is for the form to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.nlu.entities.found import Found, folded, longest, place
from engine.nlu.entities.number_words import COUNT_OF, HOUR_WORD, hour_of

_AM = r"a\.?m\b\.?|rano|nad ranem|in the morning|w nocy"
_PM = r"p\.?m\b\.?|po ?poludniu|wieczorem|wieczor\b|in the (?:afternoon|evening)|at night"
_HALF = rf"(?:[ ]?(?:(?P<am>{_AM})|(?P<pm>{_PM})))"
_DIGITAL = re.compile(
    rf"(?<![\w:.,-])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\w:-]|[.,]\d){_HALF}?"
)
_WITH_HALF = re.compile(
    rf"(?<![\w:.,-])(?P<hour>1[0-2]|0?[1-9])(?:[.:](?P<minute>[0-5]\d))?{_HALF}(?!\w)"
)
# What makes a number after "at" or "o" something else.
_UNIT = (
    r"(?:\w|[-–/:.,]\s?\d|[ ]?(?:%|proc|percent|min|stopni|degr|zl\b|pln|eur|dol|[kmg]?b(?:ps)?\b|kilo|mega|giga|cm\b|mm\b|cali|inch"
    r"|kg\b|sztuk|szt\b|raz\b|razy|times|lat\b|years?|metr|km|punkt|poziom|piet|dni|dzien|day|week"
    r"|tyg|mies|month|osob|people|sek|sec|hours?\b|godzin(?:y|e)?\b|x\b|v\b|w\b(?! )|wat|°|floor|st\b|nd\b|rd\b"
    r"|th\b|[-–/]\s\d))"
)
_TOLD = re.compile(
    r"\b(?:at|o|godz(?:in(?:a|y|e|ie|ach))?\.?|o godz(?:inie)?\.?|around|by|before|until|till|after|since"
    r"|od|do|po|przed|okolo|kolo|between|miedzy)[ ]"
    r"(?P<time>(?P<hour>[01]?\d|2[0-3])(?:[.:](?P<minute>[0-5]\d)|-?(?:tej|stej|ej))?(?:[ ]?o'?clock)?)"
    rf"(?!{_UNIT})"
)
_SURE = re.compile(r"(?:at|o|godz\w*\.?|around) ")
# After "before" or "po" a number is a time only where the sentence or the thought ends.
_END = re.compile(
    r"\s*(?:$|[.,!?;)]|(?:i|lub|albo|a|ale|bo|or|and|but|because|please|prosze|dzis\w*|jutro|pojutrze|today"
    r"|tomorrow|on|w)\b)"
)
_PLACE_AFTER = re.compile(r" [A-ZŁŚŻŹĆÓ][\w]+")
_RANGE = re.compile(
    r"\b(?:od|from|between|miedzy|w godz(?:inach)?\.?)[ ](?P<first>[01]?\d|2[0-3])(?P<m1>:[0-5]\d)?"
    r"[ ]?(?:do|to|a|and|-|–)[ ]?(?P<last>[01]?\d|2[0-3])(?P<m2>:[0-5]\d)?"
    rf"(?!{_UNIT})(?=\s*(?:$|[.,!?;)]|(?:o'?clock|jutro|dzis\w*|today|tomorrow|rano|w|on|please|prosze)\b))"
)
_SPOKEN = re.compile(
    rf"\b(?:o|po|przed|do|okolo|kolo|od|godzin(?:a|ie|y)) (?P<time>(?P<word>{HOUR_WORD}))\b"
    rf"(?! (?:raz|klas|stron|rat|osob)\w*){_HALF}?"
)
_HALF_TO = re.compile(rf"\bw ?pol do (?P<hour>{HOUR_WORD}|\d\d?)(?:-?ej)?\b{_HALF}?")
_QUARTER = (
    r"(?:kwadrans|quarter|(?:pi(?:ec|atka)|dziesiec|pietnascie|dwadziescia|five|ten|twenty)"
    r"(?: minut| minutes)?)"
)
_PAST = re.compile(
    rf"\b(?:a )?(?P<minutes>{_QUARTER}|half) (?P<way>past|to|po) (?P<hour>{HOUR_WORD}"
    rf"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d\d?)\b{_HALF}?"
)
_SHORT_OF = re.compile(
    rf"\bza (?P<minutes>kwadrans|piec|dziesiec|dwadziescia|\d\d?)(?: minut)? (?P<hour>{HOUR_WORD})\b"
    rf"{_HALF}?"
)
_NAMED = re.compile(
    r"\b(?:(?P<noon>(?:at )?noon|w (?:samo )?poludnie)|(?P<night>(?:at )?midnight|o polnocy))\b"
)
_HAS_WORDS = re.compile(
    r"noon|midnight|poludni|polnocy|kwadrans|quarter|half|w ?pol do|za |[aeyi]st(?:a|ej)\b"
    r"|(?:pierwsz|drug|trzec|czwart|piat|szost|siodm|osm|dziewiat|dziesiat|nast)(?:a|ia|ej|iej)\b"
    r"| (?:past|to) "
)
Spot = tuple[int, int, str]


def find(text: str) -> list[Found]:
    """ "HH:MM"; both ends of "od 9 do 17"."""
    plain = folded(text)
    spots: list[Spot] = []
    if any(letter.isdecimal() for letter in plain):
        spots += _with_digits(plain, text)
    if _HAS_WORDS.search(plain) is not None:
        for pattern, read in _IN_WORDS:
            for match in pattern.finditer(plain):
                start, end = match.span("time") if "time" in pattern.groupindex else match.span()
                spots += [(start, max(end, _half_end(match)), value) for value in read(match)]
    return longest(place(text, start, end, value) for start, end, value in spots)


def _with_digits(plain: str, text: str) -> list[Spot]:
    spots = []
    for pattern in (_DIGITAL, _WITH_HALF):
        for match in pattern.finditer(plain):
            value = _value(int(match["hour"]), int(match["minute"] or 0), match)
            spots.append((match.start(), match.end(), value))
    for match in _TOLD.finditer(plain):
        if _is_time(match, text):
            value = _value(int(match["hour"]), int(match["minute"] or 0))
            spots.append((*match.span("time"), value))
    for match in _RANGE.finditer(plain):
        for hour, minute in (("first", "m1"), ("last", "m2")):
            end = match.end(minute) if match[minute] else match.end(hour)
            value = _value(int(match[hour]), int((match[minute] or ":0")[1:]))
            spots.append((match.start(hour), end, value))
    return spots


def _is_time(match: re.Match[str], text: str) -> bool:
    if _SURE.match(match.group()) is None and match["minute"] is None:
        return _END.match(match.string, match.end()) is not None
    # "at 5 Main Street".
    is_english = match.group().startswith("at ")
    return not (is_english and _PLACE_AFTER.match(text, match.end()))


def _half_end(match: re.Match[str]) -> int:
    groups = match.re.groupindex
    return max((match.end(name) for name in ("am", "pm") if name in groups), default=-1)


def _value(hour: int, minute: int, match: re.Match[str] | None = None) -> str:
    """In 24 hours."""
    if match is not None and match["pm"] and hour < 12:
        hour += 12
    if match is not None and match["am"] and hour == 12:
        hour = 0
    return f"{hour % 24:02}:{minute:02}"


def _hour(words: str) -> int:
    if words.isdecimal():
        return int(words)
    return COUNT_OF[words] if words in COUNT_OF else hour_of(words)


def _minutes(words: str) -> int:
    first = words.split()[0]
    if first in ("kwadrans", "quarter"):
        return 15
    return 30 if first == "half" else int(first) if first.isdecimal() else COUNT_OF[first]


def _spoken(match: re.Match[str]) -> list[str]:
    return [_value(hour_of(match["word"]), 0, match)]


def _before(hour: int, minutes: int, match: re.Match[str]) -> list[str]:
    if not (1 <= hour <= 24 and 0 < minutes < 60):
        return []
    return [_value(hour - 1, 60 - minutes, match)]


def _half_to(match: re.Match[str]) -> list[str]:
    return _before(_hour(match["hour"]), 30, match)


def _past(match: re.Match[str]) -> list[str]:
    hour, minutes = _hour(match["hour"]), _minutes(match["minutes"])
    if match["way"] == "to":
        return _before(hour, minutes, match) if match["minutes"] != "half" else []
    if not 0 < minutes < 60 or hour > 24:
        return []
    return [_value(hour, minutes, match)]


def _short_of(match: re.Match[str]) -> list[str]:
    return _before(_hour(match["hour"]), _minutes(match["minutes"]), match)


def _named(match: re.Match[str]) -> list[str]:
    return ["12:00" if match["noon"] else "00:00"]


Reader = Callable[[re.Match[str]], list[str]]
_IN_WORDS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_SPOKEN, _spoken),
    (_HALF_TO, _half_to),
    (_PAST, _past),
    (_SHORT_OF, _short_of),
    (_NAMED, _named),
)
