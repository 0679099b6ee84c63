"""What agents read, made safe and handy: addresses as links, sizes in words."""

import re

from babel.numbers import format_decimal
from markupsafe import Markup, escape

# As in the widget: http and https alone, up to a sign that ends sentences. Directions of writing
# (U+202A and the like) could make an address look like another one, so they end it.
_ADDRESS = re.compile(
    r"\bhttps?://[^\s<>\"'\u200b-\u200f\u202a-\u202e\u2066-\u2069]+"
    r"[^\s<>\"'\u200b-\u200f\u202a-\u202e\u2066-\u2069.,;:!?)\]]"
)
_LINK = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer nofollow">{0}</a>')


def linked(words: str) -> Markup:
    """The words, escaped, with their web addresses as links."""
    made, end = Markup(""), 0
    for found in _ADDRESS.finditer(words):
        made += escape(words[end : found.start()]) + _LINK.format(found.group())
        end = found.end()
    return made + escape(words[end:])


def file_size(size: int, language: str) -> str:
    """Such as “52 kB”."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{round(size / 1000)} kB"
    return f"{format_decimal(size / 1_000_000, '0.#', locale=language)} MB"
