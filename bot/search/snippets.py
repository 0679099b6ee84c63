"""The part of a text in which something was found, with what was found marked. Pure."""

from dataclasses import dataclass

from bot.search.sought import SHORTEST_BEGINNING, Sought
from bot.search.words import WORD, fold, stems

BEFORE, AFTER = 50, 110  # characters around the first word that was found


@dataclass(frozen=True)
class Piece:
    """A stretch of the text, and whether it is one of the words that were looked for."""

    text: str
    is_hit: bool = False


def snippet(text: str, what: Sought) -> tuple[Piece, ...]:
    """One line around the first hit; the beginning of the text when a file's name was the hit."""
    line = " ".join(text.split())
    hits = [found.span() for found in WORD.finditer(line) if _is_hit(fold(found.group()), what)]
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


def _is_hit(word: str, what: Sought) -> bool:
    for sought in what.words:
        if word == sought or (len(sought) >= SHORTEST_BEGINNING and word.startswith(sought)):
            return True
        if stems(word) & stems(sought):
            return True
    return False
