"""A form that gets nowhere calls a person, who sees what it had found out."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.forms.form import Filling

STUCK = "form_stuck"
UNSENT = "form_unsent"


def hand_over(
    dispatcher: CollectingDispatcher, filling: Filling, slot: str | None, *, why: str = STUCK
) -> None:
    """Says so and calls; `slot` is what could not be found out."""
    dispatcher.utter_message(response=f"utter_{why}")
    told = {
        one.slot: one.shown(filling.values[one.slot], filling.language) for one in filling.filled()
    }
    field = filling.form.field(slot)
    asked = {} if field is None else {"asked": field.label.of(filling.language)}
    details = {"why": why, **asked, **told}
    dispatcher.utter_message(json_message={"handoff": {"reason": "action", "details": details}})
