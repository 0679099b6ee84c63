"""What the forms about an order ask the shop while they are filled in."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from rasa_sdk.executor import CollectingDispatcher

from actions.forms.field import short
from actions.forms.form import Filling
from actions.forms.message import CHOICE
from actions.forms.verdict import Refuse
from actions.order_items import items_meant
from actions.orders_client import Order, OrderServiceError, find_order

logger = logging.getLogger(__name__)

# Slack cuts the title of a button off at 75 characters.
TITLE = 60


async def known_order(number: str) -> Order | Refuse:
    """The order, or the refusal of a number that the shop does not know."""
    order = await find_order(number)
    return order or Refuse("utter_order_number_unknown", {"number": number})


def only_or_meant(value: str, items: Sequence[str]) -> tuple[str, ...]:
    """Of a single item nobody has to find the right name."""
    return (items[0],) if len(items) == 1 else items_meant(value, items)


async def ask_which_item(
    dispatcher: CollectingDispatcher, filling: Filling, *, slot: str, ask: str
) -> None:
    """A button for each item of the order; without an answer of the shop, only the question."""
    number = filling.values.get("order_number")
    items: tuple[str, ...] = ()
    try:
        order = None if number is None else await find_order(number)
        items = () if order is None else order.items
    except OrderServiceError as error:
        logger.warning("order.lookup_failed number=%s problem=%s", number, error)
    buttons = [
        {"title": short(item, TITLE), "payload": _payload(filling, slot, item)} for item in items
    ]
    dispatcher.utter_message(response=ask, buttons=buttons)


def _payload(filling: Filling, slot: str, item: str) -> str:
    chosen = json.dumps({CHOICE: f"{slot}={item}"}, ensure_ascii=False)
    return f"/{filling.form.starts[0]}{chosen}"
