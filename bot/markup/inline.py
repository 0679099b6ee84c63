"""Words, emphasis, code and links within a line. One pass over the text, without backtracking.

A mark that has no partner is an ordinary sign: nothing that was written is ever lost.
"""

import re
from dataclasses import dataclass, field

from bot.markup.tree import Bold, Code, Inline, Italic, Link, Text

# http and https alone, up to a sign that ends sentences. Directions of writing (U+202A and the
# like) could make an address look like another one, so they end it.
_NO_ADDRESS = r"\s<>\"'\u200b-\u200f\u202a-\u202e\u2066-\u2069"
ADDRESS = rf"https?://[^{_NO_ADDRESS}]+[^{_NO_ADDRESS}.,;:!?)\]*_`]"
_IN_BRACKETS = rf"https?://[^{_NO_ADDRESS}()]+(?:\([^{_NO_ADDRESS}()]*\)[^{_NO_ADDRESS}()]*)*"
_TOKEN = re.compile(
    r"\\(?P<escaped>[\\`*_\[\]()#+\-.!>~|])"
    r"|`(?P<code>[^`\n]+)`"
    rf"|\[(?P<title>[^\[\]\n]{{1,200}})\]\((?P<url>{_IN_BRACKETS})\)"
    rf"|(?<![^\W_])(?P<bare>{ADDRESS})"
    r"|(?P<marks>\*+|_+)"
)
_DIRECTIONS = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
LONGEST_RUN = 3


@dataclass
class _Open:
    """A mark that waits for its partner; the outermost has none."""

    mark: str
    parts: list[Inline] = field(default_factory=list)


def inline(words: str) -> tuple[Inline, ...]:
    """The parts of these words."""
    stack = [_Open("")]
    end = 0
    for found in _TOKEN.finditer(words):
        _add(stack, Text(words[end : found.start()]))
        end = found.end()
        match found.lastgroup:
            case "escaped":
                _add(stack, Text(found["escaped"]))
            case "code":
                _add(stack, Code(found["code"]))
            case "url":
                _add(stack, link(found["title"], found["url"]))
            case "bare":
                _add(stack, Link(found["bare"], found["bare"]))
            case _:
                _take_marks(stack, words, found)
    _add(stack, Text(words[end:]))
    while len(stack) > 1:
        _give_up(stack)
    return tuple(stack[0].parts)


def link(title: str, url: str) -> Link:
    """A title that is an address itself could lie about where it leads: then the address shows."""
    shown = _DIRECTIONS.sub("", title).strip()
    is_honest = shown and "://" not in shown and not shown.lower().startswith("www.")
    return Link(shown if is_honest else url, url)


def _take_marks(stack: list[_Open], words: str, found: re.Match[str]) -> None:
    """A run of stars or lines: closes what is open, opens what is not, or is a sign as any."""
    run, sign = found["marks"], found["marks"][0]
    before = words[found.start() - 1] if found.start() else " "
    after = words[found.end()] if found.end() < len(words) else " "
    if len(run) > LONGEST_RUN:
        _add(stack, Text(run))
        return
    left = len(run)
    if not before.isspace() and not after.isalnum():
        left -= _close(stack, sign, left)
    may_open = not after.isspace() and not before.isalnum()
    while left and may_open:
        mark = sign * min(left, 2)
        if any(len(one.mark) == len(mark) for one in stack):
            break
        stack.append(_Open(mark))
        left -= len(mark)
    if left:
        _add(stack, Text(sign * left))


def _close(stack: list[_Open], sign: str, left: int) -> int:
    """Closes marks of this sign from the inside out; returns how many signs that took."""
    taken = 0
    while taken < left:
        at = next(
            (
                depth
                for depth in range(len(stack) - 1, 0, -1)
                if stack[depth].mark[0] == sign and len(stack[depth].mark) <= left - taken
            ),
            None,
        )
        if at is None:
            break
        while len(stack) - 1 > at:
            _give_up(stack)
        ended = stack.pop()
        taken += len(ended.mark)
        if not ended.parts:
            _add(stack, Text(ended.mark * 2))
        else:
            kind = Bold if len(ended.mark) == 2 else Italic
            _add(stack, kind(tuple(ended.parts)))
    return taken


def _give_up(stack: list[_Open]) -> None:
    """The innermost mark has no partner: it is a sign, and what follows it stays as it is."""
    lonely = stack.pop()
    _add(stack, Text(lonely.mark))
    for part in lonely.parts:
        _add(stack, part)


def _add(stack: list[_Open], part: Inline) -> None:
    parts = stack[-1].parts
    if isinstance(part, Text):
        if not part.text:
            return
        if parts and isinstance(before := parts[-1], Text):
            parts[-1] = Text(before.text + part.text)
            return
    parts.append(part)
