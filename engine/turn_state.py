"""The dialogue state that travels with the turn: slots, active form and the last user turns.

What the bot said is in the service's transcript, so the state keeps only which response it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    REQUESTED_SLOT,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    Event,
    ReminderCancelled,
    ReminderScheduled,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import CategoricalSlot
from rasa.shared.core.trackers import DialogueStateTracker

from engine.turn_request import TurnError, TurnRequest

# `Any`: JSON objects; their shape is checked where they are read.
Json = dict[str, Any]

VERSION = 1
# There is nobody who could keep them; see docs/your-bot.md.
NOT_KEPT = (ReminderScheduled, ReminderCancelled)
# As in domain.yml: a desk without answers of its own.
OTHER_DESKS = "other"
KEPT_TURNS = 4
KEPT_TEXT = 500
KEPT_ENTITIES = 10
MAX_BYTES = 64 * 1024
_ENTITY_KEYS = ("entity", "value", "start", "end", "role", "group")


@dataclass(frozen=True)
class DialogueState:
    """What one turn leaves to the next."""

    model_id: str
    slots: Json
    loop: str | None
    events: list[Json]


EMPTY = DialogueState(model_id="", slots={}, loop=None, events=[])


def open_tracker(request: TurnRequest, domain: Domain, model_id: str) -> DialogueStateTracker:
    """The tracker as the last turn left it, told this turn's language and desk."""
    last = EMPTY if request.state is None else _checked(request.state)
    if request.fresh or last.model_id != model_id:
        slots = {name: value for name, value in last.slots.items() if name != REQUESTED_SLOT}
        last = replace(EMPTY, slots=slots)
    # Rasa's own loops (the two-stage fallback) are actions and no forms.
    if last.loop not in (None, *domain.form_names, *domain.action_names_or_texts):
        raise _bad_state("names a form that the bot does not have")
    known = {slot.name for slot in domain.slots}
    tracker = DialogueStateTracker(request.conversation, domain.slots)
    # Begun already, so that Rasa does not run a session start in the middle of a turn.
    tracker.update(ActionExecuted(ACTION_SESSION_START_NAME))
    tracker.update(SessionStarted())
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
    for name, value in last.slots.items():
        if name in known:
            tracker.update(SlotSet(name, value))
    if last.loop is not None:
        tracker.update(ActiveLoop(last.loop))
    for event in _decoded(last.events):
        tracker.update(event)
    for name, value in (("language", request.language), ("desk", request.desk)):
        told = _told(tracker, domain, name, value)
        if told is not None and tracker.get_slot(name) != told:
            tracker.update(SlotSet(name, told))
    return tracker


def _told(tracker: DialogueStateTracker, domain: Domain, name: str, value: str) -> str | None:
    """What the slot gets to hear; None when the bot has no such slot, or fills it by itself."""
    slot = tracker.slots.get(name)
    if slot is None or any(mapping.get("type") != "custom" for mapping in slot.mappings):
        return None
    if any(name in domain.required_slots_for_form(form) for form in domain.form_names):
        return None
    if not isinstance(slot, CategoricalSlot) or value in slot.values:
        return value
    return OTHER_DESKS if OTHER_DESKS in slot.values else None


def close_tracker(
    tracker: DialogueStateTracker,
    model_id: str,
    *,
    kept_turns: int = KEPT_TURNS,
    with_words: bool = False,
) -> Json:
    """What the next turn needs to know, in at most MAX_BYTES; on wish with the bot's words."""
    for turns in range(kept_turns, 0, -1):
        state = _bounded(tracker, model_id, turns=turns, with_words=with_words)
        if len(json.dumps(state)) <= MAX_BYTES:
            return state
    raise TurnError(500, "turn_failed", f"the slots do not fit into {MAX_BYTES} bytes of state")


