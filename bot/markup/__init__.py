"""The Markdown subset of agents' messages (docs/markup.md): parsed once, shown by every channel."""

from bot.markup.parse import parse
from bot.markup.plain import plain
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
    Paragraph,
    Text,
)

__all__ = [
    "Block",
    "Bold",
    "Bullets",
    "Code",
    "CodeBlock",
    "Inline",
    "Italic",
    "Link",
    "Numbers",
    "Paragraph",
    "Text",
    "parse",
    "plain",
]
