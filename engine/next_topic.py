"""The second wish of a message waits in a slot, is offered once, and taken up on a yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from engine.wishes import SLOT, Wish

YES, AGAIN = "affirm", "repeat"
_OFFERED = "offered"

# `Any`: JSON, as it lies in the slot.
Json = dict[str, Any]


@dataclass(frozen=True)
class Waiting:
    """A wish that waits; `offered`: the customer was asked whether to go on with it."""

    text: str
    stored: Json
    offered: bool

    def parsed(self) -> Json:
        """As if it were said now."""
        return {
            "text": self.text,
            "intent": self.stored["intent"],
            "intent_ranking": [self.stored["intent"]],
            "entities": self.stored["entities"],
        }


def waiting(tracker: DialogueStateTracker) -> Waiting | None:
    """None also when the bot has no such slot, or something else is in it."""
    slot = tracker.slots.get(SLOT)
    stored = None if slot is None else slot.value
    if not isinstance(stored, dict) or not isinstance(stored.get("intent"), dict):
        return None
    text, entities = str(stored.get("text") or ""), stored.get("entities") or []
    return Waiting(text, {**stored, "entities": entities}, bool(stored.get(_OFFERED)))


def remember(tracker: DialogueStateTracker, wish: Wish) -> None:
    """Takes the place of what waited before."""
    tracker.update(SlotSet(SLOT, wish.stored()))


def offered(tracker: DialogueStateTracker, wish: Waiting) -> None:
    """It is only offered once."""
    tracker.update(SlotSet(SLOT, {**wish.stored, _OFFERED: True}))


def forget(tracker: DialogueStateTracker) -> None:
    """Taken up, turned down, or passed over."""
    if waiting(tracker) is not None:
        tracker.update(SlotSet(SLOT, None))


def taken_up(tracker: DialogueStateTracker, intent: str) -> Waiting | None:
    """The wish that a yes to its offer means; whatever else is said, it is not offered again."""
    wish = waiting(tracker)
    if wish is None:
        return None
    if (wish.offered and intent != AGAIN) or intent == wish.stored["intent"].get("name"):
        forget(tracker)
    return wish if wish.offered and intent == YES else None
