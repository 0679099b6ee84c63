"""A second look at a message: what it wants may stand in a part of it.

It costs at most two more readings, and only messages that look like it get one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from engine.negation import FORMS, HUMAN, Negated, negated
from engine.sentences import asks, count_words, two_parts
from engine.wishes import (
    CLEAR,
    HAZY,
    URGENT,
    Wish,
    are_one_matter,
    in_order,
    is_topic,
    may_be_two,
)

# `Any`: Rasa's parse data are untyped dictionaries.
Read = Callable[[str], Awaitable[dict[str, Any]]]

# A longer answer to a form is a story, in which somebody may not want something.
FORM_WORDS = 8
REST_WORDS = 3


@dataclass(frozen=True)
class Attended:
    """What the bot acts on now, and the second wish of the message, if it has one."""

    wish: Wish
    second: Wish | None = None
    # A response that is given whatever the rules say.
    instead: str | None = None


async def attend(
    read: Read, whole: Wish, tracker: DialogueStateTracker, *, language: str, desk: str
) -> Attended:
    """`whole` as it was understood at first. Inside a form nothing is cut: that is its business."""
    turned_down = _turned_down(whole, desk)
    loop = tracker.active_loop_name
    if loop is not None:
        return Attended(whole if turned_down is None else _in_form(whole, turned_down, loop))
    if turned_down is not None:
        return await _other_than(read, whole, turned_down)
    return await _two_wishes(read, whole, language) or Attended(whole)


def _turned_down(whole: Wish, desk: str) -> Negated | None:
    found = None if whole.intent in URGENT else negated(whole.text, desk=desk, best=whole.ranked)
    if found is not None and whole.intent == HUMAN != found.intent:
        return None  # a wish for a person is never lost
    return found


def _in_form(whole: Wish, turned_down: Negated, loop: str) -> Wish:
    """ "I don't want to return it" leaves the return; "I don't want to cancel" goes on with it."""
    if count_words(whole.text) > FORM_WORDS:
        return whole
    if FORMS.get(turned_down.intent) == loop:
        return whole.taken_for("cancel")
    goes_on = turned_down.intent in (HUMAN, "care_cancel_order")
    return whole.taken_for("repeat") if goes_on else whole


async def _other_than(read: Read, whole: Wish, turned_down: Negated) -> Attended:
    """What the rest of the message wants, or the answer that nothing will be done."""
    if count_words(turned_down.rest) >= REST_WORDS:
        rest = Wish(turned_down.rest, await read(turned_down.rest))
        if rest.intent == turned_down.intent:
            return Attended(whole)  # "… but you cancelled it": a complaint
        if rest.intent == HUMAN or (is_topic(rest.intent) and rest.score >= CLEAR):
            return Attended(rest)
    return Attended(whole.taken_for("deny"), instead=f"utter_negated_{turned_down.intent}")


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
