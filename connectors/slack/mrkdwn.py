"""Our messages as Slack's mrkdwn, escaped, in pieces that fit. Pure.

What anybody wrote can never ping: `<`, `>` and `&` are escaped, so no mention of Slack's can
arise from it, and blocks are `verbatim`, so Slack looks for none in `@here` either.
"""

import re
from itertools import count

from bot.markup import (
    Block,
    Bold,
    Bullets,
    Code,
    CodeBlock,
    Inline,
    Link,
    Numbers,
    Text,
    parse,
)

FENCE = "```"
# Joins words without a gap: behind it, a sign is no mark for Slack.
JOINER = "\u2060"
_URL = re.compile(r"https?://[^\s<>|\"'\]]+")
_ENDS_A_SENTENCE = ".,;:!?)"
# Signs that Slack would take for marks: at the edge of a word, with a partner on their line.
_MARK = re.compile(r"(?<![\w\u2060])([*_~`])(?=\S(?:[^\n]*?\S)??\1(?!\w))")
_PIECES = re.compile(r"<[^<>\n]*>|\s+|[^\s<]+|<")
_ATOMS = re.compile(r"&(?:amp|lt|gt);|.", re.DOTALL)


def escape(words: str) -> str:
    """The three characters that mean something to Slack."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain_to_mrkdwn(words: str, *, most: int) -> list[str]:
    """Plain words, in which only addresses become links, in pieces of up to `most` characters."""
    return _split(_linked(words.strip("\n")), most)


def to_mrkdwn(markup: str, *, most: int) -> list[str]:
    """An agent's words (docs/markup.md), in pieces of up to `most` characters."""
    pieces: list[str] = []
    for block in parse(markup):
        pieces += _block(block, most)
    return _joined(pieces, most)


def link(title: str, url: str) -> str:
    """A link; its title is all that is seen of it."""
    return f"<{escape(url).replace('|', '%7C')}|{escape(title).replace('|', '¦')}>"


def _block(block: Block, most: int) -> list[str]:
    if isinstance(block, CodeBlock):
        room = most - 2 * len(FENCE) - 2
        parts = _split(_without_fence(escape(block.text.strip("\n"))), room)
        return [f"{FENCE}\n{part}\n{FENCE}" for part in parts]
    if isinstance(block, Bullets):
        return _split("\n".join(f"• {_line(item)}" for item in block.items), most)
    if isinstance(block, Numbers):
        numbered = zip(count(block.first), block.items, strict=False)
        return _split("\n".join(f"{n}. {_line(item)}" for n, item in numbered), most)
    return _split(_line(block.parts), most)


def _line(parts: tuple[Inline, ...]) -> str:
    return "".join(map(_inline, parts))


def _inline(part: Inline) -> str:
    if isinstance(part, Text):
        return _neutral(escape(part.text))
    if isinstance(part, Code):
        return f"`{escape(part.text)}`" if "`" not in part.text else escape(part.text)
    if isinstance(part, Link):
        return link(part.title, part.url)
    inner = _line(part.parts)
    return f"*{inner}*" if isinstance(part, Bold) else f"_{inner}_"


def _linked(words: str) -> str:
    parts, end = [], 0
    for found in _URL.finditer(words):
        url = found[0].rstrip(_ENDS_A_SENTENCE)
        parts.append(_neutral(escape(words[end : found.start()])))
        parts.append(link(url, url))
        end = found.start() + len(url)
    parts.append(_neutral(escape(words[end:])))
    return "".join(parts)


def _neutral(escaped: str) -> str:
    return _MARK.sub(rf"{JOINER}\1", escaped)


def _without_fence(code: str) -> str:
    return code.replace(FENCE, f"``{JOINER}`")


def _split(text: str, most: int) -> list[str]:
    """At the ends of lines, else between words, else anywhere but within an entity."""
    pieces: list[str] = []
    current = ""
    for line in text.split("\n"):
        for part in _fitting(line, most):
            joined = f"{current}\n{part}" if current else part
            if len(joined) <= most:
                current = joined
            else:
                pieces.append(current)
                current = part
    pieces.append(current)
    return [piece for piece in pieces if piece.strip()]


def _fitting(line: str, most: int) -> list[str]:
    if len(line) <= most:
        return [line]
    parts, current = [], ""
    for found in _PIECES.finditer(line):
        piece = found[0]
        atoms = [piece] if len(piece) <= most else _ATOMS.findall(piece)
        for atom in atoms:
            if len(current) + len(atom) > most:
                parts.append(current.rstrip())
                current = ""
            current += atom
    return [*parts, current]


def _joined(pieces: list[str], most: int) -> list[str]:
    """Neighbours that fit together are one."""
    joined: list[str] = []
    for piece in pieces:
        if joined and len(joined[-1]) + 2 + len(piece) <= most:
            joined[-1] += f"\n\n{piece}"
        else:
            joined.append(piece)
    return joined
