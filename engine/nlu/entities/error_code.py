"""Error codes: "0x80070005", "ORA-12541"; a plain number only beside a word that says so. Pure."""

from __future__ import annotations

import re

from engine.nlu.entities.found import Found, folded, place

# Nothing else looks like these.
_UNMISTAKABLE = re.compile(
    r"(?<![\w-])(?:0[xX][0-9a-fA-F]{3,16}"
    r"|(?:ORA|TNS|PLS|SQL|KB|MSI|NET)-\d{3,6}"
    r"|CAA[0-9A-Fa-f]{5}|AADSTS\d{4,7}"
    r"|[A-Z]{3,24}(?:_[A-Z0-9]{1,24}){1,8})(?![\w-])"
)
_CODE = r"(?P<code>[a-z]{0,3}[ -]?\d{1,5}(?:[.-]\d{1,4})?|[a-z]{2,4}-\d{3,6})"
_FILLER = r"(?:[ ]?(?:kod\w{0,3}|code|numer\w{0,3}|number|nr\.?|no\.?|num|o|z|is|was|to|says|[:=#(\"'„”,–-]))"
_CUED = re.compile(
    r"\b(?:err(?:or)?s?|fehler|fail(?:ure|ed) with|blad\w{0,2}|bled\w{0,4}|exit code|stop code"
    r"|kod\w{0,3} (?:bled\w{0,2}|wyjscia|zatrzymania)|kod stop|event id|bsod|http(?: status)?|wyjatek"
    rf"|exception|vpn)"
    rf"{_FILLER}{{0,4}}[ ]?{_CODE}"
    r"(?![\w-]|[.,:]\d|[ ]?(?:%|proc|percent|zl\b|pln|min|godz|hours?|dni|days|raz|times|gb\b|mb\b"
    r"|osob|people|users?|sztuk|lat\b|years?|weeks?|tygod|st(?:\.|opni)|of\b|am\b|pm\b))"
)
# What VPN clients and installers show; nobody writes these numbers alone for anything else.
_WELL_KNOWN = frozenset(
    [
        "442",
        "609",
        "619",
        "623",
        "628",
        "629",
        "633",
        "638",
        "645",
        "651",
        "678",
        "691",
        "718",
        "720",
        "721",
        "734",
        "741",
        "742",
        "766",
        "768",
        "778",
        "781",
        "784",
        "786",
        "788",
        "789",
        "791",
        "792",
        "798",
        "800",
        "806",
        "807",
        "809",
        "812",
        "835",
        "850",
        "868",
        "1603",
        "1618",
        "1619",
        "1625",
        "1638",
        "1722",
    ]
)
_ALONE = re.compile(r"\W*(\d{3,4})\W*")


def find(text: str) -> list[Found]:
    """As written, letters and hexadecimal digits in their usual case."""
    found = [
        place(text, match.start(), match.end(), _usual(match.group()))
        for match in _UNMISTAKABLE.finditer(text)
    ]
    taken = [(one.start, one.end) for one in found]
    for match in _CUED.finditer(folded(text)):
        start, end = match.span("code")
        while text[start] in " -":
            start += 1
        if not any(start < last and first < end for first, last in taken):
            found.append(place(text, start, end, _usual(text[start:end])))
    alone = _ALONE.fullmatch(text)
    if not found and alone is not None and alone[1] in _WELL_KNOWN:
        found.append(place(text, alone.start(1), alone.end(1), alone[1]))
    return sorted(found, key=lambda one: one.start)


def _usual(code: str) -> str:
    if code[:2].lower() == "0x":
        return f"0x{code[2:].upper()}"
    return code.replace(" ", "").upper()
