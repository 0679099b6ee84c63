"""Reads the form and the message out of Rasa's tracker."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.forms import REQUESTED_SLOT

from actions.forms.form import PROGRESS, Filling, Form, Progress
from actions.forms.message import Message


def filling_of(form: Form, tracker: Tracker, *, begun: bool = False) -> Filling:
    """How far the form is; one that has just begun starts clean."""
    language = str(tracker.get_slot("language") or "en")
    key = turn_of(tracker)
    turn = f"{form.name} {key}" if key else ""
    if begun:
        return Filling.begun(form, language, turn=turn)
    stored = {slot: tracker.get_slot(slot) for slot in form.slots}
    return Filling(
        form,
        values={slot: str(value) for slot, value in stored.items() if value is not None},
        progress=Progress.of(tracker.get_slot(PROGRESS), turn=turn),
        asked=tracker.get_slot(REQUESTED_SLOT),
        language=language,
    )


def message_of(tracker: Tracker) -> Message:
    """The message that the engine is answering."""
    latest = tracker.latest_message
    intent = latest.get("intent") or {}
    entities = latest.get("entities") or []
    return Message(
        text=str(latest.get("text") or ""),
        intent=str(intent.get("name") or "nlu_fallback"),
        confidence=float(intent.get("confidence") or 0.0),
        entities=tuple((str(one.get("entity")), str(one.get("value"))) for one in entities),
    )


def told_by_agent(form: Form, tracker: Tracker) -> dict[str, str]:
    """Values of this form's fields that an agent told who gave the conversation back."""
    metadata = tracker.latest_message.get("metadata") or {}
    facts = metadata.get("facts") or {}
    known = facts.get("known")
    if not isinstance(known, dict):
        return {}
    told = {}
    for one in form.fields:
        value = known.get(one.slot)
        if not isinstance(value, str) or getattr(one, "only_asked", False):
            continue
        good = one.chosen(value)
        if good is not None:
            told[one.slot] = good
    return told


def turn_of(tracker: Tracker) -> str:
    """The key of the turn, the same for every attempt at it; nothing where there is none."""
    metadata = tracker.latest_message.get("metadata") or {}
    return str(metadata.get("turn") or "")
