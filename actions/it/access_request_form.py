"""The form that asks for rights in a system."""

from __future__ import annotations

from actions.forms.field import Choice, Option, Words
from actions.forms.form import Form
from actions.forms.kinds import Purpose, email
from actions.forms.registry import register
from actions.it.fields import Named, work_email

ACCESS_REQUEST = register(
    Form(
        name="access_request",
        starts=("it_access_request",),
        fields=(
            Named(
                slot="access_system",
                label=Words(en="system", pl="system"),
                named=r"system|application|aplikacj",
                entity="application",
                least=2,
                most=60,
            ),
            Choice(
                slot="access_level",
                label=Words(en="rights", pl="uprawnienia"),
                named=r"level|rights?|permission|uprawnie|poziom",
                options={
                    "read": Option(
                        Words(en="read only", pl="tylko odczyt"),
                        r"read(?!\W+(?:and\W+)?(?:write|edit))|view|look"
                        r"|odczyt\w*(?!\w|\W+i\W+(?:zapis|edycj))|podgląd|przegląd",
                    ),
                    "write": Option(
                        Words(en="read and write", pl="odczyt i zapis"),
                        r"write|edit|zapis|edycj|edytow",
                    ),
                    "admin": Option(
                        Words(en="administrator", pl="administrator"), r"admin|full rights|pełne"
                    ),
                },
            ),
            Purpose(
                slot="access_reason",
                label=Words(en="what for", pl="do czego"),
                named=r"reason|powód",
                telling=r"\b(?:because|since i|so that|to be able|żeby|ponieważ|bo)\b",
            ),
            work_email("access_email"),
            email(
                "access_manager",
                Words(en="manager's e-mail", pl="e-mail przełożonego"),
                named=r"manager|boss|przełożon|szef",
                only_asked=True,
            ),
        ),
    )
)
