"""Changes where an order goes, as long as the parcel is still with the shop."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.address_form import ADDRESS
from actions.forms.ending import FormEnd
from actions.forms.form import Filling
from actions.forms.validation import FormValidation
from actions.forms.verdict import Accept, End, Refuse, Verdict
from actions.order_questions import known_order
from actions.orders_client import Order, OrderServiceRefusal, change_address

# Each has its own answer: what is still possible differs.
CLOSED = ("shipped", "ready_for_pickup", "delivered", "returned", "cancelled")


class ValidateAddressForm(FormValidation):
    """An order that has left ends the form: it says what is still possible."""

    form = ADDRESS

    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        if slot != "order_number":
            return Accept()
        order = await known_order(value)
        return order if isinstance(order, Refuse) else _check_order(order)


class ActionAddressDone(FormEnd):
    """Sends the new address to the shop."""

    form = ADDRESS

    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        values = filling.relevant()
        number = values["order_number"]
        address = {name: values[f"address_{name}"] for name in ("street", "postcode", "city")}
        try:
            receipt = await change_address(number, address, key=filling.idempotency_key())
        except OrderServiceRefusal as refusal:
            gone = refusal.code == "already_shipped"
            response = "utter_address_refused_shipped" if gone else "utter_address_refused"
            dispatcher.utter_message(response=response, number=number, tracking="-", carrier="-")
            return
        dispatcher.utter_message(
            response="utter_address_done", reference=receipt.reference, number=number
        )


def _check_order(order: Order) -> Verdict:
    told = {"number": order.number, "carrier": order.carrier or "-"}
    told |= {"tracking": order.tracking or "-", "place": order.place or "-"}
    if order.address_open:
        return Accept()
    if order.status in CLOSED:
        return End(f"utter_address_refused_{order.status}", told)
    why = {"why": "address_change", "order": order.number, "status": order.status}
    return End("utter_address_refused_problem", told, handoff=why)
