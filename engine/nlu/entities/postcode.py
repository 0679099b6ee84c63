"""Polish postcodes: "00-950"; without the dash only beside the words for it. Pure."""

from __future__ import annotations

import re

from engine.nlu.entities import order_number
from engine.nlu.entities.found import Found, folded, place

_DASHED = re.compile(r"(?<![\w/.,-])(\d\d)[-–](\d{3})(?![\w/-]|[.,]\d)")
_CUED = re.compile(
    r"\b(?:kod\w{0,3} poczt\w*|(?:nowy|inny) kod|post[ ]?codes?|postal codes?|zip(?:[ -]?codes?)?)"
    r"(?:[ ]{0,2}(?:ma byc|to|is|should be|na|to be|[:=–-]))?[ ]{0,2}"
    r"(?P<code>(\d\d)[ ]?(\d{3}))(?![\w/-]|[.,]\d)"
)


def find(text: str) -> list[Found]:
    plain = folded(text)
    found = [
        place(text, match.start(), match.end(), f"{match[1]}-{match[2]}")
        for match in _DASHED.finditer(text)
        if not order_number.is_called_so(plain, match.start())
    ]
    found += [
        place(text, match.start("code"), match.end("code"), f"{match[2]}-{match[3]}")
        for match in _CUED.finditer(plain)
    ]
    return sorted(found, key=lambda one: one.start)
