"""A second look at a message: what it wants may stand in a part of it.

It costs at most two more readings, and only messages that look like it get one.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME as NOT_UNDERSTOOD
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from engine.emergencies import EMERGENCIES
from engine.follow_up import (
    ALONE,
    AT_HOME,
    HOME,
    SAME,
    Before,
    aspect,
    covers,
    fragment_of,
    together,
)
from engine.negation import FORMS, HUMAN, Negated, negated
from engine.sentences import adds, asks, count_words, is_long, point_of, two_parts
from engine.wishes import (
    CLEAR,
    HAZY,
    VAGUE,
    WHOLE,
    Wish,
    are_one_matter,
    in_order,
    is_topic,
    may_be_two,
    quoted,
)

# `Any`: Rasa's parse data are untyped dictionaries.
Read = Callable[[str], Awaitable[dict[str, Any]]]
AnswerTo = Callable[[str], str]

# A longer answer to a form is a story, in which somebody may not want something.
FORM_WORDS = 8
EMAIL_ALONE = "utter_email_alone"
_EMAIL_ALONE = re.compile(
    r"\W*(?:(?:(?:hi|hello|my|e-?mail|mail|address|is|it.?s|the|here|work|mój|moj|moje|adres|to|jest"
    r"|służbowy|dla|for)\b)\W+)*[^\s@]+@[^\s@]+",
    re.IGNORECASE,
)
REST_WORDS = 3
# So much clearer than the whole must its last question be.
BETTER = 0.1


@dataclass(frozen=True)
class Attended:
    """What the bot acts on now, and the second wish of the message, if it has one."""

    wish: Wish
    second: Wish | None = None
    # A response that is given whatever the rules say.
    instead: str | None = None
    told: Mapping[str, str] = field(default_factory=dict)


async def attend(
    read: Read,
    whole: Wish,
    tracker: DialogueStateTracker,
    *,
    language: str,
    desk: str,
    answer: AnswerTo,
) -> Attended:
    """`whole` as it was understood at first. Inside a form nothing is cut: that is its business.

    `answer` tells the words of a response.
    """
    turned_down = _turned_down(whole, desk)
    if tracker.active_loop_name is None and _is_email_alone(whole) and answer(EMAIL_ALONE):
        return Attended(whole.taken_for(NOT_UNDERSTOOD), instead=EMAIL_ALONE)
    loop = tracker.active_loop_name
    if loop is not None:
        return Attended(whole if turned_down is None else _in_form(whole, turned_down, loop))
    if turned_down is not None:
        return await _other_than(read, whole, turned_down)
    leaning = await _leaning(read, whole, tracker, language, answer)
    if leaning is not None:
        return leaning
    if is_long(whole.text) and not adds(whole.text):
        return await _point(read, whole) or Attended(whole)
    return await _two_wishes(read, whole, language) or Attended(whole)


def _is_email_alone(whole: Wish) -> bool:
    """It says nothing of what it is for."""
    return bool(whole.values("email")) and _EMAIL_ALONE.fullmatch(whole.text.strip()) is not None


async def _leaning(
    read: Read, whole: Wish, tracker: DialogueStateTracker, language: str, answer: AnswerTo
) -> Attended | None:
    """ "And to Poland?" after an answer."""
    fragment = fragment_of(whole.text, language)
    earlier = None if fragment is None else _before(tracker)
    if fragment is None or earlier is None or whole.intent in (*EMERGENCIES, HUMAN):
        return None
    if earlier.intent in AT_HOME and HOME in whole.values("country"):
        return Attended(whole.taken_for(AT_HOME[earlier.intent]))
    if whole.score >= ALONE:
        return None
    other_side = aspect(earlier.intent, fragment)
    if other_side is not None:
        return Attended(whole.taken_for(other_side))
    both = together(earlier, fragment)
    meant = Wish(fragment, {}) if both is None else Wish(fragment, await read(both))
    if both is not None and is_topic(meant.intent) and meant.score >= CLEAR:
        if meant.intent != earlier.intent or not earlier.is_answered:
            return Attended(whole.with_parts_of(meant.parsed))
    elif is_topic(whole.intent) or not earlier.is_answered:
        return None
    same = whole.taken_for(earlier.intent)
    if covers(answer(f"utter_{earlier.intent}"), fragment):
        return Attended(same)
    return Attended(same, instead=SAME, told={"asked": quoted(whole.text)})


def _before(tracker: DialogueStateTracker) -> Before | None:
    """None when the last message was about nothing."""
    answer = None
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered) and answer is None:
            answer = event.metadata.get("utter_action")
        elif isinstance(event, UserUttered):
            intent = str(event.intent.get("name"))
            said = event.text or ""
            plain = answer in (f"utter_{intent}", SAME)
            return Before(said, intent, plain) if is_topic(intent) else None
    return None


async def _point(read: Read, whole: Wish) -> Attended | None:
    """The question at the end of a long message, when it is clearer than all of it."""
    if whole.score >= WHOLE or whole.intent in (*EMERGENCIES, HUMAN):
        return None
    text = point_of(whole.text)
    if text is None:
        return None
    point = Wish(text, await read(text))
    is_better = point.score >= max(CLEAR, whole.score + BETTER) or not is_topic(whole.intent)
    clear = is_topic(point.intent) and point.score >= CLEAR and point.intent not in VAGUE
    if not is_better or not (clear or point.intent == HUMAN):
        return None
    return Attended(whole.with_parts_of(point.parsed))


def _turned_down(whole: Wish, desk: str) -> Negated | None:
    if whole.intent in EMERGENCIES:
        return None
    found = negated(whole.text, desk=desk, best=whole.ranked)
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
    return Attended(whole.taken_for("cancel"), instead=f"utter_negated_{turned_down.intent}")


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
        return Attended(first) if whole.confidence < HAZY else None
    return Attended(*in_order(first, second))
