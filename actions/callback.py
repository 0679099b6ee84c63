"""Plans a call by a person: which number, when, and what about."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.callback_form import CALLBACK, is_over
from actions.forms.ending import FormEnd
from actions.forms.form import Filling
from actions.forms.kinds import clock, now
from actions.forms.validation import FormValidation
from actions.forms.verdict import Accept, Refuse, Verdict
from actions.orders_client import OrderServiceRefusal, plan_callback


class ValidateCallbackForm(FormValidation):
    """A moment that has passed is asked again."""

    form = CALLBACK

    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        if slot == "callback_day":
            if is_over({slot: value}, now()):
                return Refuse("utter_callback_day_over")
            if is_over({**filling.values, slot: value}, now()):
                filling.clear(["callback_time"])
        if slot == "callback_time" and is_over({**filling.values, slot: value}, now()):
            return Refuse("utter_callback_time_over", {"given": clock(value)})
        return Accept()


class ActionCallbackDone(FormEnd):
    """Plans the call and tells the reference."""

    form = CALLBACK

    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        values = filling.relevant()
        values["callback_time"] = clock(values["callback_time"])
        body = {name: values[f"callback_{name}"] for name in ("phone", "day", "time", "topic")}
        try:
            receipt = await plan_callback(body, key=filling.idempotency_key())
        except OrderServiceRefusal:
            dispatcher.utter_message(response="utter_callback_refused")
            return
        shown = {
            field.slot: field.shown(values[field.slot], filling.language)
            for field in filling.filled()
        }
        dispatcher.utter_message(
            response="utter_callback_done",
            reference=receipt.reference,
            phone=shown["callback_phone"],
            day=shown["callback_day"],
            time=values["callback_time"],
        )
