"""Tells the customer where an order is; a lost parcel goes to a person."""

from __future__ import annotations

import logging
from datetime import date

from rasa_sdk.executor import CollectingDispatcher

from actions.dates import long_date
from actions.forms.ending import FormEnd
from actions.forms.form import Filling
from actions.forms.validation import FormValidation
from actions.forms.verdict import Accept, Verdict
from actions.order_form import ORDER_STATUS
from actions.orders_client import Order, OrderServiceError, find_order

logger = logging.getLogger(__name__)

STATUSES = (
    *("awaiting_payment", "processing", "shipped", "ready_for_pickup"),
    *("delivered", "returned", "cancelled", "problem"),
)


class ValidateOrderStatusForm(FormValidation):
    """Any number that looks like one will do: the end of the form looks it up."""

    form = ORDER_STATUS

    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        return Accept()


class ActionOrderStatus(FormEnd):
    """Looks the order up."""

    form = ORDER_STATUS

    def name(self) -> str:
        return "action_order_status"

    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        number = filling.values["order_number"]
        try:
            order = await find_order(number)
        except OrderServiceError as error:
            logger.warning("order.lookup_failed number=%s problem=%s", number, error)
            dispatcher.utter_message(response="utter_order_service_down", number=number)
        else:
            tell(dispatcher, order, number=number, language=filling.language)


def tell(
    dispatcher: CollectingDispatcher, order: Order | None, *, number: str, language: str
) -> None:
    """Says what is known; a status that this bot has no words for goes to a person as well."""
    if order is None:
        dispatcher.utter_message(response="utter_order_unknown", number=number)
        return
    if order.status in STATUSES:
        dispatcher.utter_message(response=f"utter_order_{order.status}", **details(order, language))
    if order.status == "problem" or order.status not in STATUSES:
        why = {"why": "order_problem", "order": order.number, "status": order.status}
        dispatcher.utter_message(json_message={"handoff": {"reason": "action", "details": why}})


def details(order: Order, language: str) -> dict[str, str]:
    """Everything that the answers may mention."""

    def words(day: date | None) -> str:
        return "-" if day is None else long_date(day, language)

    return {
        "number": order.number,
        "items": ", ".join(order.items),
        "placed_on": words(order.placed_on),
        "shipped_on": words(order.shipped_on),
        "expected_on": words(order.expected_on),
        "delivered_on": words(order.delivered_on),
        "carrier": order.carrier or "-",
        "tracking": order.tracking or "-",
        "place": order.place or "-",
    }
