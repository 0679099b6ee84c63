"""The form that orders equipment."""

from __future__ import annotations

import re
from dataclasses import dataclass

from actions.forms.field import FreeText, Reading, Value, Words
from actions.forms.form import Form
from actions.forms.kinds import Day, Purpose
from actions.forms.message import Message
from actions.forms.registry import register
from actions.it.fields import Named, work_email

ASAP = "asap"
_ASAP = re.compile(
    r"\b(?:a\.?s\.?a\.?p|as soon as|as fast as|as quickly as|right away|straight ?away|immediately"
    r"|at once|jak naj(?:szybciej|prędzej|predzej|wcześniej|wczesniej)|najszybciej jak|od zaraz"
    r"|od razu|natychmiast\w*|na wczoraj|na już|na juz|na teraz)\b",
    re.IGNORECASE,
)
# Alone they are an answer; in a sentence they may be about anything.
_SOON = re.compile(
    r"\W*(?:it.?s )?(?:very )?(?:now|soon|urgent(?:ly)?|quickly|fast|teraz|zaraz|już|juz"
    r"|szybko|(?:bardzo )?piln(?:e|ie|y)|(?:to )?pilne)(?: please| proszę)?\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class NeededOn(Day):
    """A day, or as soon as possible."""

    def read(self, message: Message) -> Reading:
        if _ASAP.search(message.text) or _SOON.fullmatch(message.text):
            return Value(ASAP)
        return super().read(message)

    def shown(self, value: str, language: str) -> str:
        if value == ASAP:
            return Words(en="as soon as possible", pl="jak najszybciej").of(language)
        return super().shown(value, language)


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
            Purpose(
                slot="hardware_reason",
                label=Words(en="what for", pl="do czego"),
                named=r"reason|powód",
                telling=r"\b(?:because|so that|żeby|ponieważ|bo)\b",
            ),
            NeededOn(
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
