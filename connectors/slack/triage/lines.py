"""A conversation as it is told in its card's thread: who said what, and to whom. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.channel import CaseEntry
from bot.texts import text
from connectors.slack.mrkdwn import escape
from connectors.slack.triage.words import cut

MOST_POST, MOST_LINE = 3500, 3000
# Of what was said before there was a card, its thread begins with so much.
LAST_LINES = 12


@dataclass(frozen=True)
class Told:
    """One post, and how far the thread tells after it."""

    text: str
    seq: int
    notes: int


def told(
    entries: Iterable[CaseEntry], *, seq: int, notes: int, here: str, language: str
) -> Iterator[Told]:
    """The posts for these entries. A note that was written in this very thread is not repeated.

    `here`: how the sources of such notes begin. The last one may have no text: nothing to post.
    """
    lines: list[str] = []
    fresh = list(entries)
    if seq == 0:
        said = [entry for entry in fresh if not entry.is_note]
        left_out = {entry.seq for entry in said[:-LAST_LINES]} if len(said) > LAST_LINES else set()
        if left_out:
            lines.append(text("triage.line.more", language, count=len(left_out)))
    else:
        left_out = set()
    for entry in fresh:
        line = ""
        if not (entry.source or "").startswith(here) and (
            entry.is_note or entry.seq not in left_out
        ):
            line = line_of(entry, language)
        if line and sum(map(len, lines)) + len(lines) + len(line) > MOST_POST and lines:
            yield Told("\n".join(lines), seq, notes)
            lines = []
        if line:
            lines.append(line)
        seq, notes = (seq, notes + 1) if entry.is_note else (entry.seq or seq, notes)
    if fresh:
        yield Told("\n".join(lines), seq, notes)


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


def told_again(
    entries: Iterable[CaseEntry], *, before: Told, now: Told, here: str, language: str
) -> str:
    """A post that told these entries, from behind `before` to `now.seq` and `now.notes`, in the
    words of today."""
    ours, notes = [], before.notes
    for entry in entries:
        if entry.is_note:
            notes += 1
        if notes <= now.notes if entry.is_note else (entry.seq or 0) <= now.seq:
            ours.append(entry)
    posts = told(ours, seq=before.seq, notes=before.notes, here=here, language=language)
    return "\n".join(post.text for post in posts if post.text)
