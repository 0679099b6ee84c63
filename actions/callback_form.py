"""The form that plans a call back."""

from __future__ import annotations

from datetime import datetime

from actions.forms.field import FreeText, Values, Words
from actions.forms.form import Form
from actions.forms.kinds import Day, Hour, Phone
from actions.forms.registry import register

OPENS, CLOSES = 8, 20

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
            FreeText(
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
    time = values.get("callback_time", f"{CLOSES:02}:00")
    return (day, time) <= (now.date().isoformat(), now.strftime("%H:%M"))
