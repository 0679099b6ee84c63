"""One customer's side of a conversation with the engine, told over its HTTP contract."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

# `Any`: JSON, as it comes over the wire.
Json = dict[str, Any]
TURN = "/webhooks/turn/webhook"
READY = "/webhooks/turn/ready"


def turn_body(text: str | None = "hello", **changes: Any) -> Json:
    """A good request, but for the changes."""
    body: Json = {
        "conversation": str(uuid.uuid4()),
        "text": text,
        "payload": None,
        "language": "en",
        "channel": "web",
        "desk": "customer-care",
        "facts": {},
        "state": None,
    }
    return body | changes


@dataclass
class Dialogue:
    """Remembers the state between turns, as the service does."""

    http: httpx.Client
    language: str = "en"
    desk: str = "customer-care"
    conversation: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: Json | None = None

    def request(self, text: str | None, **changes: Any) -> Json:
        return turn_body(
            text,
            **{
                "conversation": self.conversation,
                "language": self.language,
                "desk": self.desk,
                "state": self.state,
                **changes,
            },
        )

    def say(self, text: str, **changes: Any) -> Json:
        """The engine's answer; fails the test when there is none."""
        return self._send(self.request(text, **changes))

    def press(self, payload: str) -> Json:
        """What a button sends."""
        return self._send(self.request(None, payload=payload))

    def refused(self, text: str, **changes: Any) -> tuple[int, str]:
        """HTTP status and error code of a turn that has to fail; the state stays as it was."""
        response = self.http.post(TURN, json=self.request(text, **changes))
        return response.status_code, response.json()["error"]["code"]

    def state_bytes(self) -> int:
        return len(json.dumps(self.state))

    def _send(self, body: Json) -> Json:
        response = self.http.post(TURN, json=body)
        assert response.status_code == httpx.codes.OK, response.text
        answer: Json = response.json()
        self.state = answer["state"]
        return answer


def texts(answer: Json) -> list[str]:
    """What the bot said."""
    return [reply["text"] for reply in answer["replies"]]


def buttons(answer: Json) -> dict[str, str]:
    """What can be pressed now: payloads by title."""
    return {
        button["title"]: button["payload"]
        for reply in answer["replies"]
        for button in reply["buttons"]
    }
