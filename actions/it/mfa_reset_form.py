"""The form that unlinks the sign-in app from a phone that cannot confirm any more."""

from __future__ import annotations

from actions.forms.field import Choice, Option, Words
from actions.forms.form import Form
from actions.forms.registry import register
from actions.it.fields import employee_number, work_email

MFA_RESET = register(
    Form(
        name="mfa_reset",
        starts=("it_mfa_new_phone",),
        fields=(
            Choice(
                slot="mfa_phone",
                label=Words(en="old phone", pl="stary telefon"),
                named=r"(?:old )?phone|(?:stary )?telefon",
                options={
                    "works": Option(
                        Words(en="still works", pl="nadal działa"),
                        r"(?:it )?still (?:works?|have)|(?:yes, )?it works|have it"
                        r"|nadal (?:działa|mam)|wciąż (?:działa|mam)|mam go\b|działa\b",
                    ),
                    # Only by button, after the way that needs nobody.
                    "here": Option(
                        Words(
                            en="here, but the portal does not help", pl="jest, ale portal zawodzi"
                        ),
                        r"(?!)",
                    ),
                    "gone": Option(
                        Words(en="broken or given away", pl="zepsuty lub oddany"),
                        r"(?:is )?(?:broken|broke|dead|sold|reset|wiped|given|gave|smashed|cracked)"
                        r"|zepsu|rozbi|sprzeda|odda|wyczyszcz|zalan|nie działa",
                    ),
                    "stolen": Option(
                        Words(en="lost or stolen", pl="zgubiony lub skradziony"),
                        r"lost|stolen|stole|missing|zgub|ukrad|skradzi|zaginą",
                    ),
                },
                intents={"affirm": "works"},
            ),
            work_email("mfa_email"),
            employee_number("mfa_employee_number"),
        ),
        # What became of the old phone; its end offers to lock it.
        answers=frozenset({"it_lost_device"}),
    )
)
