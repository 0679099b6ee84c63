"""The two questions that every form has: is this right, and what should be changed."""

from __future__ import annotations

import json
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.forms.events import Event
from actions.forms.form import CHANGE, CONFIRMED
from actions.forms.message import CHOICE
from actions.forms.registry import form_of
from actions.forms.tracker import filling_of


# `Any`: rasa_sdk's domains are untyped.
class ActionAskFormConfirmed(Action):
    """Shows everything before anything is sent."""

    def name(self) -> str:
        return f"action_ask_{CONFIRMED}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Event]:
        form = form_of(tracker.active_loop_name)
        filling = filling_of(form, tracker)
        dispatcher.utter_message(response=f"utter_{form.name}_summary", summary=filling.summary())
        return []


class ActionAskFormChange(Action):
    """A button for each value that was given."""

    def name(self) -> str:
        return f"action_ask_{CHANGE}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[Event]:
        filling = filling_of(form_of(tracker.active_loop_name), tracker)
        buttons = [
            {
                "title": field.label.of(filling.language),
                "payload": f"/correction{json.dumps({CHOICE: f'{CHANGE}={field.slot}'})}",
            }
            for field in filling.filled()
        ]
        dispatcher.utter_message(response="utter_form_change", buttons=buttons)
        return []
