"""The turn that is being answered, found by Rasa through a context variable.

Each request is its own task with its own context, so turns of different conversations run side
by side in one process and cannot see each other.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException


@dataclass
class Turn:
    """Lives as long as its request; Rasa saves the tracker that it worked on back into it."""

    tracker: DialogueStateTracker
    failure: str | None = None


current_turn: ContextVar[Turn] = ContextVar("current_turn")


class TurnStore(TrackerStore):
    """Keeps nothing: the state came with the request and leaves with the response."""

    # `Any`: what Rasa passes on from endpoints.yml; this store has no options.
    def __init__(self, domain: Domain, event_broker: Any = None, **_options: Any) -> None:
        super().__init__(domain, event_broker)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker:
        return current_turn.get().tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        current_turn.get().tracker = tracker

    async def keys(self) -> Iterable[str]:
        return []


class FailureWatch(logging.Handler):
    """Rasa logs an action's exception and goes on; this marks the turn, so that it fails."""

    def emit(self, record: logging.LogRecord) -> None:
        turn = current_turn.get(None)
        error = record.exc_info[1] if record.exc_info else None
        if turn is not None and turn.failure is None and error is not None:
            # Rasa's own errors name the action; any other might quote the customer.
            turn.failure = str(error) if isinstance(error, RasaException) else type(error).__name__


def watch_failures() -> None:
    """Once per process, also when the channel is built again."""
    logger = logging.getLogger("rasa.core.processor")
    if not any(isinstance(handler, FailureWatch) for handler in logger.handlers):
        logger.addHandler(FailureWatch())
