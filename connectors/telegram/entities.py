"""Incoming text with its entities, as a person would read it. Pure.

Telegram counts in UTF-16 units: whoever cuts a Python string by its offsets cuts emoji in two.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Entity:
    """A part of a text that means something. `user`: of a text_mention."""

    kind: str
    offset: int
    length: int
    url: str | None = None
    user: int | None = None


def units(words: str) -> int:
    """The length as Telegram counts it."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def part(words: str, entity: Entity) -> str:
    """The words that the entity covers."""
    raw = words.encode("utf-16-le", "surrogatepass")
    piece = raw[2 * entity.offset : 2 * (entity.offset + entity.length)]
    return piece.decode("utf-16-le", "replace")


def readable(words: str, entities: Sequence[Entity]) -> str:
    """With the address behind each link whose words do not show it."""
    raw, found = words.encode("utf-16-le", "surrogatepass"), []
    end = 0
    for entity in sorted(entities, key=lambda one: one.offset):
        stop = 2 * (entity.offset + entity.length)
        if entity.kind != "text_link" or not entity.url or not end < stop <= len(raw):
            continue
        if part(words, entity).strip() == entity.url:
            continue
        found += [raw[end:stop], f" ({entity.url})".encode("utf-16-le", "replace")]
        end = stop
    return b"".join([*found, raw[end:]]).decode("utf-16-le", "replace")


def without(words: str, entities: Sequence[Entity]) -> str:
    """The text without these parts, such as the bot's own name."""
    raw, kept, end = words.encode("utf-16-le", "surrogatepass"), [], 0
    for entity in sorted(entities, key=lambda one: one.offset):
        start, stop = 2 * entity.offset, 2 * (entity.offset + entity.length)
        if start >= end:
            kept.append(raw[end:start])
            end = stop
    return b"".join([*kept, raw[end:]]).decode("utf-16-le", "replace").strip()


def shifted(entities: Sequence[Entity], by: int, length: int) -> list[Entity]:
    """As they stand in a text of which the first `by` units are gone."""
    return [
        Entity(one.kind, one.offset - by, one.length, one.url, one.user)
        for one in entities
        if by <= one.offset and one.offset - by + one.length <= length
    ]
