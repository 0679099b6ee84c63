"""The guides as Rasa forms: each asks "Does it work now?" until there is an outcome."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import REQUESTED_SLOT

from actions.forms.events import BEGUN, RETURNED, Event, occasion
from actions.forms.form import PROGRESS
from actions.forms.tracker import message_of
from actions.guides.guide import OFFER, PAUSES, Guide, Outcome, Progress, answer, begin, find_code
from actions.guides.library import GUIDES, VPN, WIFI, in_words

OUTCOME = "guide_outcome"
INCIDENT_FORM = "incident_report_form"


# `Any`: rasa_sdk's domains are untyped.
class GuideForm:
    """Moves through one guide; says only what the next step does not say itself."""

    guide: Guide

    def name(self) -> str:
        return f"validate_{self.guide.form}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[Event]:
        why, message = occasion(tracker.events, self.guide.form), message_of(tracker)
        code = find_code(self.guide, message.text, message.values("error_code"))
        at = progress_of(tracker, self.guide)
        if at is None or why == BEGUN:
            at = begin(self.guide, code)
            dispatcher.utter_message(response=f"utter_{self.guide.name}_start")
            self._tell_code(dispatcher, at)
            return _events(at)
        if why == RETURNED:
            return _events(at)
        to = answer(self.guide, at, intent=message.intent, code=code)
        if to is None:
            # Without events, Rasa takes the form's turn for refused, and the rules decide.
            return []
        if to.code != at.code:
            self._tell_code(dispatcher, to)
        if to.skipped != at.skipped:
            dispatcher.utter_message(response="utter_guide_skipped")
        return _events(to)

    def _tell_code(self, dispatcher: CollectingDispatcher, at: Progress) -> None:
        if at.code is None:
            return
        leads_here = self.guide.codes.get(at.code) == at.step
        known = f"utter_{self.guide.name}_code_{at.step}"
        response = known if leads_here else "utter_guide_code_noted"
        dispatcher.utter_message(response=response, code=at.code)


class VpnGuideForm(GuideForm, Action):
    """VPN does not connect."""

    guide = VPN


class WifiGuideForm(GuideForm, Action):
    """Wi-Fi does not connect."""

    guide = WIFI


class ActionAskGuideOutcome(Action):
    """Says the step that is to be tried, or offers a ticket when there is none left."""

    def name(self) -> str:
        return f"action_ask_{OUTCOME}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[Event]:
        guide, at = current_guide(tracker)
        if at.step == OFFER:
            dispatcher.utter_message(response="utter_guide_offer")
        elif message_of(tracker).intent in PAUSES:
            dispatcher.utter_message(response="utter_guide_waiting")
        else:
            step = f"utter_{guide.name}_step_{at.step}"
            dispatcher.utter_message(response=step, number=at.number, total=len(guide.steps))
        return []


class ActionGuideDone(Action):
    """The guide has an outcome; the incident's form takes along what was tried."""

    def name(self) -> str:
        return "action_guide_done"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[Event]:
        outcome = tracker.get_slot(OUTCOME)
        if outcome == Outcome.INCIDENT.value:
            return [SlotSet(OUTCOME, None), FollowupAction(INCIDENT_FORM)]
        if outcome == Outcome.PERSON.value:
            order = {"reason": "action", "details": words_of_guide(tracker)}
            dispatcher.utter_message(json_message={"handoff": order})
        dispatcher.utter_message(response=f"utter_guide_{outcome}")
        return []


class ActionGuideHandoff(Action):
    """Hands over in the middle of a guide: the agent need not ask for what was tried."""

    def name(self) -> str:
        return "action_guide_handoff"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[Event]:
        order = {"reason": "asked_for_human", "details": words_of_guide(tracker)}
        dispatcher.utter_message(json_message={"handoff": order})
        return [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]


def progress_of(tracker: Tracker, guide: Guide) -> Progress | None:
    """None when it is not this guide that is going on."""
    stored = tracker.get_slot(PROGRESS)
    return Progress.of(stored) if isinstance(stored, dict) and guide.knows(stored) else None


def current_guide(tracker: Tracker) -> tuple[Guide, Progress]:
    """The one that is going on, or was until a moment ago."""
    stored = tracker.get_slot(PROGRESS)
    return GUIDES[str(stored["guide"])], Progress.of(stored)


def words_of_guide(tracker: Tracker) -> dict[str, str]:
    """What was tried, in words; empty when no guide is going on."""
    stored = tracker.get_slot(PROGRESS)
    if not isinstance(stored, dict) or "guide" not in stored:
        return {}
    guide, at = current_guide(tracker)
    return in_words(guide, at, str(tracker.get_slot("language")))


def _events(at: Progress) -> list[Event]:
    """The progress always, so that Rasa sees that the form acted."""
    outcome = None if at.outcome is None else at.outcome.value
    return [SlotSet(PROGRESS, at.stored()), SlotSet(OUTCOME, outcome)]
