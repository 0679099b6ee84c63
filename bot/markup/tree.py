"""What a message is made of. No part holds itself: bold text has no bold text in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """Words as they are; a line feed is a new line."""

    text: str


@dataclass(frozen=True)
class Bold:
    """Strong words."""

    parts: tuple["Inline", ...]


@dataclass(frozen=True)
class Italic:
    """Stressed words."""

    parts: tuple["Inline", ...]


@dataclass(frozen=True)
class Code:
    """A few signs to be copied as they are; one line."""

    text: str


@dataclass(frozen=True)
class Link:
    """An http or https address; `title` is the address itself where it was written bare."""

    title: str
    url: str


Inline = Text | Bold | Italic | Code | Link


@dataclass(frozen=True)
class Paragraph:
    """Lines between two empty ones."""

    parts: tuple[Inline, ...]


@dataclass(frozen=True)
class CodeBlock:
    """Lines to be copied as they are."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list without order; lists are flat."""

    items: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True)
class Numbers:
    """A numbered list that begins with `first`."""

    items: tuple[tuple[Inline, ...], ...]
    first: int = 1


Block = Paragraph | CodeBlock | Bullets | Numbers
