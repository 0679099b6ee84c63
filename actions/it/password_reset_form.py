"""The form that gets an employee a link for a new password."""

from __future__ import annotations

from actions.forms.field import Choice, Option, Words
from actions.forms.form import Form
from actions.forms.registry import register
from actions.it.fields import employee_number, work_email

PASSWORD_RESET = register(
    Form(
        name="password_reset",
        starts=("it_password_reset",),
        fields=(
            Choice(
                slot="password_app",
                label=Words(en="authenticator app at hand", pl="aplikacja pod ręką"),
                named=r"app|aplikacj",
                options={
                    "yes": Option(Words(en="yes", pl="tak"), r"yes\b|have it|tak\b|mam\b"),
                    "no": Option(
                        Words(en="no", pl="nie"),
                        r"no\b|not\b|don'?t(?! know)|without|nie\b(?! wiem)|bez\b|brak",
                    ),
                },
                intents={"affirm": "yes", "deny": "no"},
                only_asked=True,
            ),
            work_email("password_email"),
            employee_number("password_employee_number"),
            Choice(
                slot="password_send_to",
                label=Words(en="link goes to", pl="link trafi na"),
                named=r"link|goes to|trafi",
                options={
                    "phone": Option(
                        Words(en="my registered phone", pl="mój zapisany telefon"),
                        r"(?:my |mój )?(?:registered |zapisany )?(?:phone|telefon|sms|komórk)",
                    ),
                    "manager": Option(
                        Words(en="my manager", pl="e-mail przełożonego"),
                        r"(?:my )?(?:manager|boss|supervisor|przełożon|szef|kierowni)",
                    ),
                },
                only_asked=True,
            ),
        ),
    )
)
