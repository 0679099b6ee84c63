"""The form that asks for an order number, to tell where the order is."""

from __future__ import annotations

from actions.forms.form import Form
from actions.forms.kinds import order_number
from actions.forms.registry import register

ORDER_STATUS = register(
    Form(
        name="order_status",
        starts=("care_order_status", "care_give_order_number"),
        fields=(order_number(),),
        confirms=False,
    )
)
