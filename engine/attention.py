"""A second look at a message: what it wants may stand in a part of it.

It costs at most two more readings, and only messages that look like it get one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from engine.sentences import asks, two_parts
from engine.wishes import HAZY, Wish, are_one_matter, in_order, may_be_two

# `Any`: Rasa's parse data are untyped dictionaries.
Read = Callable[[str], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Attended:
    """What the bot acts on now, and the second wish of the message, if it has one."""

    wish: Wish
    second: Wish | None = None


async def attend(
    read: Read, whole: Wish, tracker: DialogueStateTracker, *, language: str
) -> Attended:
    """`whole` as it was understood at first. Inside a form nothing is cut: that is its business."""
    if tracker.active_loop_name is not None:
        return Attended(whole)
    return await _two_wishes(read, whole, language) or Attended(whole)


async def _two_wishes(read: Read, whole: Wish, language: str) -> Attended | None:
    parts = two_parts(whole.text, language)
    if parts is None or not may_be_two(whole, asks=asks(parts[1])):
        return None
    first = Wish(parts[0], await read(parts[0]))
    if not first.is_clear_beside(whole):
        return None
    second = Wish(parts[1], await read(parts[1]))
    if not second.is_clear_beside(whole):
        return None
    if are_one_matter(first, second):
        return Attended(first) if whole.score < HAZY else None
    return Attended(*in_order(first, second))
