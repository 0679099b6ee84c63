"""The action that Rasa calls for every message to an active form."""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions.forms.errors import ServiceDown
from actions.forms.events import BEGUN, RETURNED, Event, occasion
from actions.forms.field import Pattern
from actions.forms.form import (
    AGAIN,
    CHANGE,
    CONFIRMED,
    PROGRESS,
    TRIES_BEFORE_PERSON,
    TRIES_BEFORE_WAY_OUT,
    YES,
    Filling,
    Form,
    harmless,
)
from actions.forms.handing_over import hand_over
from actions.forms.meaning import (
    Answers,
    AskAgain,
    Change,
    Confirmed,
    Elsewhere,
    Failed,
    Meaning,
    Unknown,
)
from actions.forms.tracker import filling_of, message_of, told_by_agent
from actions.forms.understand import understand
from actions.forms.verdict import End, Refuse, Verdict

logger = logging.getLogger(__name__)

# Ends the form, whatever is missing.
_END = "-"


# `Any`: rasa_sdk's domains are untyped.
class FormValidation(Action, ABC):
    """Derive it, name the form, and say in `check` what your systems think of a value."""

    form: ClassVar[Form]

    @abstractmethod
    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        """Called for each new value in the order of the fields; may raise ServiceDown."""

    def known(self, tracker: Tracker) -> dict[str, str]:
        """Values that need not be asked for when the form begins."""
        return {}

    def name(self) -> str:
        return f"validate_{self.form.loop}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[Event]:
        why = occasion(tracker.events, self.form.loop)
        if tracker.get_slot(CONFIRMED) == AGAIN:
            why = RETURNED
        filling = filling_of(self.form, tracker, begun=why == BEGUN)
        if why == BEGUN:
            filling.values.update(self.known(tracker))
        if why == RETURNED:
            return self._events(tracker, filling, filling.asked or filling.missing())
        message = message_of(tracker)
        meaning = understand(filling, message)
        if why == BEGUN and isinstance(meaning, Answers):
            # What the customer says now goes before what an agent knew.
            meaning = Answers({**told_by_agent(self.form, tracker), **meaning.values})
        if isinstance(meaning, Elsewhere):
            # Without events, Rasa takes the form's turn for refused, and the rules decide.
            return []
        ask = await self._heed(dispatcher, filling, meaning)
        return self._events(tracker, filling, ask)

    async def _heed(
        self, dispatcher: CollectingDispatcher, filling: Filling, meaning: Meaning
    ) -> str | None:
        """Takes the message in; the next slot to ask for, None when the form is complete."""
        if isinstance(meaning, Confirmed):
            return None
        if isinstance(meaning, Answers):
            known = set(filling.values)
            ask = await self._take(dispatcher, filling, meaning.values)
            if ask is not None and ask == filling.asked:
                self._note(dispatcher, filling, set(meaning.values) - known)
            return ask
        if isinstance(meaning, Failed):
            response = self._response(filling, meaning.slot, "wrong")
            given = {"given": meaning.given}
            return self._in_vain(dispatcher, filling, meaning.slot, response, given)
        if isinstance(meaning, Unknown):
            return self._unknown(dispatcher, filling, meaning.slot)
        if isinstance(meaning, Change):
            return self._change(filling, meaning.slot)
        if isinstance(meaning, AskAgain) and filling.asked is not None:
            explains = self._response(filling, filling.asked, "where")
            return self._in_vain(dispatcher, filling, filling.asked, explains)
        return filling.missing()

    async def _take(
        self, dispatcher: CollectingDispatcher, filling: Filling, told: dict[str, str]
    ) -> str | None:
        for slot in [slot for slot in filling.form.slots if slot in told]:
            try:
                verdict = await self.check(slot, told[slot], filling)
            except ServiceDown as error:
                logger.warning("form.check_failed form=%s problem=%s", self.form.name, error)
                again = self._again(filling, {**filling.values, slot: told[slot]})
                dispatcher.utter_message(response="utter_form_service_down", again=again)
                return _END
            if isinstance(verdict, End):
                dispatcher.utter_message(response=verdict.response, **_harmless(verdict.details))
                if verdict.handoff is not None:
                    call = {"reason": "action", "details": dict(verdict.handoff)}
                    dispatcher.utter_message(json_message={"handoff": call})
                return _END
            if isinstance(verdict, Refuse):
                filling.clear([slot])
                ask = self._in_vain(dispatcher, filling, slot, verdict.response, verdict.details)
                if ask == _END:
                    return _END
            else:
                self._put(dispatcher, filling, {slot: told[slot], **verdict.also})
        return filling.missing()

    def _put(
        self, dispatcher: CollectingDispatcher, filling: Filling, values: dict[str, str]
    ) -> None:
        for slot, value in values.items():
            before = filling.put(slot, value)
            field = filling.form.field(slot)
            if before is not None and field is not None:
                label = field.label.of(filling.language)
                shown = harmless(field.shown(value, filling.language))
                dispatcher.utter_message(response="utter_form_changed", label=label, value=shown)

    def _note(self, dispatcher: CollectingDispatcher, filling: Filling, slots: set[str]) -> None:
        """The same question comes again: what was told instead was heard all the same."""
        for field in filling.filled():
            if field.slot in slots:
                label = field.label.of(filling.language)
                shown = harmless(field.shown(filling.values[field.slot], filling.language))
                dispatcher.utter_message(response="utter_form_noted", label=label, value=shown)

    def _unknown(self, dispatcher: CollectingDispatcher, filling: Filling, slot: str) -> str | None:
        field = filling.form.field(slot)
        if field is None or not field.optional:
            return self._in_vain(dispatcher, filling, slot, self._response(filling, slot, "where"))
        filling.skip(slot)
        dispatcher.utter_message(response="utter_form_skipped")
        return filling.missing()

    # `Any`: what the response fills in.
    def _in_vain(
        self,
        dispatcher: CollectingDispatcher,
        filling: Filling,
        slot: str,
        response: str | None,
        details: Mapping[str, Any] | None = None,
    ) -> str | None:
        """A question that led nowhere: says why, offers a way out, and in the end gets a person."""
        tries = filling.failed(slot)
        if tries >= TRIES_BEFORE_PERSON:
            hand_over(dispatcher, filling, slot)
            return _END
        response = self._in_other_words(filling, slot, response, details)
        if response is not None:
            dispatcher.utter_message(response=response, **_harmless(details or {}))
        if tries >= TRIES_BEFORE_WAY_OUT:
            dispatcher.utter_message(response="utter_form_way_out")
        return filling.asked if filling.asked == CHANGE else filling.missing()

    def _in_other_words(
        self,
        filling: Filling,
        slot: str,
        response: str | None,
        details: Mapping[str, Any] | None,
    ) -> str | None:
        """The same is not said twice in a row: instead where the answer is found, or nothing."""
        where, wrong = (self._response(filling, slot, what) for what in ("where", "wrong"))
        before = filling.progress.said
        said = response if response in (None, where, wrong) else f"{response} {details}"
        if said == before and response is not None:
            said = response = None if response == where else where
        filling.progress.said = said
        return response

    def _change(self, filling: Filling, slot: str | None) -> str | None:
        filled = filling.filled()
        if slot is None and len(filled) == 1:
            slot = filled[0].slot
        if slot is None:
            return CHANGE if filled else filling.missing()
        filling.clear([slot])
        return slot

    def _response(self, filling: Filling, slot: str, what: str) -> str:
        field = filling.form.field(slot)
        return f"utter_{slot if field is None else field.answers}_{what}"

    def _again(self, filling: Filling, values: dict[str, str]) -> str:
        """A button that begins the form anew with what the pipeline could have understood."""
        entities = {
            field.entity: values[field.slot]
            for field in filling.form.fields
            if isinstance(field, Pattern) and field.entity and field.slot in values
        }
        return f"/{filling.form.starts[0]}{json.dumps(entities)}"

    def _events(self, tracker: Tracker, filling: Filling, ask: str | None) -> list[Event]:
        """Only what is different; the progress always, so that Rasa sees that the form acted."""
        wanted: dict[str, Any] = {slot: filling.values.get(slot) for slot in filling.form.slots}
        wanted[CONFIRMED] = YES if ask is None else None
        changed = {
            slot: value for slot, value in wanted.items() if tracker.slots.get(slot) != value
        }
        changed[PROGRESS] = filling.progress.stored()
        changed[REQUESTED_SLOT] = None if ask == _END else ask
        return [SlotSet(slot, value) for slot, value in changed.items()]


def _harmless(details: Mapping[str, Any]) -> dict[str, str]:
    return {name: harmless(str(value)) for name, value in details.items()}
