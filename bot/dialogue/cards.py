"""Cards in a reply's `custom`, checked. docs/cards.md has the shape. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.channel import Button, Card, Link

CARDS = "cards"
MOST_CARDS = 10
MOST_BUTTONS = 10
TITLE_LENGTH = 200
TEXT_LENGTH = 2000
ADDRESS_LENGTH = 2000


class BadCard(ValueError):
    """Not of the shape that docs/cards.md gives; the message says where."""


# `Any`: JSON that somebody's action made; everything is checked.
def read_cards(custom: Mapping[str, Any]) -> tuple[tuple[Card, ...], list[str]]:
    """The cards that can be shown, and what is wrong with the others."""
    wanted = custom.get(CARDS)
    if wanted is None:
        return (), []
    if not isinstance(wanted, list):
        return (), [f"“{CARDS}” must be a list"]
    problems = [f"more than {MOST_CARDS} cards"] if len(wanted) > MOST_CARDS else []
    cards = []
    for number, raw in enumerate(wanted[:MOST_CARDS], start=1):
        try:
            cards.append(_card(raw))
        except BadCard as problem:
            problems.append(f"card {number}: {problem}")
    return tuple(cards), problems


def _card(raw: Any) -> Card:
    if not isinstance(raw, dict):
        raise BadCard("must be an object")
    return Card(
        title=_text(raw, "title", TITLE_LENGTH),
        text=_text(raw, "text", TEXT_LENGTH) if raw.get("text") not in (None, "") else "",
        image=_address(raw, "image") if raw.get("image") is not None else None,
        link=_link(raw["link"]) if raw.get("link") is not None else None,
        buttons=_buttons(raw.get("buttons") or []),
    )


def _link(raw: Any) -> Link:
    if not isinstance(raw, dict):
        raise BadCard("“link” must be an object")
    return Link(_text(raw, "title", TITLE_LENGTH), _address(raw, "url"))


def _buttons(raw: Any) -> tuple[Button, ...]:
    if not isinstance(raw, list) or len(raw) > MOST_BUTTONS:
        raise BadCard(f"“buttons” must be a list of at most {MOST_BUTTONS}")
    if not all(isinstance(button, dict) for button in raw):
        raise BadCard("a button must be an object")
    return tuple(
        Button(_text(button, "title", TITLE_LENGTH), _text(button, "payload", TEXT_LENGTH))
        for button in raw
    )


def _text(raw: Mapping[str, Any], name: str, limit: int) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > limit or "\x00" in value:
        raise BadCard(f"“{name}” must be a text of 1 to {limit} characters")
    return value


def _address(raw: Mapping[str, Any], name: str) -> str:
    """Only what a browser may follow: no script, no file, nothing relative."""
    value = _text(raw, name, ADDRESS_LENGTH)
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        raise BadCard(f"“{name}” must be an http or https address")
    return value
