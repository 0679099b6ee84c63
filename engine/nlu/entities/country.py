"""Countries as ISO codes, out of a lookup of their names and adjectives. Pure.

An adjective is mostly a language ("in German", "przełącz na polski", "polskie znaki"); it is a
country beside what a country has: an address, a bank, a shop, a plug.
"""

from __future__ import annotations

import re

from engine.nlu.entities.found import Found, folded
from engine.nlu.entities.lookup import Key, Lookup, Word

_ADJECTIVE = re.compile(
    r"\w+(?:sk|ck|zk)(?:i|a|ie|iego|iej|iemu|im|imi|ich|u)"
    r"|\w+(?:[iyec]an|ish|ese)|german|french|czech|slovak|dutch|greek|swiss|icelandic|israeli"
)
_THING = (
    r"(?:bank|shop|store|branch|warehouse|address|account|number|card|compan|firm|phone|plug|socket"
    r"|adapter|charger|customs|post(?!e)|customer|citizen|market|website|dealer|partner|vat|tax"
    r"|invoice"
    r"|border|sklep|oddzial|adres|kont[oa]|koncie|numer|kart|spolk|wtyczk|gniazd|telefon|podat"
    r"|klient"
    r"|faktur|poczt|kontrahent|granic|magazyn|rynk|ladowark|obywatel)"
)
_THING_AFTER = re.compile(rf"[ ]{_THING}")
_THING_BEFORE = re.compile(rf"\b{_THING}\w{{0,5}}[ ]$")
# The noun "Polska" has forms of the adjective.
_POLAND = re.compile(r"polsk(?:a|i)")
_TO_POLAND = re.compile(
    r"(?:^\W*|\b(?:do|z|dla|terenie|calej|cala|poza|granicami|oprocz|wewnatrz)[ ])$"
)


def find(text: str, words: list[tuple[Word, Key]], names: Lookup) -> list[Found]:
    """In a text that is split into words already."""
    found = names.find_in(text, words)
    plain = folded(text) if found else ""
    return [one for one in found if _is_country(plain, one)]


def _is_country(plain: str, one: Found) -> bool:
    word = plain[one.start : one.end]
    if _ADJECTIVE.fullmatch(word) is None:
        return True
    before = plain[max(0, one.start - 20) : one.start]
    if _POLAND.fullmatch(word) is not None and _TO_POLAND.search(before) is not None:
        return True
    return (
        _THING_AFTER.match(plain, one.end) is not None or _THING_BEFORE.search(before) is not None
    )
