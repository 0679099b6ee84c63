"""The form that plans a call back."""

from __future__ import annotations

from datetime import datetime

from actions.forms.field import FreeText, Values, Words
from actions.forms.form import Form
from actions.forms.kinds import Day, Hour, Phone, clock
from actions.forms.message import Message
from actions.forms.registry import register

OPENS, CLOSES = 8, 20
# What somebody asks about a matter of their own is what the call is about.
OWN_MATTERS = frozenset(
    {
        *("care_order_status", "care_change_order", "care_change_address", "care_cancel_order"),
        *("care_order_confirmation", "care_delivery_late", "care_delivery_missing"),
        *("care_delivery_damaged", "care_wrong_item", "care_return_item", "care_exchange_item"),
        *("care_refund_status", "care_payment_failed", "care_double_charge", "care_invoice"),
        *("care_invoice_correction", "care_warranty_claim", "care_repair_status"),
        *("care_complaint", "care_account_login"),
    }
)


class Topic(FreeText):
    """What to talk about: also "where is my order", which begins no other form here."""

    def expects(self, message: Message) -> bool:
        return message.intent in OWN_MATTERS


CALLBACK = register(
    Form(
        name="callback",
        starts=("care_callback",),
        answers=frozenset({"care_store_hours"}),
        fields=(
            Phone(
                "callback_phone",
                Words(en="phone", pl="telefon"),
                named=r"phone|telefon|numer",
            ),
            Day(
                "callback_day",
                Words(en="day", pl="dzień"),
                named=r"day|date|dzień|dzien|data|termin",
            ),
            Hour(
                "callback_time",
                Words(en="time", pl="godzina"),
                named=r"time|hour|godzin|pora",
                opens=OPENS,
                closes=CLOSES,
            ),
            Topic(
                "callback_topic",
                Words(en="topic", pl="temat"),
                named=r"topic|subject|temat|spraw",
            ),
        ),
    )
)


def is_over(values: Values, now: datetime) -> bool:
    """Whether the moment has passed; a day alone has passed when the last call of it has."""
    day = values.get("callback_day")
    if day is None:
        return False
    time = clock(values.get("callback_time", f"{CLOSES:02}:00"))
    return (day, time) <= (now.date().isoformat(), now.strftime("%H:%M"))
