"""What the turn channel refuses, and with which error."""

import json
from typing import Any

import httpx
import pytest

from tests.dialogue import TURN, Dialogue, turn_body

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    "changes",
    [
        {"text": None},
        {"payload": "/greet"},
        {"text": ""},
        {"text": " \n "},
        {"text": 5},
        {"text": "half a surrogate \ud800"},
        {"channel": "\udfff"},
        {"text": None, "payload": "greet"},
        {"text": None, "payload": "/restart"},
        {"text": None, "payload": "/no_such_intent"},
        {"text": None, "payload": "/greet{broken"},
        {"text": None, "payload": "/greet{'a': 1}"},
        {"text": None, "payload": '/greet{"order_number": {"deep": 1}}'},
        {"language": "de"},
        {"language": None},
        {"conversation": ""},
        {"conversation": None},
        {"conversation": "x" * 201},
        {"channel": None},
        {"desk": 7},
        {"facts": "none"},
        {"fresh": "yes"},
    ],
)
def test_malformed_request(http: httpx.Client, changes: dict[str, Any]) -> None:
    # In ASCII, because httpx would refuse half a surrogate itself.
    response = http.post(TURN, content=json.dumps(turn_body(**changes)))
    assert response.status_code == 400, response.text
    error = response.json()["error"]
    assert error["code"] == "bad_request"
    assert error["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b'"text"', b"null", b"[" * 5000])
def test_body_that_is_no_json_object(http: httpx.Client, body: bytes) -> None:
    response = http.post(TURN, content=body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "bad_request"


def test_too_long_text_names_the_limit(http: httpx.Client) -> None:
    response = http.post(TURN, json=turn_body("x" * 4_001))
    assert response.status_code == 413
    assert response.json()["error"] == {
        "code": "too_long",
        "message": "text has 4001 characters, at most 4000",
    }


def test_too_large_body(http: httpx.Client) -> None:
    response = http.post(TURN, json=turn_body(facts={"x": "y" * 300_000}))
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_long")


def test_longest_text_is_answered(customer: Dialogue) -> None:
    assert customer.say("where is my order " * 222)["replies"]


@pytest.mark.parametrize(
    "broken",
    [
        "text",
        [],
        {},
        {"v": 2},
        {"v": 1, "model_id": None},
        {"slots": None},
        {"loop": 5},
        {"loop": "no_such_form"},
        {"events": {}},
        {"events": ["hello"]},
        {"events": [{}]},
        {"events": [{"event": "no_such_event"}]},
        {"events": [{"event": "user", "text": "hi", "parse_data": None}]},
    ],
)
def test_broken_state(customer: Dialogue, broken: Any) -> None:
    customer.say("hello")
    is_part = isinstance(broken, dict) and broken and "v" not in broken
    state = {**(customer.state or {}), **broken} if is_part else broken
    assert customer.refused("hello", state=state) == (400, "bad_state")
    assert customer.say("hello")["replies"]
