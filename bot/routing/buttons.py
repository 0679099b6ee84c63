"""The desk's own buttons: payloads begin with `/firstline_` and never reach the engine. Pure."""

from bot.channel import WANTS_PERSON, Button
from bot.texts import text

OWN = "/firstline_"
HUMAN = WANTS_PERSON
SOMETHING_ELSE = f"{OWN}else"


def is_own(payload: str | None) -> bool:
    """Whether the desk itself answers the press."""
    return payload is not None and payload.startswith(OWN)


def talk_to_a_person(language: str) -> Button:
    """Brings a human, also when the engine does not answer."""
    return Button(text("button.person", language), HUMAN)


def something_else(language: str) -> Button:
    """None of the guesses was right."""
    return Button(text("button.something_else", language), SOMETHING_ELSE)
