"""What somebody looks for: from what was typed to the databases' own languages. Pure."""

import re
from dataclasses import dataclass

from bot.search.words import STEM, Form, stems, words_of

MOST_WORDS = 12
SHORTEST_BEGINNING = 3  # a word of fewer letters is no beginning of others
# Straight, curly, Polish (low and high) and angled.
QUOTES = '"\u201c\u201d\u201e\u00ab\u00bb'
# One that begins a phrase stands before a word, never after one (15" is an inch). Without its end
# the phrase goes on to the end of what was typed: it is still being written.
_PHRASE = re.compile(rf"(?<!\w)[{QUOTES}](?P<inside>[^{QUOTES}]*)(?P<end>[{QUOTES}]|\Z)")


@dataclass(frozen=True)
class Phrase:
    """Words that stand one after the other; if it is open, the last may be the beginning of one."""

    words: tuple[str, ...]
    is_open: bool = False

    def begins_at(self, forms: list[Form], at: int) -> bool:
        """Whether the words from there on are these, in whatever form."""
        there = forms[at : at + len(self.words)]
        if len(there) < len(self.words):
            return False
        if not all(form.fits(word) for form, word in zip(there[:-1], self.words, strict=False)):
            return False
        last, word = there[-1], self.words[-1]
        return last.fits(word) or (self.is_open and is_beginning(word, last.word))

    def stands_in(self, forms: list[Form]) -> bool:
        """Whether it is anywhere in this text."""
        return any(self.begins_at(forms, at) for at in range(len(forms)))


@dataclass(frozen=True)
class Sought:
    """What has to be there: loose words in any order, and phrases. All words are folded."""

    words: tuple[str, ...] = ()
    phrases: tuple[Phrase, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.words or self.phrases)

    def for_sqlite(self) -> str:
        """As FTS5 reads it; words hold letters and digits alone."""
        return " AND ".join(f"({' OR '.join(ways)})" for ways in self._ways('"', "*"))

    def for_postgresql(self) -> str:
        """As a tsquery is written."""
        return " & ".join(f"({' | '.join(ways)})" for ways in self._ways("'", ":*"))

    def phrases_stand_in(self, forms: list[Form]) -> bool:
        """What no index says of a text that holds all the words: whether they are in order."""
        return all(phrase.stands_in(forms) for phrase in self.phrases)

    def _ways(self, quote: str, star: str) -> list[list[str]]:
        """For each word, what in the index it may stand for."""
        terms = dict.fromkeys(self.words, True)
        for phrase in self.phrases:
            for word in phrase.words[:-1]:
                terms.setdefault(word, False)
            last = phrase.words[-1]
            terms[last] = phrase.is_open or terms.get(last, False)
        ways = []
        for word, may_begin in list(terms.items())[:MOST_WORDS]:
            quoted = f"{quote}{word}{quote}"
            begins = may_begin and len(word) >= SHORTEST_BEGINNING
            stemmed = (f"{quote}{STEM}{stem}{quote}" for stem in sorted(stems(word)))
            ways.append([quoted + star if begins else quoted, *stemmed])
        return ways


def sought(typed: str) -> Sought:
    """What to look for, with phrases in quotes; nothing, when nothing that was typed is a word."""
    phrases = []
    for found in _PHRASE.finditer(typed):
        if words := tuple(words_of(found["inside"])):
            phrases.append(Phrase(words, is_open=not found["end"]))
    return Sought(all_words(_PHRASE.sub(" ", typed)).words, tuple(dict.fromkeys(phrases)))


def all_words(typed: str) -> Sought:
    """The same without phrases: quotes mean nothing."""
    return Sought(tuple(dict.fromkeys(words_of(typed)))[:MOST_WORDS])


def is_beginning(word: str, of: str) -> bool:
    """Whether what was typed so far may become the other word."""
    return len(word) >= SHORTEST_BEGINNING and of.startswith(word)
