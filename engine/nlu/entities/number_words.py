"""Small numbers in words, as people write them beside days and hours. Pure; for folded texts."""

from __future__ import annotations

_COUNTS = {
    1: "a an one jeden jedna jedno jednego jednej",
    2: "two dwa dwie dwoch dwu",
    3: "three trzy trzech",
    4: "four cztery czterech",
    5: "five piec pieciu",
    6: "six szesc szesciu",
    7: "seven siedem siedmiu",
    8: "eight osiem osmiu",
    9: "nine dziewiec dziewieciu",
    10: "ten dziesiec dziesieciu",
    11: "eleven jedenascie jedenastu",
    12: "twelve dwanascie dwunastu",
    14: "fourteen czternascie czternastu",
    15: "fifteen pietnascie pietnastu",
    20: "twenty dwadziescia dwudziestu",
    30: "thirty trzydziesci trzydziestu",
}
COUNT_OF = {word: count for count, words in _COUNTS.items() for word in words.split()}
# Stems of the Polish ordinals: "pierwszego", "pierwszej", "pierwszy".
_ORDINALS = {
    1: "pierwsz",
    2: "drug",
    3: "trzec",
    4: "czwart",
    5: "piat",
    6: "szost",
    7: "siodm",
    8: "osm",
    9: "dziewiat",
    10: "dziesiat",
    11: "jedenast",
    12: "dwunast",
    13: "trzynast",
    14: "czternast",
    15: "pietnast",
    16: "szesnast",
    17: "siedemnast",
    18: "osiemnast",
    19: "dziewietnast",
    20: "dwudziest",
    30: "trzydziest",
}
_DAY_ENDINGS = ("ego", "iego", "go", "y", "i")
_HOUR_ENDINGS = ("ej", "iej", "a", "ia")


def _forms(endings: tuple[str, ...]) -> dict[str, int]:
    return {stem + ending: number for number, stem in _ORDINALS.items() for ending in endings}


_DAY_WORDS = _forms(_DAY_ENDINGS)
_HOUR_WORDS = _forms(_HOUR_ENDINGS)


def _alternatives(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


COUNT = rf"\d{{1,3}}|{_alternatives(COUNT_OF)}"
DAY_WORD = (
    rf"(?:dwudziest(?:ego|y)|trzydziest(?:ego|y)) (?:{_alternatives(_DAY_WORDS)})"
    rf"|{_alternatives(_DAY_WORDS)}"
)
HOUR_WORD = rf"dwudziest(?:ej|a) (?:pierwsz|drug|trzec)(?:ej|iej|a|ia)|{_alternatives(_HOUR_WORDS)}"


def count_of(words: str) -> int:
    return int(words) if words.isdecimal() else COUNT_OF[words]


def day_of(words: str) -> int:
    return sum(_DAY_WORDS[word] for word in words.split())


def hour_of(words: str) -> int:
    return sum(_HOUR_WORDS[word] for word in words.split())
