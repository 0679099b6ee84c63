"""The action after a form's end: it does what the form is for, and forgets what was said."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions.forms.errors import NotAccepted, ServiceDown
from actions.forms.events import Event
from actions.forms.form import (
    AGAIN,
    CONFIRMED,
    PROGRESS,
    TRIES_BEFORE_PERSON,
    YES,
    Filling,
    Form,
)
from actions.forms.handing_over import UNSENT, hand_over
from actions.forms.tracker import filling_of

logger = logging.getLogger(__name__)


# `Any`: rasa_sdk's domains are untyped.
class FormEnd(Action, ABC):
    """Derive it, name the form, and do in `finish` what the person confirmed."""

    form: ClassVar[Form]

    @abstractmethod
    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        """May raise ServiceDown or NotAccepted before anything is said: nothing is lost then."""

    def name(self) -> str:
        return f"action_{self.form.name}_done"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[Event]:
        if tracker.get_slot(CONFIRMED) != YES:
            return self._forgotten()
        filling = filling_of(self.form, tracker)
        try:
            await self.finish(dispatcher, filling)
        except ServiceDown as error:
            logger.warning("form.finish_failed form=%s problem=%s", self.form.name, error)
            return self._failed(dispatcher, filling)
        except NotAccepted as refusal:
            dispatcher.utter_message(response=refusal.response, **refusal.details)
            return self._opened_at(refusal.slots)
        return self._forgotten()

    def _opened_at(self, slots: tuple[str, ...]) -> list[Event]:
        """The form asks for these again, and keeps the others."""
        emptied = [SlotSet(slot, None) for slot in slots]
        again = [SlotSet(CONFIRMED, AGAIN), SlotSet(REQUESTED_SLOT, slots[0])]
        return [ActiveLoop(self.form.loop), *emptied, *again]

    def _failed(self, dispatcher: CollectingDispatcher, filling: Filling) -> list[Event]:
        """The form opens again at its summary, so that a yes tries once more; not for ever."""
        if not self.form.confirms:
            again = f"/{self.form.starts[0]}"
            dispatcher.utter_message(response="utter_form_service_down", again=again)
            return self._forgotten()
        if filling.failed(CONFIRMED) >= TRIES_BEFORE_PERSON:
            hand_over(dispatcher, filling, None, why=UNSENT)
            return self._forgotten()
        dispatcher.utter_message(response="utter_form_not_sent")
        return [
            ActiveLoop(self.form.loop),
            SlotSet(PROGRESS, filling.progress.stored()),
            SlotSet(CONFIRMED, AGAIN),
            SlotSet(REQUESTED_SLOT, CONFIRMED),
        ]

    def _forgotten(self) -> list[Event]:
        return [SlotSet(slot, None) for slot in (*self.form.slots, CONFIRMED, PROGRESS)]
