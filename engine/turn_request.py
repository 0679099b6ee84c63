"""What a turn request must look like. Anything else is refused before Rasa sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("en", "pl")
MAX_TEXT = 4_000
MAX_NAME = 200
_PAYLOAD = re.compile(r"/(?P<intent>\w+)(?P<entities>\{.*\})?", re.DOTALL)
_LOOKS_LIKE_PAYLOAD = re.compile(r"^[\s/]+")


class TurnError(Exception):
    """A turn that gives no answer: the HTTP status and the JSON error that say so."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True)
class TurnRequest:
    """One customer message; either `text` or `intent` (of a button) is set."""

    conversation: str
    text: str | None
    intent: str | None
    entities: dict[str, str]
    language: str
    channel: str
    desk: str
    # `Any`: JSON objects; what the facts are is between the service and the actions.
    facts: dict[str, Any]
    state: Any
    fresh: bool
    # Of a bot that reads payloads itself.
    payload: str | None = None
    # The same for every attempt at this turn; whatever has effects may give it on.
    turn: str | None = None

    def message_text(self) -> str:
        """What Rasa gets to read: never a text that it would take for an intent payload."""
        if self.text is None:
            return self.payload or f"/{self.intent}"
        return _LOOKS_LIKE_PAYLOAD.sub("", self.text).rstrip() or "?"


def parse_request(body: Any, *, intents: Collection[str] | None) -> TurnRequest:
    """Checks every field; raises TurnError naming the one that is wrong.

    `intents` are those that a payload may name; None: a payload may say anything.
    """
    if not isinstance(body, dict):
        raise _bad("the body must be a JSON object")
    text, payload = body.get("text"), body.get("payload")
    if (text is None) == (payload is None):
        raise _bad("give exactly one of text and payload")
    intent, entities = _parse_payload(payload, intents)
    language = body.get("language")
    if language not in LANGUAGES:
        raise _bad(f"language must be one of {', '.join(LANGUAGES)}")
    facts, fresh = body.get("facts") or {}, body.get("fresh", False)
    if not isinstance(facts, dict):
        raise _bad("facts must be an object")
    if not isinstance(fresh, bool):
        raise _bad("fresh must be true or false")
    return TurnRequest(
        conversation=_name(body, "conversation"),
        text=None if text is None else _checked_text(text),
        intent=intent,
        entities=entities,
        language=language,
        channel=_name(body, "channel"),
        desk=_name(body, "desk"),
        facts=facts,
        state=body.get("state"),
        fresh=fresh,
        payload=None if payload is None else _checked_text(payload, "payload"),
        turn=None if body.get("turn") is None else _name(body, "turn"),
    )


def _bad(message: str) -> TurnError:
    return TurnError(400, "bad_request", message)


def _name(body: dict[str, Any], field: str) -> str:
    value = body.get(field)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME or not _is_unicode(value):
        raise _bad(f"{field} must be a text of 1 to {MAX_NAME} characters")
    return value


def _checked_text(text: Any, name: str = "text") -> str:
    if not isinstance(text, str) or not text.strip() or not _is_unicode(text):
        raise _bad(f"{name} must be a text that is not empty")
    if len(text) > MAX_TEXT:
        raise TurnError(413, "too_long", f"{name} has {len(text)} characters, at most {MAX_TEXT}")
    return text


def _is_unicode(text: str) -> bool:
    """JSON can spell half a surrogate pair, which no reply could carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parse_payload(
    payload: Any, intents: Collection[str] | None
) -> tuple[str | None, dict[str, str]]:
    if payload is None or intents is None:
        return None, {}
    match = _PAYLOAD.fullmatch(payload) if isinstance(payload, str) else None
    if match is None or len(payload) > MAX_TEXT:
        raise _bad('payload must look like /intent or /intent{"entity": "value"}')
    if match["intent"] not in intents:
        raise _bad("payload names an intent that the bot does not have")
    try:
        entities = json.loads(match["entities"] or "{}")
    except ValueError:
        raise _bad("the entities in payload are not JSON") from None
    if not all(isinstance(value, str) and _is_unicode(value) for value in entities.values()):
        raise _bad("the entities in payload must be texts")
    return match["intent"], entities
