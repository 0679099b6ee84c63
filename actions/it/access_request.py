"""Asks for rights in a system; the manager and the system's owner decide."""

from __future__ import annotations

import re

from rasa_sdk.executor import CollectingDispatcher

from actions.dates import working_days
from actions.forms.ending import FormEnd
from actions.forms.errors import NotAccepted
from actions.forms.form import Filling, harmless
from actions.forms.validation import FormValidation
from actions.forms.verdict import Accept, Refuse, Verdict
from actions.it.access_request_form import ACCESS_REQUEST
from actions.itsm_client import ItServiceError, ItServiceRefusal, send

REFUSED = ("unknown_manager", "self_approval")


class ValidateAccessRequestForm(FormValidation):
    """Nobody approves for themselves."""

    form = ACCESS_REQUEST

    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        other = {"access_email": "access_manager", "access_manager": "access_email"}.get(slot)
        if other is not None and _mailbox(filling.values.get(other, "")) == _mailbox(value):
            return Refuse("utter_access_self_approval")
        return Accept()


def _mailbox(address: str) -> str:
    """Anna+crm@volta.example is Anna's as well."""
    return re.sub(r"\+[^@]*", "", address.lower())


class ActionAccessRequestDone(FormEnd):
    """Sends it."""

    form = ACCESS_REQUEST

    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        values = filling.values
        body = {
            "system": values["access_system"],
            "level": values["access_level"],
            "reason": values["access_reason"],
            "email": values["access_email"],
            "manager_email": values["access_manager"],
        }
        try:
            receipt = await send("access-requests", body, key=filling.idempotency_key())
        except ItServiceRefusal as refusal:
            if refusal.code in REFUSED:
                response = f"utter_access_{refusal.code}"
                raise NotAccepted(response, slots=("access_manager",)) from refusal
            raise ItServiceError(f"refused with {refusal.code}") from refusal
        owner = receipt.text("owner")
        dispatcher.utter_message(
            response="utter_access_sent" if owner else "utter_access_sent_without_owner",
            number=receipt.number,
            system=harmless(receipt.text("system")),
            owner=owner,
            days=working_days(receipt.text("days"), filling.language),
        )
