"""Tells how far a ticket is."""

from __future__ import annotations

import logging

from rasa_sdk.executor import CollectingDispatcher

from actions.dates import long_date
from actions.forms.ending import FormEnd
from actions.forms.form import Filling, harmless
from actions.forms.validation import FormValidation
from actions.forms.verdict import Accept, Verdict
from actions.it.ticket_status_form import TICKET_STATUS
from actions.itsm_client import ItServiceError, Ticket, find_ticket

logger = logging.getLogger(__name__)

STATUSES = (
    *("new", "in_progress", "waiting_for_you", "waiting_for_approval"),
    *("on_hold", "resolved", "closed"),
)


class ValidateTicketStatusForm(FormValidation):
    """Any number that looks like one will do: the end of the form looks it up."""

    form = TICKET_STATUS

    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        return Accept()


class ActionTicketStatusDone(FormEnd):
    """Looks the ticket up; one whose status has no words here goes to a person."""

    form = TICKET_STATUS

    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        number = filling.values["ticket_number"]
        try:
            ticket = await find_ticket(number)
        except ItServiceError as error:
            logger.warning("ticket.lookup_failed number=%s problem=%s", number, error)
            dispatcher.utter_message(response="utter_ticket_service_down", number=number)
            return
        if ticket is None:
            dispatcher.utter_message(response="utter_ticket_unknown", number=number)
        elif ticket.status in STATUSES:
            response = f"utter_ticket_{ticket.status}"
            dispatcher.utter_message(response=response, **details(ticket, filling.language))
        else:
            why = {"why": "ticket_status", "ticket": number, "status": ticket.status}
            order = {"reason": "action", "details": why}
            dispatcher.utter_message(json_message={"handoff": order})


def details(ticket: Ticket, language: str) -> dict[str, str]:
    """Everything that the answers may mention."""
    # A ticket that waits for nobody in particular names the day of its last change instead.
    expected = ticket.expected_on or ticket.updated_on
    return {
        "number": ticket.number,
        "summary": harmless(ticket.summary),
        "team": ticket.team,
        "opened_on": long_date(ticket.opened_on, language),
        "updated_on": long_date(ticket.updated_on, language),
        "expected_on": long_date(expected, language),
    }
