"""Which items of an order somebody means. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.forms.form import Filling

ALL = re.compile(
    r"\b(?:all|both|everything|whole order|each"
    r"|wszystk\w*|obydw\w*|oba|obie|całe zamówienie|całość)\b",
    re.IGNORECASE,
)
# Between the items of one answer: no item has it in its name.
BETWEEN = "; "
_WORD = re.compile(r"\w+")
# What people call things, and the words of a name by which a shop's item is one.
_KINDS = (
    (r"coffee|espresso|ekspres|kaw[yęeao]\b", r"lattego|nespresso|dolce|delonghi|espresso|coffee"),
    (
        r"head ?phone|ear ?(?:phone|bud)|headset|słuchaw|sluchaw|pchełk",
        r"airpods|wh-|wf-|buds|headphone|headset|tune",
    ),
    (r"speaker|głośni|glosni", r"flip|boombox|sonos|soundbar|speaker"),
    (r"charger|ładowark|ladowark|zasilacz", r"charger|adapter"),
    (r"cable|cord|kab(?:el|l)|przew[oó]d", r"cable"),
    (r"keyboard|klawiatur", r"mx keys|keychron|keyboard"),
    (r"mouse|mysz", r"mx master|mouse"),
    (r"watch|zegar|opask", r"watch|garmin|fitbit"),
    (r"camera|kamer|aparat", r"gopro|eos|camera"),
    (r"laptop|notebook|komputer|computer", r"thinkpad|ideapad|macbook|zenbook|laptop"),
    (r"vacuum|hoover|odkurzacz", r"dyson v|roborock|roomba|vacuum"),
    (r"\btv\b|television|telewi", r"oled|qled|bravia|\btv\b"),
    (r"wash|pralk", r"washing machine|washer"),
    (r"reader|e-?book|czytnik", r"kindle|pocketbook|kobo"),
    (r"console|konsol", r"rog ally|playstation|ps5|xbox|switch|steam deck"),
    (r"phone|telefon|smartfon|kom[oó]rk", r"iphone|galaxy s|pixel|redmi|phone"),
    (r"tablet", r"ipad|galaxy tab|tablet"),
    (r"sensor|czujnik", r"sensor"),
)
_LEAST_LETTERS = 3
_NAME_WORDS = 5


def items_meant(text: str, items: Sequence[str]) -> tuple[str, ...]:
    """The items that the text names, by all or some of their words; none when it is not clear."""
    exact = [item for item in items if item.casefold() in text.casefold()]
    if exact:
        return tuple(exact)
    if ALL.search(text):
        return tuple(items)
    position = text.strip(" .)#")
    if position.isdecimal():
        at = int(position)
        return (items[at - 1],) if 0 < at <= len(items) else ()
    said = _words(text)
    hits = {item: len(said & _words(item)) for item in items}
    most = max(hits.values(), default=0)
    best = [item for item, count in hits.items() if count == most > 0]
    if not best:
        best = _of_kind(text, items)
    return tuple(best) if len(best) == 1 else ()


def insists(value: str, slot: str, filling: Filling) -> bool:
    """A few words that name a thing, said although its name is not in the list."""
    few = len(value.split()) <= _NAME_WORDS and re.search(r"[^\W\d]{2}", value) is not None
    return few and filling.progress.tries.get(slot, 0) > 0


def _of_kind(text: str, items: Sequence[str]) -> list[str]:
    """ "Ekspres" is a Philips 5500 LatteGo: the first kind that the text names."""
    for said, names in _KINDS:
        if re.search(said, text, re.IGNORECASE):
            return [item for item in items if re.search(names, item, re.IGNORECASE)]
    return []


def _words(text: str) -> set[str]:
    """The beginnings of its words: headphones and headphone are the same."""
    words = _WORD.findall(text.casefold())
    return {word[:5] for word in words if len(word) >= _LEAST_LETTERS}
