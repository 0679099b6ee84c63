"""Registers a return: only what can still go back, and only after the person agreed."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.dates import long_date
from actions.forms.ending import FormEnd
from actions.forms.events import Event
from actions.forms.form import Filling
from actions.forms.tracker import filling_of
from actions.forms.validation import FormValidation
from actions.forms.verdict import Accept, End, Refuse, Verdict
from actions.order_items import BETWEEN
from actions.order_questions import ask_which_item, known_order, only_or_meant
from actions.orders_client import Order, OrderServiceRefusal, register_return
from actions.return_form import RETURN

# What the shop may say when something happened since the order was checked.
REFUSALS = {
    "already_returned": "utter_return_refused_already",
    "sealed_only": "utter_return_refused_sealed_only",
}


class ValidateReturnForm(FormValidation):
    """An order that cannot go back ends the form with the reason and what still helps."""

    form = RETURN

    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        if slot == "order_number":
            order = await known_order(value)
            return order if isinstance(order, Refuse) else _check_order(order, filling)
        if slot == "return_item":
            return await _check_item(value, filling)
        if slot == "return_condition" and value == "opened":
            return await _check_seal(filling)
        return Accept()


class ActionAskReturnItem(Action):
    """A button for each item that can still go back."""

    def name(self) -> str:
        return "action_ask_return_item"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[Event]:
        filling = filling_of(RETURN, tracker)
        await ask_which_item(dispatcher, filling, slot="return_item", ask="utter_ask_return_item")
        return []


class ActionReturnDone(FormEnd):
    """Sends it to the shop and tells the reference."""

    form = RETURN

    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        values = filling.relevant()
        number = values["order_number"]
        body = {
            "items": values["return_item"].split(BETWEEN),
            "reason": values.get("return_reason"),
            "condition": values["return_condition"],
        }
        try:
            receipt = await register_return(number, body, key=filling.idempotency_key())
        except OrderServiceRefusal as refusal:
            response = REFUSALS.get(refusal.code, "utter_return_refused")
            dispatcher.utter_message(response=response, number=number)
            return
        until = "-" if receipt.until is None else long_date(receipt.until, filling.language)
        dispatcher.utter_message(
            response="utter_return_done", reference=receipt.reference, until=until
        )


def _check_order(order: Order, filling: Filling) -> Verdict:
    told = {"number": order.number, "items": ", ".join(order.items)}
    if order.status == "problem":
        why = {"why": "order_problem", "order": order.number, "status": order.status}
        return End("utter_return_refused_problem", told, handoff=why)
    if order.status in ("returned", "cancelled"):
        return End("utter_return_refused_already", told)
    if order.status != "delivered" or order.delivered_on is None or order.return_until is None:
        return End("utter_return_refused_not_delivered", told)
    if not order.returnable:
        told["delivered_on"] = long_date(order.delivered_on, filling.language)
        told["until"] = long_date(order.return_until, filling.language)
        return End("utter_return_refused_too_late", told)
    left = _left(order)
    if not left:
        return End("utter_return_refused_already", told)
    return Accept({"return_item": left[0]} if len(left) == 1 else {})


async def _check_item(value: str, filling: Filling) -> Verdict:
    number = filling.values.get("order_number")
    if number is None:
        return Accept()
    order = await known_order(number)
    if isinstance(order, Refuse):
        return order
    meant = only_or_meant(value, _left(order))
    if not meant:
        told = {"given": value, "items": ", ".join(_left(order))}
        return Refuse("utter_return_item_wrong", told)
    return Accept({"return_item": BETWEEN.join(meant)})


async def _check_seal(filling: Filling) -> Verdict:
    """By law, some things go back only while they are sealed."""
    order = await known_order(filling.values.get("order_number", ""))
    items = filling.values.get("return_item", "").split(BETWEEN)
    if isinstance(order, Refuse) or not set(items) & set(order.sealed_only):
        return Accept()
    if filling.values.get("return_reason") == "faulty":
        return End("utter_return_refused_faulty", {"number": order.number})
    return End("utter_return_refused_sealed_only", {"number": order.number})


def _left(order: Order) -> list[str]:
    return [item for item in order.items if item not in order.returned_items]
