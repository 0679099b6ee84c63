"""Finds the colleagues whom a note names with @. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.errors import FirstlineError

# After a letter or a digit it is an e-mail address.
_AT = re.compile(r"(?<![\w.])@(?=\w)")
# In a name these end nothing: «Anna-Maria», «O'Neill».
_WITHIN = "-'’."


class UnclearMention(FirstlineError):
    """A first name that several colleagues have."""

    code = "unclear_mention"
    status = 422


@dataclass(frozen=True)
class Person:
    """A colleague who can be named: by full name, first name or the beginning of the address."""

    id: str
    name: str
    email: str


@dataclass(frozen=True)
class Piece:
    """A stretch of a note, and whom it names: nobody, if it is only words."""

    text: str
    person_id: str | None = None


def find_mentions(words: str, people: Sequence[Person]) -> tuple[str, ...]:
    """Ids of the colleagues, in the order of the text; raises UnclearMention.

    The longest name that fits counts; case and diacritics do not. An unknown name is only a word.
    """
    found: dict[str, None] = {}
    for _, _, meant in _places(words, people):
        if len(meant) > 1:
            names = ", ".join(sorted(person.name for person in meant))
            raise UnclearMention(names=names)
        found[meant[0].id] = None
    return tuple(found)


def pieces(words: str, people: Sequence[Person]) -> tuple[Piece, ...]:
    """The note in stretches, for whoever shows it; together they are its words.

    `people`: whom it named when it was written. A name that has changed since is only a word.
    """
    made, reached = [], 0
    for start, end, meant in _places(words, people):
        if len(meant) == 1 and start >= reached:
            made += [Piece(words[reached:start]), Piece(words[start:end], meant[0].id)]
            reached = end
    made.append(Piece(words[reached:]))
    return tuple(piece for piece in made if piece.text)


def _places(words: str, people: Sequence[Person]) -> Iterator[tuple[int, int, Sequence[Person]]]:
    """Where names begin with their sign, where they end, and who may be meant."""
    by_name = _names(people)
    for at in _AT.finditer(words):
        rest = folded(words[at.end() :])
        fits = [name for name in by_name if rest.startswith(name) and _ends(rest, len(name))]
        if fits:
            name = max(fits, key=len)
            yield at.start(), at.end() + len(name), by_name[name]


def folded(words: str) -> str:
    """Without case and diacritics, each letter in its place, those with a stroke too."""
    plain = []
    for letter in words:
        base = unicodedata.normalize("NFKD", letter)[0].lower()
        plain.append("l" if letter in "\u0142\u0141" else base[0])
    return "".join(plain)


def _names(people: Sequence[Person]) -> dict[str, list[Person]]:
    names: dict[str, list[Person]] = {}
    for person in people:
        name = folded(" ".join(person.name.split()))
        ways = {name, name.split(" ")[0], folded(person.email.split("@")[0])}
        for way in ways - {""}:
            names.setdefault(way, []).append(person)
    return names


def _ends(rest: str, length: int) -> bool:
    """Whether the name is over here, and not the beginning of a longer word."""
    after = rest[length : length + 2]
    if not after or not (after[0].isalnum() or after[0] in _WITHIN or after[0] == "_"):
        return True
    return after[0] in _WITHIN and not after[1:].isalnum()
