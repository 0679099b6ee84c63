"""What the two resets share: who asks is checked, and a password is never read."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.forms.errors import NotAccepted
from actions.forms.events import TOLD, Event, occasion
from actions.forms.tracker import filling_of, message_of
from actions.forms.validation import FormValidation
from actions.it.passwords import tells_password
from actions.itsm_client import ItServiceError, ItServiceRefusal

# A person has to look at these; nothing that the employee writes would change them.
FOR_A_PERSON = ("too_many_attempts", "account_disabled")


# `Any`: rasa_sdk's domains are untyped.
class IdentityForm(FormValidation):
    """Whatever looks like a password is left unread, and the employee told not to send it."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[Event]:
        why, message = occasion(tracker.events, self.form.loop), message_of(tracker)
        if message.is_button or not tells_password(message.text):
            return await super().run(dispatcher, tracker, domain)
        dispatcher.utter_message(response="utter_password_typed")
        if why != TOLD:
            return await super().run(dispatcher, tracker, domain)
        filling = filling_of(self.form, tracker)
        asked = filling.asked or filling.missing()
        ask = None if asked is None else self._in_vain(dispatcher, filling, asked, None)
        return self._events(tracker, filling, ask)


def handle_refusal(
    dispatcher: CollectingDispatcher, refusal: ItServiceRefusal, *, form: str, identity: list[str]
) -> None:
    """Asks for the identity again, or gets a person; raises NotAccepted or ItServiceError."""
    if refusal.code == "identity_mismatch":
        raise NotAccepted("utter_identity_mismatch", slots=tuple(identity)) from refusal
    if refusal.code not in FOR_A_PERSON:
        raise ItServiceError(f"refused with {refusal.code}") from refusal
    dispatcher.utter_message(response=f"utter_identity_{refusal.code}")
    why = {"why": f"{form}_{refusal.code}"}
    dispatcher.utter_message(json_message={"handoff": {"reason": "action", "details": why}})
