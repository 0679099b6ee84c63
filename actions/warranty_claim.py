"""Files a complaint with the shop, bought online or in one of its stores."""

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
from actions.order_items import BETWEEN, insists
from actions.order_questions import ask_which_item, known_order, only_or_meant
from actions.orders_client import OrderServiceRefusal, file_claim
from actions.warranty_form import SHOP, WARRANTY


class ValidateWarrantyForm(FormValidation):
    """An order that is not delivered or older than two years has its own answer."""

    form = WARRANTY

    async def check(self, slot: str, value: str, filling: Filling) -> Verdict:
        if slot == "order_number":
            return await _check_order(value)
        if slot == "warranty_product":
            return await _check_product(value, filling)
        return Accept()


class ActionAskWarrantyProduct(Action):
    """A button for each item of the order."""

    def name(self) -> str:
        return "action_ask_warranty_product"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any
    ) -> list[Event]:
        filling = filling_of(WARRANTY, tracker)
        await ask_which_item(
            dispatcher, filling, slot="warranty_product", ask="utter_ask_warranty_product"
        )
        return []


class ActionWarrantyDone(FormEnd):
    """Sends it and tells the reference."""

    form = WARRANTY

    async def finish(self, dispatcher: CollectingDispatcher, filling: Filling) -> None:
        values = filling.relevant()
        bought = values.get("warranty_where", "online")
        body = {
            "bought": bought,
            "order_number": values.get("order_number"),
            "product": values["warranty_product"],
            "problem": values["warranty_problem"],
            "since": values.get("warranty_since"),
        }
        try:
            receipt = await file_claim(body, key=filling.idempotency_key())
        except OrderServiceRefusal as refusal:
            old = refusal.code == "too_old"
            response = "utter_warranty_refused_too_old" if old else "utter_warranty_refused"
            dispatcher.utter_message(response=response, number=values.get("order_number", "-"))
            return
        until = "-" if receipt.until is None else long_date(receipt.until, filling.language)
        response = "utter_warranty_done_in_shop" if bought == SHOP else "utter_warranty_done"
        dispatcher.utter_message(response=response, reference=receipt.reference, until=until)


async def _check_order(number: str) -> Verdict:
    order = await known_order(number)
    if isinstance(order, Refuse):
        return order
    if order.delivered_on is None:
        return End("utter_warranty_refused_not_delivered", {"number": number})
    if not order.under_warranty:
        return End("utter_warranty_refused_too_old", {"number": number})
    return Accept({"warranty_product": order.items[0]} if len(order.items) == 1 else {})


async def _check_product(value: str, filling: Filling) -> Verdict:
    number = filling.relevant().get("order_number")
    if number is None:
        return Accept()
    order = await known_order(number)
    if isinstance(order, Refuse):
        return order
    meant = only_or_meant(value, order.items)
    if not meant and insists(value, "warranty_product", filling):
        return Accept()  # whoever looks at the complaint knows what "the lamp" may be
    if not meant:
        told = {"given": value, "items": ", ".join(order.items)}
        return Refuse("utter_warranty_product_wrong", told)
    return Accept({"warranty_product": BETWEEN.join(meant)})
