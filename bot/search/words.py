"""What a text is found by: its words without diacritics, and their stems. Pure.

Both databases keep what this file makes of a text and compare it letter by letter: neither
FTS5 nor PostgreSQL has a stemmer for Polish, and neither takes the crossed l of Polish for an l.
A stem is never shown, so it need not be a word: it only has to be the same for the forms of one.
Where an ending may stand for several (`zwrocie` of `zwrot` or of `zwrok`), a word has several
stems, and two words match when they share one.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

STEM = "~"  # before a stem, so that no word is taken for one
LONGEST = 40  # characters of a word that count
MOST_WORDS = 400  # of one text; what comes later is not found by its words
SHORTEST_STEM = 3
WORD = re.compile(r"[^\W_]+")
# What NFKD leaves as it is.
NOT_COMPOSED = str.maketrans(
    # l and d with a stroke, o with a slash, ae, oe, and i without its dot
    {"\u0142": "l", "\u0111": "d", "\u00f8": "o", "\u00e6": "ae", "\u0153": "oe", "\u0131": "i"}
)
VOWELS = "aeiouy"
NASAL_A, NASAL_E = "\u0105", "\u0119"
# Endings of nouns, adjectives and verbs, without diacritics; the longest that fits is taken off.
POLISH_ENDINGS = """
    owaniami owaniach owaniem owanie owania owaniu owano owany owana owane owac
    eniami eniach eniem enie enia eniu aniami aniach aniem anie ania aniu
    owalismy owalam owalem owali owala owal ujemy ujecie ujesz uja uje uj
    ilismy ilysmy ilam ilem ila ilo ili ily alismy alysmy alam alem ala alo ali aly
    iami iach ami mi ach owie owi iego iemu ego emu ymi imi ych ich iej ej om iom ow iow
    iesz isz ysz asz esz emy imy ymy amy ecie icie ycie acie aja am em iem
    ie ia iu io i y a e o u ac ic yc ec il al ym im
"""
ENDINGS = tuple(sorted(POLISH_ENDINGS.split(), key=len, reverse=True))
# Of nouns such as zamowienie and pytanie: no ending, but a shorter stem than the others'.
GENITIVES = ("ien", "an", "en")
# What a locative turns round: paczce → paczka, zwrocie → zwrot, kurierze → kurier.
BACK = {"c": ("k", "t"), "rz": ("r",), "dz": ("d", "g"), "sc": ("st",), "sz": ("s", "ch")}
ENGLISH_ENDINGS = ("ings", "ing", "edly", "ed", "ies", "es", "s", "ly")


@dataclass(frozen=True)
class Form:
    """A word as it stands in a text: folded, and with all stems that the index keeps of it."""

    word: str
    stems: frozenset[str]

    def fits(self, word: str) -> bool:
        """Whether it is this (folded) word, or another form of it."""
        return self.word == word or not self.stems.isdisjoint(stems(word))


def fold(text: str) -> str:
    """Lower case without diacritics: a text and what is typed in a hurry are the same."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(NOT_COMPOSED))
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).translate(
        NOT_COMPOSED
    )


def words_of(text: str) -> Iterator[str]:
    """Its words, folded, in order."""
    for found in WORD.finditer(fold(text)):
        yield found.group()[:LONGEST]


# A page of hits asks for the stems of each word in sixty texts; a desk's words are soon all known.
@lru_cache(maxsize=8192)
def stems(word: str) -> frozenset[str]:
    """The stems of a folded word, by the rules of both languages; numbers have none."""
    if len(word) <= SHORTEST_STEM or not word.isalpha() or not word.isascii():
        return frozenset((word,)) if word.isalpha() else frozenset()
    found = {_without_vowels(_polish(word))}
    if word.endswith("ien"):
        found.add(_without_vowels(word.removesuffix("ien")))
    found |= set(_english(word))
    for stem in tuple(found):
        found |= set(_with_its_vowel_gone(stem))
        if word[-1] in "eiy":  # as a locative or a plural of persons ends
            found |= set(_turned_back(stem))
    return frozenset(stem for stem in found if len(stem) >= SHORTEST_STEM) or frozenset((word,))


def indexed(text: str) -> str:
    """What is kept of a text: each of its words once and each of their stems, space between."""
    kept: dict[str, None] = {}
    for number, form in enumerate(forms_of(text)):
        if number >= MOST_WORDS:
            break
        kept[form.word] = None
        kept |= dict.fromkeys(f"{STEM}{stem}" for stem in sorted(form.stems))
    return " ".join(kept)


def forms_of(text: str) -> Iterator[Form]:
    """The words of a text, in order."""
    for found in WORD.finditer(unicodedata.normalize("NFKC", text).casefold()):
        yield form_of(found.group())


@lru_cache(maxsize=8192)
def form_of(word: str) -> Form:
    """One word, with its diacritics: `_nasal_variants` asks for them."""
    every = (stems(variant) for variant in _nasal_variants(word.casefold()))
    return Form(fold(word)[:LONGEST], frozenset().union(*every))


def _nasal_variants(word: str) -> Iterator[str]:
    """A last nasal vowel changes in other cases (blad, bledu): a word is found by both."""
    yield fold(word)[:LONGEST]
    last = max(word.rfind(NASAL_A), word.rfind(NASAL_E))
    # At the end it is an ending, which no stem has.
    if 0 < last < len(word) - 1:
        other = NASAL_E if word[last] == NASAL_A else NASAL_A
        yield fold(f"{word[:last]}{other}{word[last + 1 :]}")[:LONGEST]


def _polish(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    for ending in GENITIVES:
        if word.endswith(ending) and len(word) - len(ending) > SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def _english(word: str) -> Iterator[str]:
    for ending in ENGLISH_ENDINGS:
        rest = word.removesuffix(ending)
        if rest == word or len(rest) < SHORTEST_STEM:
            continue
        if ending == "s" and rest.endswith(("s", "u", "i")):
            continue  # address, status, this
        yield _without_vowels(rest)
        if len(rest) > SHORTEST_STEM and rest[-1] == rest[-2]:
            yield rest[:-1]  # cancelled, stopped
    yield _without_vowels(word)


def _without_vowels(stem: str) -> str:
    """Without what is left of an ending: `zamowi` and `zamow`, `delivery` and `deliver`."""
    while len(stem) > SHORTEST_STEM and stem[-1] in VOWELS:
        stem = stem[:-1]
    return stem


def _turned_back(stem: str) -> Iterator[str]:
    """What the stem may have been before its ending changed it."""
    for sound, before in BACK.items():
        if stem.endswith(sound):
            rest = stem[: -len(sound)]
            # Short ones would be too many other words: in Lodz there is no ice (lod).
            yield from (rest + one for one in before if len(rest + one) > SHORTEST_STEM)


def _with_its_vowel_gone(stem: str) -> Iterator[str]:
    # paczek → paczk, hasel → hasl: an e that comes and goes.
    is_long = len(stem) > SHORTEST_STEM + 1
    if is_long and stem[-2] == "e" and stem[-1] in "klncr" and stem[-3] not in VOWELS:
        yield stem[:-2] + stem[-1]
