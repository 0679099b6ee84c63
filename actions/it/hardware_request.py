"""Orders equipment: from stock, or after the manager's approval."""

from __future__ import annotations

from datetime import date

from rasa_sdk.executor import CollectingDispatcher

from actions.dates import long_date
from actions.forms.ending import FormEnd
from actions.forms.errors import NotAccepted
from actions.forms.form import Filling
from actions.forms.kinds import now
from actions.forms.validation import FormValidation
from actions.forms.verdict import Accept, Verdict
from actions.it.hardware_request_form import ASAP, HARDWARE_REQUEST
from actions.itsm_client import ItServiceError, ItServiceRefusal, send


class ValidateHardwareRequestForm(FormValidation):
    """Whether there is such equipment is for IT to say."""

    form = HARDWARE_REQUEST

    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        return Accept()


class ActionHardwareRequestDone(FormEnd):
    """Sends it."""

    form = HARDWARE_REQUEST

    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        values = filling.values
        needed_on = values.get("hardware_needed_on")
        if needed_on == ASAP:
            needed_on = now().date().isoformat()
        body = {
            "device": values["hardware_device"],
            "reason": values["hardware_reason"],
            "needed_on": needed_on,
            "place": values["hardware_place"],
            "email": values["hardware_email"],
        }
        try:
            receipt = await send("hardware-requests", body, key=filling.idempotency_key())
        except ItServiceRefusal as refusal:
            if refusal.code == "date_in_the_past":
                slots = ("hardware_needed_on",)
                raise NotAccepted("utter_hardware_needed_on_wrong_now", slots=slots) from refusal
            raise ItServiceError(f"refused with {refusal.code}") from refusal
        ready_on = receipt.day("ready_on")
        kind = "approval" if receipt.facts.get("needs_approval") else "stock"
        dispatcher.utter_message(
            response=f"utter_hardware_sent_{kind}",
            number=receipt.number,
            ready_on=long_date(ready_on, filling.language),
        )
        if needed_on is not None and date.fromisoformat(needed_on) < ready_on:
            dispatcher.utter_message(response="utter_hardware_later")
