"""The form that opens a ticket for something that does not work."""

from __future__ import annotations

from actions.forms.field import FreeText, Option, Words
from actions.forms.form import Form
from actions.forms.kinds import Moment
from actions.forms.registry import register
from actions.it.fields import Contact, People

INCIDENT_REPORT = register(
    Form(
        name="incident_report",
        starts=("it_incident_report",),
        fields=(
            FreeText(
                slot="incident_summary",
                label=Words(en="problem", pl="problem"),
                named=r"problem|description|opis",
                telling=r"\b(?:problem with|issue with|report that|because|does(?:n'?t| not) work"
                r"|is(?:n'?t| not) working|broken|crash\w*|problem z|zgłosić,? że|nie działa"
                # "Zgłosić awarię" and no more does not say what happened.
                r"|zepsu\w*|awari\w+(?=\W+\w))\b",
            ),
            Moment(
                slot="incident_since",
                label=Words(en="since when", pl="od kiedy"),
                named=r"since|od kiedy|czas",
                optional=True,
                least=1,
                most=100,
            ),
            People(
                slot="incident_affected",
                label=Words(en="affected", pl="kogo dotyczy"),
                named=r"people|affected|dotyczy|osób|osoby",
                options={
                    "me": Option(
                        Words(en="only me", pl="tylko ja"),
                        r"(?:only |just )?me\b|myself|tylko (?:ja|mnie|u mnie)|mnie\b|ja\b",
                    ),
                    "team": Option(
                        Words(en="my team", pl="mój zespół"),
                        r"(?:my |our |whole )*(?:team|department)"
                        r"|(?:mój |nasz |cał\w+ )*(?:zespó|dział)",
                    ),
                    "many": Option(
                        Words(en="the whole office or more", pl="całe biuro lub więcej"),
                        r"(?:the )?(?:whole|entire) (?:office|company|floor)"
                        r"|everybody|everyone|all\b"
                        r"|cał[eay] (?:biuro|firma|piętro)|wszys",
                    ),
                },
                only_asked=True,
            ),
            Contact(
                slot="incident_contact",
                label=Words(en="contact", pl="kontakt"),
                named=r"contact|phone|e-?mail|kontakt|telefon",
            ),
            FreeText(
                slot="incident_tried",
                label=Words(en="tried already", pl="już sprawdzone"),
                # Comes from a guide (actions/guides/) and is never asked for.
                needed=lambda values: "incident_tried" in values,
            ),
        ),
    )
)