def forget_left_forms(tracker: DialogueStateTracker, domain: Domain) -> None:
    """A form that was ended or left starts clean the next time, and is not carried around."""
    in_use = (
        set() if tracker.active_loop_name is None else _slots_of(domain, tracker.active_loop_name)
    )
    of_forms = set().union(*(_slots_of(domain, form) for form in domain.form_names))
    for slot in sorted(of_forms - in_use):
        if tracker.get_slot(slot) is not None:
            tracker.update(SlotSet(slot, None))


def _slots_of(domain: Domain, form: str) -> set[str]:
    """What it asks for, and what all forms remember besides (`form_...`)."""
    shared = {slot.name for slot in domain.slots if slot.name.startswith("form_")}
    return shared.union(domain.required_slots_for_form(form))


def _bounded(tracker: DialogueStateTracker, model_id: str, *, turns: int, with_words: bool) -> Json:
    events = tracker.events_after_latest_restart()
    user_turns = [at for at, event in enumerate(events) if isinstance(event, UserUttered)]
    cut = user_turns[-turns:][0] if user_turns else len(events)
    slots, loop = _folded(events[:cut])
    tail = [
        _slim(event, with_words=with_words)
        for event in islice(events, cut, None)
        if not isinstance(event, NOT_KEPT)
    ]
    return {"v": VERSION, "model_id": model_id, "slots": slots, "loop": loop, "events": tail}


def _folded(events: Iterable[Event]) -> tuple[Json, str | None]:
    """Slots and active form after these events: all that is left of what is cut off."""
    slots: Json = {}
    loop: str | None = None
    for event in events:
        if isinstance(event, SlotSet):
            slots[event.key] = event.value
        elif isinstance(event, AllSlotsReset):
            slots.clear()
        elif isinstance(event, ActiveLoop):
            loop = event.name
    return slots, loop


def _slim(event: Event, *, with_words: bool) -> Json:
    if isinstance(event, UserUttered):
        entities = event.parse_data.get("entities", [])[:KEPT_ENTITIES]
        return {
            "event": "user",
            "text": (event.text or "")[:KEPT_TEXT],
            "parse_data": {
                "intent": {key: event.intent.get(key) for key in ("name", "confidence")},
                "entities": [slim_entity(entity) for entity in entities],
            },
            "input_channel": event.input_channel,
        }
    if isinstance(event, BotUttered):
        words = {"text": (event.text or "")[:KEPT_TEXT]} if with_words else {}
        return {
            "event": "bot",
            "metadata": {"utter_action": event.metadata.get("utter_action")},
            **words,
        }
    slim: Json = event.as_dict()
    for key in ("metadata", "policy", "confidence", "timestamp"):
        slim.pop(key, None)
    return slim


def slim_entity(entity: Json) -> Json:
    """An entity without what only the pipeline needs."""
    return {key: entity[key] for key in _ENTITY_KEYS if entity.get(key) is not None}


def _bad_state(why: str) -> TurnError:
    return TurnError(400, "bad_state", f"state {why}; send null to start afresh")


def _checked(state: Any) -> DialogueState:
    if not isinstance(state, dict) or state.get("v") != VERSION:
        raise _bad_state("is not what this engine hands out")
    model_id, slots = state.get("model_id"), state.get("slots")
    loop, events = state.get("loop"), state.get("events")
    if not isinstance(model_id, str) or not isinstance(slots, dict):
        raise _bad_state("lacks its model or its slots")
    if not (loop is None or isinstance(loop, str)) or not isinstance(events, list):
        raise _bad_state("has a broken form or broken events")
    return DialogueState(model_id, slots, loop, events)


# Rasa walks all subclasses of Event for every event that it reads: half of a turn's own time.
_event_class = lru_cache(maxsize=100)(Event.resolve_by_type)


def _decoded(tail: list[Json]) -> list[Event]:
    try:
        events = [_event_class(event["event"])._from_parameters(event) for event in tail]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _bad_state("has a broken event") from error
    if None in events:
        raise _bad_state("has a broken event")
    return events
