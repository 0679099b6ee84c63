"""A message without marks, for whatever shows none: a line of a list, a mail as text. Pure."""

from collections.abc import Iterable

from bot.markup.parse import parse
from bot.markup.tree import (
    Block,
    Bold,
    Bullets,
    Code,
    CodeBlock,
    Inline,
    Italic,
    Link,
    Numbers,
    Text,
)


def plain(message: str) -> str:
    """The words; behind a link's title stands its address."""
    return "\n\n".join(_block(block) for block in parse(message))


def words_of(parts: Iterable[Inline]) -> str:
    """The words of a line's parts."""
    return "".join(_inline(part) for part in parts)


def _block(block: Block) -> str:
    match block:
        case CodeBlock(text):
            return text
        case Bullets(items):
            return "\n".join(f"- {words_of(item)}" for item in items)
        case Numbers(items, first):
            return "\n".join(f"{n}. {words_of(item)}" for n, item in enumerate(items, first))
        case _:
            return words_of(block.parts)


def _inline(part: Inline) -> str:
    match part:
        case Text(text) | Code(text):
            return text
        case Link(title, url):
            return url if title == url else f"{title} ({url})"
        case Bold(parts) | Italic(parts):
            return words_of(parts)
