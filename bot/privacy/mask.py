"""Hides card numbers, PESEL numbers and passwords in what a customer wrote. Pure.

Everything that finds such a thing is a function of its own, `find(text) -> spans`. The sign that
stands in the place of a secret is shorter than any secret, so a text never grows, and says
nothing of what was there, not even its length.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.privacy.cards import find_cards
from bot.privacy.passwords import find_passwords
from bot.privacy.pesel import find_pesels

HIDDEN = "•••"
Span = tuple[int, int]

# In the order in which the customer is told of them.
FINDERS: dict[str, Callable[[str], Iterable[Span]]] = {
    "card": find_cards,
    "pesel": find_pesels,
    "password": find_passwords,
}


@dataclass(frozen=True)
class Masked:
    """The text as it may be stored, and which kinds of secrets it held."""

    text: str
    kinds: tuple[str, ...] = ()


def mask(text: str) -> Masked:
    """Hides until nothing is left to hide: what one secret covered may show another."""
    kinds: set[str] = set()
    while True:
        found = [(*span, kind) for kind, find in FINDERS.items() for span in find(text)]
        if not found:
            return Masked(text, tuple(kind for kind in FINDERS if kind in kinds))
        kinds.update(kind for _, _, kind in found)
        text = _hide(text, [(start, end) for start, end, _ in found])


def _hide(text: str, spans: Iterable[Span]) -> str:
    """Puts the sign in the place of each span; overlapping ones become one."""
    pieces, reached = [], 0
    for start, end in sorted(spans):
        if start >= reached:
            pieces += [text[reached:start], HIDDEN]
        reached = max(reached, end)
    return "".join((*pieces, text[reached:]))
