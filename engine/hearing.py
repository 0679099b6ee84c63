"""What a message is, before the dialogue takes its turn: the turn's language depends on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from rasa.core.channels.channel import UserMessage

from engine.turn_request import LANGUAGES, TurnRequest

# `Any`: Rasa's Agent and parse data are untyped to us.
Agent = Any
Parsed = dict[str, Any]


async def hear(agent: Agent, request: TurnRequest) -> tuple[TurnRequest, Parsed | None]:
    """The request in the language that the customer writes now, and what was understood.

    Nothing is understood of a button: it says itself what it means.
    """
    if request.text is None:
        return request, None
    parsed = await reader(agent, request)(request.message_text())
    language = parsed.get("language")
    return (replace(request, language=language) if language in LANGUAGES else request), parsed


def reader(agent: Agent, request: TurnRequest) -> Callable[[str], Awaitable[Parsed]]:
    """Reads a text as a message of this request."""

    async def read(text: str) -> Parsed:
        message = UserMessage(
            text,
            None,
            request.conversation,
            input_channel=request.channel,
            metadata=metadata_of(request),
        )
        parsed: Parsed = await agent.processor.parse_message(message)
        return parsed

    return read


def metadata_of(request: TurnRequest) -> dict[str, Any]:
    """What components and actions may know of the turn."""
    known = {"desk": request.desk, "language": request.language, "facts": request.facts}
    return known if request.turn is None else {**known, "turn": request.turn}
