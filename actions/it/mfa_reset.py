"""Asks IT to unlink the sign-in app, after a call that makes sure who asks."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.forms.ending import FormEnd
from actions.forms.form import Filling
from actions.forms.verdict import Accept, End, Verdict
from actions.it.identity import IdentityForm, handle_refusal
from actions.it.mfa_reset_form import MFA_RESET
from actions.itsm_client import ItServiceRefusal, send

IDENTITY = ["mfa_email", "mfa_employee_number"]


class ValidateMfaResetForm(IdentityForm):
    """Who still has the old phone needs nobody: the portal is quicker."""

    form = MFA_RESET

    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        if slot == "mfa_phone" and value == "works":
            return End("utter_mfa_self_service")
        return Accept()


class ActionMfaResetDone(FormEnd):
    """Sends it."""

    form = MFA_RESET

    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        values = filling.values
        body = {
            "email": values["mfa_email"],
            "employee_number": values["mfa_employee_number"],
            "old_phone": values["mfa_phone"],
        }
        try:
            receipt = await send("mfa-resets", body, key=filling.idempotency_key())
        except ItServiceRefusal as refusal:
            handle_refusal(dispatcher, refusal, form="mfa_reset", identity=IDENTITY)
            return
        by = "phone" if receipt.text("confirmed_by") == "phone" else "manager"
        dispatcher.utter_message(
            response=f"utter_mfa_call_{by}",
            number=receipt.number,
            sent_to=receipt.text("sent_to"),
            minutes=receipt.text("respond_within_minutes"),
        )
        if values["mfa_phone"] == "stolen":
            dispatcher.utter_message(response="utter_mfa_stolen")
