"""The part of a text in which something was found, with what was found marked. Pure."""

from dataclasses import dataclass

from bot.search.sought import Sought, is_beginning
from bot.search.words import WORD, Form, form_of

BEFORE, AFTER = 50, 110  # characters around the first word that was found


@dataclass(frozen=True)
class Piece:
    """A stretch of the text, and whether it is one of the words that were looked for."""

    text: str
    is_hit: bool = False


def snippet(text: str, what: Sought) -> tuple[Piece, ...]:
    """One line around the first hit; the beginning of the text when a file's name was the hit."""
    line = " ".join(text.split())
    hits = _hits(line, what)
    first = hits[0][0] if hits else 0
    start, end = _cut(line, first)
    pieces: list[Piece] = [Piece("…")] if start else []
    reached = start
    for begin, finish in hits:
        if begin >= end:
            break
        pieces += [Piece(line[reached:begin]), Piece(line[begin:finish], is_hit=True)]
        reached = finish
    pieces.append(Piece(line[reached:end] + ("…" if end < len(line) else "")))
    return tuple(piece for piece in pieces if piece.text)


def _cut(line: str, first: int) -> tuple[int, int]:
    """From where to where, at spaces if there are any near."""
    start = 0 if first <= BEFORE else line.find(" ", first - BEFORE, first) + 1 or first
    end = first + AFTER
    if end >= len(line):
        return start, len(line)
    return start, max(line.rfind(" ", first, end), 0) or end


def _hits(line: str, what: Sought) -> list[tuple[int, int]]:
    """Where a word that was looked for stands, or a phrase from its first word to its last."""
    found = list(WORD.finditer(line))
    forms = [form_of(word.group()) for word in found]
    lasts: dict[int, int] = {}  # the number of the last word, by that of the first
    for at, form in enumerate(forms):
        if _is_hit(form, what):
            lasts[at] = at
        for phrase in what.phrases:
            if phrase.begins_at(forms, at):
                lasts[at] = max(lasts.get(at, at), at + len(phrase.words) - 1)
    hits: list[tuple[int, int]] = []
    for first, last in sorted(lasts.items()):
        begin, end = found[first].start(), found[last].end()
        if hits and begin < hits[-1][1]:  # phrases overlap
            hits[-1] = (hits[-1][0], max(hits[-1][1], end))
        else:
            hits.append((begin, end))
    return hits


def _is_hit(form: Form, what: Sought) -> bool:
    return any(form.fits(word) or is_beginning(word, form.word) for word in what.words)
