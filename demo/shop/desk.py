"""The shop's rules and its memory: what was asked for gets a reference, once."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from demo.shop.errors import Refused, unknown_order
from demo.shop.refunds import Refund, sample_refunds
from demo.shop.samples import SampleOrder, sample_orders
from demo.shop.wishes import Address, Callback, Claim, ReturnWish

ADDRESS_OPEN = frozenset({"awaiting_payment", "processing"})
OPENS, CLOSES = "08:00", "20:00"
CALLBACK_DAYS = 30
ANSWER = timedelta(days=14)

# `Any`: JSON objects.
Json = dict[str, Any]


@dataclass
class Shop:
    """Begins every day with the sample orders; what customers did is kept until it stops."""

    now: Callable[[], datetime]
    returned: dict[str, set[str]] = field(default_factory=dict)
    addresses: dict[str, Address] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)
    _given: int = 50000

    def order(self, number: str) -> Json:
        """An order, and what is still possible with it."""
        found = self._order(number)
        until, warranty = found.return_until(), found.warranty_until()
        today = self._today()
        return {
            **asdict(found),
            "return_until": until,
            "returnable": until is not None and today <= until,
            "returned_items": sorted(self.returned.get(number, ())),
            "address_open": found.status in ADDRESS_OPEN,
            "warranty_until": warranty,
            "under_warranty": warranty is None or today <= warranty,
        }

    def refund(self, number: str) -> Refund:
        """Where the money is."""
        order = self._order(number)
        known = sample_refunds(self._today()).get(number)
        if known is None and number in self.returned:
            return Refund(number, "waiting_for_parcel", "", "", order.return_until())
        if known is None:
            raise Refused(404, "no_refund", f"Order {number} has no return and no refund.")
        return known

    def register_return(self, number: str, wish: ReturnWish) -> Json:
        """Checks what the law and the terms say; gives a label."""
        order = self._order(number)
        until = order.return_until()
        if until is None:
            raise Refused(409, "not_delivered", f"Order {number} is {order.status}.")
        if self._today() > until:
            raise Refused(409, "too_late", f"Order {number} could be returned until {until}.")
        done = self.returned.setdefault(number, set())
        for item in wish.items:
            if item not in order.items:
                raise Refused(422, "unknown_item", f"Order {number} has no {item}.")
            if item in done:
                raise Refused(409, "already_returned", f"{item} is being returned already.")
            if wish.condition == "opened" and item in order.sealed_only:
                raise Refused(409, "sealed_only", f"{item} goes back only while it is sealed.")
        done.update(wish.items)
        reference = self._reference("RET")
        return {"reference": reference, "label": f"{reference}-LBL", "send_by": until}

    def change_address(self, number: str, address: Address) -> Json:
        """Until the parcel is packed and gone."""
        order = self._order(number)
        if order.status not in ADDRESS_OPEN:
            raise Refused(409, "already_shipped", f"Order {number} is {order.status}.")
        self.addresses[number] = address
        return {"reference": self._reference("ADR")}

    def file_claim(self, claim: Claim) -> Json:
        """A complaint about a defect: answered within 14 days."""
        if claim.order_number is not None and not self.order(claim.order_number)["under_warranty"]:
            raise Refused(409, "too_old", f"Order {claim.order_number} is out of its two years.")
        self.claims.append(claim)
        return {"reference": self._reference("REK"), "answer_by": self._today() + ANSWER}

    def plan_callback(self, wish: Callback) -> Json:
        """Between 8 and 20, within a month, and not in the past."""
        if not OPENS <= wish.time <= CLOSES:
            raise Refused(409, "closed", f"We phone between {OPENS} and {CLOSES}.")
        now = self.now()
        moment = (wish.day, wish.time)
        if moment <= (now.date(), now.strftime("%H:%M")):
            raise Refused(409, "too_early", "That moment is over.")
        if wish.day > now.date() + timedelta(days=CALLBACK_DAYS):
            raise Refused(409, "too_late", f"We plan at most {CALLBACK_DAYS} days ahead.")
        self.callbacks.append(wish)
        return {"reference": self._reference("TEL")}

    def _order(self, number: str) -> SampleOrder:
        found = sample_orders(self._today()).get(number)
        if found is None:
            raise unknown_order(number)
        return found

    def _today(self) -> date:
        return self.now().date()

    def _reference(self, kind: str) -> str:
        self._given += 1
        return f"{kind}-{self._given}"
