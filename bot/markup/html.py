"""A message as HTML: every word escaped, and no tag or attribute that was not written here."""

from collections.abc import Iterable

from markupsafe import Markup, escape

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

_LINK = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{1}</a>')


def as_html(message: str) -> Markup:
    """The message for a page; lines within a paragraph are kept by `white-space: pre-wrap`."""
    return Markup("").join(_block(block) for block in parse(message))


def _block(block: Block) -> Markup:
    match block:
        case CodeBlock(text):
            return Markup("<pre><code>{}</code></pre>").format(text)
        case Bullets(items):
            return Markup("<ul>{}</ul>").format(_items(items))
        case Numbers(items, first):
            return Markup('<ol start="{}">{}</ol>').format(first, _items(items))
        case _:
            return Markup("<p>{}</p>").format(_inlines(block.parts))


def _items(items: Iterable[tuple[Inline, ...]]) -> Markup:
    return Markup("").join(Markup("<li>{}</li>").format(_inlines(item)) for item in items)


def _inlines(parts: Iterable[Inline]) -> Markup:
    return Markup("").join(_inline(part) for part in parts)


def _inline(part: Inline) -> Markup:
    match part:
        case Text(text):
            return escape(text)
        case Code(text):
            return Markup("<code>{}</code>").format(text)
        case Link(title, url):
            return _LINK.format(url, title)
        case Bold(parts):
            return Markup("<strong>{}</strong>").format(_inlines(parts))
        case Italic(parts):
            return Markup("<em>{}</em>").format(_inlines(parts))
