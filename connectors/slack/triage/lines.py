"""A conversation as it is told in its card's thread: who said what, and to whom. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.channel import CaseEntry
from bot.texts import text
from connectors.slack.mrkdwn import escape
from connectors.slack.triage.words import cut

# In bytes: Slack takes longer ones, but lets nobody edit what has more than 4,000.
MOST_POST, MOST_LINE = 3500, 3000
# Of what was said before there was a card, its thread begins with so much.
LAST_LINES = 12


@dataclass(frozen=True)
class Begin:
    """Where a post begins: behind a message and so many notes; of what follows, so many messages up
    to a number are left out."""

    seq: int = 0
    notes: int = 0
    left_out: int = 0
    left_out_to: int = 0


@dataclass(frozen=True)
class Told:
    """One post, and how far the thread tells after it."""

    text: str
    seq: int
    notes: int
    begin: Begin = Begin()


def told(
    entries: Iterable[CaseEntry], *, seq: int, notes: int, here: str, language: str
) -> Iterator[Told]:
    """The posts for these entries. A note that was written in this very thread is not repeated.

    `here`: how the sources of such notes begin. The last one may have no text: nothing to post.
    """
    fresh = list(entries)
    begin = Begin(seq, notes)
    if seq == 0:
        early = [entry.seq or 0 for entry in fresh if not entry.is_note][:-LAST_LINES]
        begin = Begin(seq, notes, len(early), max(early, default=0))
    lines = _first_line(begin, language)
    for entry in fresh:
        line = _line(entry, begin, here, language)
        if line and lines and _size([*lines, line]) > MOST_POST:
            yield Told("\n".join(lines), seq, notes, begin)
            lines, begin = [], Begin(seq, notes)
        if line:
            lines.append(line)
        seq, notes = (seq, notes + 1) if entry.is_note else (entry.seq or seq, notes)
    if fresh:
        yield Told("\n".join(lines), seq, notes, begin)


def told_again(entries: Iterable[CaseEntry], post: Told, *, here: str, language: str) -> str:
    """A post that told these entries, from where it begins, in the words of today.

    The longest lines are cut until Slack takes it as an edit.
    """
    lines, notes = _first_line(post.begin, language), post.begin.notes
    for entry in entries:
        notes += entry.is_note
        is_told = notes <= post.notes if entry.is_note else (entry.seq or 0) <= post.seq
        if is_told and (line := _line(entry, post.begin, here, language)):
            lines.append(line)
    while _size(lines) > MOST_POST:
        longest = max(range(len(lines)), key=lambda place: len(lines[place].encode()))
        lines[longest] = cut(lines[longest], len(lines[longest]) * 3 // 4)
    return "\n".join(lines)


def _first_line(begin: Begin, language: str) -> list[str]:
    count = begin.left_out
    return [text("triage.line.more", language, count=count)] if count else []


def _line(entry: CaseEntry, begin: Begin, here: str, language: str) -> str:
    is_left_out = not entry.is_note and (entry.seq or 0) <= begin.left_out_to
    if is_left_out or (entry.source or "").startswith(here):
        return ""
    return line_of(entry, language)


def _size(lines: Iterable[str]) -> int:
    return len("\n".join(lines).encode())


def line_of(entry: CaseEntry, language: str) -> str:
    """One entry in words, with nobody mentioned by accident."""
    kind = "note" if entry.is_note else entry.author
    name = escape(entry.name or text("triage.line.nameless", language))
    if entry.is_withdrawn:
        return text("triage.line.withdrawn", language, name=name)
    parts = [escape(entry.text)] if entry.text else []
    if entry.files:
        parts.append(text("triage.line.files", language, names=escape(", ".join(entry.files))))
    words = cut(" ".join(parts), MOST_LINE)
    if entry.is_edited:
        words = text("triage.line.edited", language, words=words)
    return text(f"triage.line.{kind}", language, name=name, words=words)
