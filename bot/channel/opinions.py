"""The buttons of «Was this helpful?», for channels that show them in a way of their own. Pure."""

import json

# One of the desk's own payloads: see bot/routing/buttons.py.
HELPFUL = "/firstline_helpful"


def says_helpful(payload: str) -> bool | None:
    """What the button says of an answer; None when it is another button."""
    if not payload.startswith(HELPFUL):
        return None
    try:
        said = json.loads(payload.removeprefix(HELPFUL))
        return bool(said["helpful"])
    except (ValueError, KeyError, TypeError):
        return None
