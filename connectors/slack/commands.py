"""Words in a thread that are for the connector: be quiet, go on. Pure."""

import re

MUTE = frozenset({"mute", "be quiet", "wycisz", "cisza"})
RESUME = frozenset({"resume", "unmute", "wznów", "wznow", "mów dalej"})


def command_of(words: str) -> str | None:
    """`mute` or `resume`, when that is all that somebody says."""
    said = re.sub(r"[\s.!]+", " ", words.lower()).strip()
    if said in MUTE:
        return "mute"
    return "resume" if said in RESUME else None
