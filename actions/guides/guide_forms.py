"""The guides as Rasa forms: each asks "Does it work now?" until there is an outcome."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.guides.guide import (
    OFFER,
    Guide,
    Outcome,
    Progress,
    answer,
    begin,
    find_code,
    with_code,
)
from actions.guides.library import GUIDES, LABELS, VPN, WIFI, tried_in_words

# `Any`: rasa_sdk's events, domains and slot values are untyped.
Events = list[dict[str, Any]]
OUTCOME = "guide_outcome"
SLOTS = ("guide_name", "guide_step", "guide_tried", "guide_skipped", "guide_error", OUTCOME)
INCIDENT_FORM = "incident_report_form"


class GuideForm:
    """Moves through one guide; says only what the next step does not say itself."""

    guide: Guide

    def name(self) -> str:
        return f"validate_{self.guide.form}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        code = self._code(tracker)
        at = progress_of(tracker, self.guide)
        if at is None:
            at = begin(self.guide, code)
            dispatcher.utter_message(response=f"utter_{self.guide.name}_start")
            self._tell_code(dispatcher, at)
            return events_of(self.guide, at)
        if tracker.get_slot("requested_slot") != OUTCOME:
            dispatcher.utter_message(response="utter_guide_back")
            return events_of(self.guide, with_code(self.guide, at, code))
        to = answer(self.guide, at, intent=tracker.get_intent_of_latest_message(), code=code)
        if to is None:
            return []
        if to.code != at.code:
            self._tell_code(dispatcher, to)
        if to.skipped != at.skipped:
            dispatcher.utter_message(response="utter_guide_skipped")
        return events_of(self.guide, to)

    def _code(self, tracker: Tracker) -> str | None:
        text = tracker.latest_message.get("text") or ""
        return find_code(self.guide, text, tracker.get_latest_entity_values("error_code"))

    def _tell_code(self, dispatcher: CollectingDispatcher, at: Progress) -> None:
        if at.code is None:
            return
        pointed_at = self.guide.codes.get(at.code)
        known = pointed_at is not None and pointed_at == at.step
        response = f"utter_{self.guide.name}_code_{at.step}" if known else "utter_guide_code_noted"
        dispatcher.utter_message(response=response, code=at.code)


class VpnGuideForm(GuideForm, Action):
    """VPN does not connect."""

    guide = VPN


class WifiGuideForm(GuideForm, Action):
    """Wi-Fi does not connect."""

    guide = WIFI


class ActionAskGuideOutcome(Action):
    """Says the step that is to be tried, or offers an incident when there is none left."""

    def name(self) -> str:
        return f"action_ask_{OUTCOME}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        guide = GUIDES[str(tracker.get_slot("guide_name"))]
        at = progress_of(tracker, guide)
        if at is None or at.step == OFFER:
            dispatcher.utter_message(response="utter_guide_offer")
        elif tracker.get_intent_of_latest_message() == "wait":
            dispatcher.utter_message(response="utter_guide_waiting")
        else:
            dispatcher.utter_message(
                response=f"utter_{guide.name}_step_{at.step}",
                number=at.number,
                total=len(guide.steps),
            )
        return []


class ActionGuideDone(Action):
    """The guide has an outcome; an incident takes along what was tried."""

    def name(self) -> str:
        return "action_guide_done"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        outcome = tracker.get_slot(OUTCOME)
        if outcome == Outcome.INCIDENT.value:
            return [SlotSet(OUTCOME, None), FollowupAction(INCIDENT_FORM)]
        dispatcher.utter_message(response=f"utter_guide_{outcome}")
        return forget()


class ActionGuideHandoff(Action):
    """Hands over in the middle of a guide: the agent need not ask for what was tried."""

    def name(self) -> str:
        return "action_guide_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        details = details_of(tracker)
        order = {"reason": "asked_for_human", "details": details}
        dispatcher.utter_message(json_message={"handoff": order})
        return [ActiveLoop(None), SlotSet("requested_slot", None), *forget()]


def progress_of(tracker: Tracker, guide: Guide) -> Progress | None:
    """None when this guide has not begun."""
    step = tracker.get_slot("guide_step")
    if tracker.get_slot("guide_name") != guide.name or step not in (*guide.steps, OFFER):
        return None
    return Progress(
        step,
        tried=tuple(tracker.get_slot("guide_tried") or ()),
        skipped=tuple(tracker.get_slot("guide_skipped") or ()),
        code=tracker.get_slot("guide_error"),
    )


def events_of(guide: Guide, at: Progress) -> Events:
    """The progress as slots; there is always one, so that the form knows it was answered."""
    outcome = None if at.outcome is None else at.outcome.value
    values = (guide.name, at.step, list(at.tried), list(at.skipped), at.code, outcome)
    return [SlotSet(slot, value) for slot, value in zip(SLOTS, values, strict=True)]


def forget() -> Events:
    """The next guide starts clean."""
    return [SlotSet(slot, None) for slot in SLOTS]


def details_of(tracker: Tracker) -> dict[str, Any]:
    """What an agent wants to know of a guide that is going on; empty without one."""
    guide = GUIDES.get(str(tracker.get_slot("guide_name")))
    at = None if guide is None else progress_of(tracker, guide)
    if guide is None or at is None:
        return {}
    language = str(tracker.get_slot("language"))
    tried = tried_in_words(guide, at.tried, language)
    details: dict[str, Any] = {"why": LABELS[language][guide.name], "tried": ", ".join(tried)}
    return details if at.code is None else {**details, "error_code": at.code}
