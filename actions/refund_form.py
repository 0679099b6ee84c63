"""The form that asks which order's money is awaited."""

from __future__ import annotations

from actions.forms.form import Form
from actions.forms.kinds import order_number
from actions.forms.registry import register

REFUND = register(
    Form(
        name="refund",
        starts=("care_refund_status",),
        fields=(order_number(),),
        confirms=False,
    )
)
