"""The form that asks for an order number: what counts as an attempt and what as a number."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher

FORM = "order_status_form"
SLOT = "order_number"
WRONG = "utter_order_number_wrong"
WRONG_AGAIN = "utter_order_number_wrong_again"
# Understood as one of these, a text with a digit is meant as the number that was asked for.
ANSWERS = ("care_give_order_number", "care_order_status", "nlu_fallback", "out_of_scope")
_SHORT = 2
_SHOWN = 20
_ATTEMPT = re.compile(r"[\w-]*\d(?:[\w-]|[ .,](?=\d))*")


def read_attempt(text: str) -> str | None:
    """What in the text looks like a number: "it's 104 82!" gives "10482"; None without a digit."""
    match = _ATTEMPT.search(text)
    return re.sub(r"[ .,]", "", match.group()) if match else None


def is_answer(text: str, intent: str | None) -> bool:
    """Not so: "do you have the iPhone 15?" and "a person please, I only have 3 digits"."""
    return intent in ANSWERS or len(text.split()) <= _SHORT


def is_order_number(attempt: str) -> bool:
    """Order numbers have exactly 5 digits."""
    return re.fullmatch(r"[0-9]{5}", attempt) is not None


# `Any`: rasa_sdk's events, domains and slot values are untyped.
class ValidateOrderStatusForm(FormValidationAction):
    """An answer with a digit is an attempt; anything else is left to the other rules."""

    def name(self) -> str:
        return f"validate_{FORM}"

    def domain_slots(self, domain: Any) -> list[str]:
        """Said here, so that the engine need not send its domain along."""
        return [SLOT]

    def extract_order_number(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        if tracker.get_slot("requested_slot") != SLOT:
            return {}
        named = next(iter(tracker.get_latest_entity_values(SLOT)), None)
        text = tracker.latest_message.get("text") or ""
        if named is None and is_answer(text, tracker.get_intent_of_latest_message()):
            named = read_attempt(text)
        return {} if named is None else {SLOT: named}

    def validate_order_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> dict[str, Any]:
        number = str(value)
        if is_order_number(number):
            return {SLOT: number}
        response = WRONG_AGAIN if was_wrong_before(tracker.events) else WRONG
        dispatcher.utter_message(response=response, given=number[:_SHOWN])
        return {SLOT: None}


def was_wrong_before(events: list[dict[str, Any]]) -> bool:
    """Whether the customer was told so since this form began to ask."""
    for event in reversed(events):
        if event.get("event") == "active_loop" and event.get("name") == FORM:
            return False
        said = (event.get("metadata") or {}).get("utter_action")
        if event.get("event") == "bot" and said in (WRONG, WRONG_AGAIN):
            return True
    return False
