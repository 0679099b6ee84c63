"""The form that asks for a ticket's number, to tell how far it is."""

from __future__ import annotations

from actions.forms.field import Words
from actions.forms.form import Form
from actions.forms.registry import register
from actions.it.fields import TicketNumber

TICKET_STATUS = register(
    Form(
        name="ticket_status",
        starts=("it_ticket_status", "it_give_ticket_number"),
        fields=(
            TicketNumber(
                slot="ticket_number",
                label=Words(en="ticket number", pl="numer zgłoszenia"),
                named=r"ticket|number|numer|zgłoszeni",
            ),
        ),
        confirms=False,
    )
)
