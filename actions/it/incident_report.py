"""Opens a ticket; what stops many people goes to a person at once."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.forms.ending import FormEnd
from actions.forms.form import Filling
from actions.forms.validation import FormValidation
from actions.forms.verdict import Accept, Verdict
from actions.guides.guide_forms import words_of_guide
from actions.it.fields import People
from actions.it.incident_report_form import INCIDENT_REPORT
from actions.itsm_client import ItServiceError, ItServiceRefusal, send

PRIORITIES = ("P1", "P2", "P3")


class ValidateIncidentReportForm(FormValidation):
    """A guide that did not help has told already what is wrong and what was tried."""

    form = INCIDENT_REPORT

    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        return Accept()

    def known(self, tracker: Tracker) -> dict[str, str]:
        told = words_of_guide(tracker)
        if "why" not in told:
            return {}
        code = f" ({told['error_code']})" if "error_code" in told else ""
        tried = {"incident_tried": told["tried"]} if "tried" in told else {}
        return {"incident_summary": f"{told['why']}{code}", **tried}


class ActionIncidentReportDone(FormEnd):
    """Sends it."""

    form = INCIDENT_REPORT

    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        values = filling.relevant()
        tried = values.get("incident_tried")
        body = {
            "summary": values["incident_summary"],
            "since": values.get("incident_since"),
            "affected": People.count(values["incident_affected"]),
            "contact": values["incident_contact"],
            "tried": tried.split(", ") if tried else [],
        }
        try:
            receipt = await send("tickets", body, key=filling.idempotency_key())
        except ItServiceRefusal as refusal:
            raise ItServiceError(f"refused with {refusal.code}") from refusal
        priority = receipt.text("priority")
        if priority not in PRIORITIES:
            raise ItServiceError(f"a priority that is not known: {priority}")
        dispatcher.utter_message(
            response=f"utter_incident_opened_{priority.lower()}",
            number=receipt.number,
            contact=values["incident_contact"],
        )
        if priority == PRIORITIES[0]:
            why = {"why": "many_affected", "ticket": receipt.number}
            # Nobody is asked a second time where to be reached.
            why["contact"] = values["incident_contact"]
            order = {"reason": "action", "details": why}
            dispatcher.utter_message(json_message={"handoff": order})
