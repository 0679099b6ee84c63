"""The form that orders equipment."""

from __future__ import annotations

from actions.forms.field import FreeText, Words
from actions.forms.form import Form
from actions.forms.kinds import Day
from actions.forms.registry import register
from actions.it.fields import Named, work_email

HARDWARE_REQUEST = register(
    Form(
        name="hardware_request",
        starts=("it_hardware_request",),
        fields=(
            Named(
                slot="hardware_device",
                label=Words(en="equipment", pl="sprzęt"),
                named=r"device|equipment|sprzęt|urządzeni",
                entity="device",
                most=80,
            ),
            FreeText(
                slot="hardware_reason",
                label=Words(en="what for", pl="do czego"),
                named=r"reason|powód",
                telling=r"\b(?:because|so that|żeby|ponieważ|bo)\b",
            ),
            Day(
                slot="hardware_needed_on",
                label=Words(en="needed on", pl="potrzebny na"),
                named=r"date|day|data|datę|termin",
                optional=True,
                ahead=365,
            ),
            FreeText(
                slot="hardware_place",
                label=Words(en="delivery to", pl="dostawa do"),
                named=r"place|delivery|miejsc|dostaw",
                most=120,
            ),
            work_email("hardware_email"),
        ),
    )
)
