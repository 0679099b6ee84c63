"""Tells where the money of a return or a cancelled order is; late money goes to a person."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.dates import long_date
from actions.forms.ending import FormEnd
from actions.forms.form import Filling
from actions.forms.validation import FormValidation
from actions.forms.verdict import Accept, Refuse, Verdict
from actions.money import amount_in_words
from actions.order_questions import known_order
from actions.orders_client import OrderServiceRefusal, Refund, find_refund
from actions.refund_form import REFUND

STATES = ("waiting_for_parcel", "checking", "sent", "overdue")
# How the money goes back, and how long the bank takes.
METHODS = ("card", "blik", "transfer")


class ValidateRefundForm(FormValidation):
    """A number that the shop does not know is asked again."""

    form = REFUND

    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        order = await known_order(value)
        return order if isinstance(order, Refuse) else Accept()


class ActionRefundDone(FormEnd):
    """Looks the refund up."""

    form = REFUND

    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        number = filling.values["order_number"]
        try:
            refund = await find_refund(number)
        except OrderServiceRefusal:
            dispatcher.utter_message(response="utter_refund_none", number=number)
            return
        tell(dispatcher, refund, number=number, language=filling.language)


def tell(dispatcher: CollectingDispatcher, refund: Refund, *, number: str, language: str) -> None:
    """A state that this bot has no words for goes to a person, as a late one does."""
    known = refund.state in STATES
    if known:
        details = _details(refund, number, language)
        dispatcher.utter_message(response=f"utter_refund_{refund.state}", **details)
        if refund.state == "sent" and refund.method in METHODS:
            dispatcher.utter_message(response=f"utter_refund_by_{refund.method}")
    if refund.state == "overdue" or not known:
        why = {"why": "refund_overdue" if known else "refund_unclear", "order": number}
        why |= {"amount": refund.amount, "state": refund.state}
        dispatcher.utter_message(json_message={"handoff": {"reason": "action", "details": why}})


def _details(refund: Refund, number: str, language: str) -> dict[str, str]:
    expected = "-" if refund.expected_on is None else long_date(refund.expected_on, language)
    sent = "-" if refund.sent_on is None else long_date(refund.sent_on, language)
    return {
        "number": number,
        "amount": amount_in_words(refund.amount, language),
        "expected_on": expected,
        "sent_on": sent,
    }
