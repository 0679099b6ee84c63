"""Buttons of the desk's own that channels show, or leave out, in a way of theirs. Pure."""

import json

# One of the desk's own payloads: see bot/routing/buttons.py.
HELPFUL = "/firstline_helpful"
WANTS_PERSON = "/firstline_human"


def says_helpful(payload: str) -> bool | None:
    """What the button says of an answer; None when it is another button."""
    if not payload.startswith(HELPFUL):
        return None
    try:
        said = json.loads(payload.removeprefix(HELPFUL))
        return bool(said["helpful"])
    except (ValueError, KeyError, TypeError):
        return None
