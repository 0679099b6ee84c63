"""The form that changes where an order goes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from actions.forms.field import FreeText, Pattern, Reading, Value, Words, Wrong, short
from actions.forms.form import Form
from actions.forms.kinds import order_number
from actions.forms.message import Message
from actions.forms.registry import register

_POSTCODE = re.compile(r"(?<![\d-])(\d\d)[- ]?(\d{3})(?![\d-])")
_STRICT_POSTCODE = re.compile(r"(?<![\d-])(\d\d)-(\d{3})(?![\d-])")
_STREET_TOLD = re.compile(
    r"(?:\bto|\bna|\bis|:|\bul\.|\bstreet)\s+"
    r"(?P<street>(?!.*\b(?:order|zam[oó]wieni))(?:ul\.|al\.|os\.|pl\.)?\s*[^\W\d][\w .'-]{2,60}? "
    r"\d{1,4}[a-z]?(?:\s?[/m]\.?\s?\d+\w?)?)(?=\s*(?:[,;.]|$|\d\d-\d{3}))",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:(?:it.?s|it is|to|the (?:new )?address is|nowy adres(?: to)?|adres(?: to)?|na)\s+)+"
    r"(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Street(FreeText):
    """A street with its number; of a whole address, the part before the postcode."""

    def read(self, message: Message) -> Reading:
        before = _STRICT_POSTCODE.split(message.text)[0]
        text = _LEADING.sub("", before.strip(" ,;")) or message.text
        return super().read(replace(message, text=text))

    def notice(self, message: Message) -> str | None:
        match = _STREET_TOLD.search(message.text)
        return None if match is None else short(match["street"])


@dataclass(frozen=True)
class Postcode(Pattern):
    """Polish: 00-625; people leave the hyphen out."""

    def read(self, message: Message) -> Reading:
        match = _POSTCODE.search(message.text)
        return Value(f"{match[1]}-{match[2]}") if match else super().read(message)

    def notice(self, message: Message) -> str | None:
        match = _STRICT_POSTCODE.search(message.text)
        return match.group() if match else super().notice(message)


@dataclass(frozen=True)
class City(FreeText):
    """A place name; of a whole address, the part after the postcode."""

    def read(self, message: Message) -> Reading:
        text = _after_postcode(message.text) or message.text
        text = _LEADING.sub("", re.sub(r"^(?:in|w|we)\s+", "", text.strip(" ,.;"), flags=re.I))
        reading = super().read(replace(message, text=text))
        if isinstance(reading, Value) and (len(text.split()) > 4 or re.search(r"\d", text)):
            return Wrong(short(text))
        return reading

    def notice(self, message: Message) -> str | None:
        told = _after_postcode(message.text)
        reading = self.read(replace(message, text=told)) if told else None
        return reading.value if isinstance(reading, Value) else None


def _after_postcode(text: str) -> str:
    parts = _STRICT_POSTCODE.split(text)
    return re.split(r"[,.;\n]", parts[-1].strip(" ,"))[0].strip() if len(parts) > 1 else ""


ADDRESS = register(
    Form(
        name="address",
        starts=("care_change_address",),
        fields=(
            order_number(),
            Street(
                "address_street",
                Words(en="street and number", pl="ulica i numer"),
                named=r"street|ulic|house number|numer domu",
                shape=r"[^\W\d]{2}.*\d",
                most=120,
            ),
            Postcode(
                "address_postcode",
                Words(en="postcode", pl="kod pocztowy"),
                named=r"post ?code|zip|kod",
                entity="postcode",
                pattern=r"\d\d-\d{3}",
            ),
            City(
                "address_city",
                Words(en="city", pl="miejscowość"),
                named=r"city|town|place|miast|miejscowo",
                least=2,
                most=60,
            ),
        ),
    )
)
