"""Why the form's action runs: the same call comes for four reasons. Pure."""

from __future__ import annotations

from typing import Any

BEGUN = "begun"
TOLD = "told"
RETURNED = "returned"

# `Any`: Rasa's events are untyped dictionaries.
Event = dict[str, Any]


def occasion(events: list[Event], loop: str) -> str:
    """`begun`: the form has just been started; `told`: the person wrote something; `returned`:
    rules answered a question in between, and the form only has to ask again.

    Rasa ends the events with the form's own action and what it extracted.
    """
    since = events[_last_message(events) + 1 :]
    own = max((at for at, event in enumerate(since) if _is_action(event)), default=len(since))
    others = [at for at, event in enumerate(since) if _is_action(event) and at < own]
    begun = [at for at, event in enumerate(since) if _begins(event, loop)]
    if begun and begun[-1] > (others[-1] if others else -1):
        return BEGUN
    return RETURNED if others else TOLD


def _last_message(events: list[Event]) -> int:
    return max((at for at, event in enumerate(events) if event.get("event") == "user"), default=-1)


def _is_action(event: Event) -> bool:
    return event.get("event") == "action"


def _begins(event: Event, loop: str) -> bool:
    return event.get("event") == "active_loop" and event.get("name") == loop
