"""Has a link for a new password sent, to what is registered and nowhere else."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.forms.ending import FormEnd
from actions.forms.errors import NotAccepted
from actions.forms.form import Filling
from actions.forms.verdict import Accept, End, Verdict
from actions.it.identity import IdentityForm, handle_refusal
from actions.it.password_reset_form import PASSWORD_RESET
from actions.itsm_client import ItServiceRefusal, send

IDENTITY = ["password_email", "password_employee_number"]


class ValidatePasswordResetForm(IdentityForm):
    """Who has the app needs nobody: the portal is quicker."""

    form = PASSWORD_RESET

    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        if slot == "password_app" and value == "yes":
            return End("utter_password_self_service")
        return Accept()


class ActionPasswordResetDone(FormEnd):
    """Sends it."""

    form = PASSWORD_RESET

    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        values = filling.values
        body = {
            "email": values["password_email"],
            "employee_number": values["password_employee_number"],
            "send_to": values["password_send_to"],
        }
        try:
            receipt = await send("password-resets", body, key=filling.idempotency_key())
        except ItServiceRefusal as refusal:
            if refusal.code in ("no_phone", "no_manager"):
                response = f"utter_password_{refusal.code}"
                raise NotAccepted(response, slots=("password_send_to",)) from refusal
            handle_refusal(dispatcher, refusal, form="password_reset", identity=IDENTITY)
            return
        dispatcher.utter_message(
            response="utter_password_link_sent",
            number=receipt.number,
            sent_to=receipt.text("sent_to"),
            minutes=receipt.text("valid_minutes"),
        )
