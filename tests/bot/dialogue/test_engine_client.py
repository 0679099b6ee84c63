"""What the client makes of every way in which an engine can fail, over real sockets."""

import asyncio
import json

import pytest

from bot.dialogue.engine_client import EngineClient, EngineFailure
from bot.dialogue.turn import BadAnswer, TurnRequest, parse_answer
from tests.loopback_engine import (
    GOOD,
    Behaviour,
    cuts,
    cuts_in_the_middle,
    hangs,
    loopback_engine,
    never_ends,
    says,
    talks_nonsense,
    trickles,
)

pytestmark = pytest.mark.asyncio
REQUEST = TurnRequest("c1", "Hi", None, "en", "web", "customer-care", key="k1")
ERROR = json.dumps({"error": {"code": "turn_failed", "message": "the action server is down"}})


async def failure_of(behaviour: Behaviour, *, seconds: float = 5) -> EngineFailure:
    async with loopback_engine() as engine, EngineClient(engine.url, timeout=seconds) as client:
        engine.behaviour = behaviour
        with pytest.raises(EngineFailure) as failure:
            await client.ask(REQUEST)
        assert len(engine.turns) == 1
    return failure.value


async def test_a_good_answer_in_our_types() -> None:
    async with loopback_engine() as engine, EngineClient(engine.url, timeout=5) as client:
        answer = await client.ask(REQUEST)
        assert await client.model_id() == "m1"
    assert answer.replies[0].buttons[0].payload == "/go"
    assert answer.intent.confidence == 0.9
    assert answer.handoff is not None
    assert answer.handoff.details == {"order": "10499"}
    assert engine.keys == ["k1"]
    assert engine.turns[0]["turn"] == "k1"


@pytest.mark.parametrize(
    ("status", "body", "reason", "problem"),
    [
        (500, ERROR, "engine_failed", "500 turn_failed: the action server is down"),
        (503, '{"error": {"code": "no_model", "message": "none"}}', "engine_failed", "no_model"),
        (504, '{"error": {"code": "turn_timeout", "message": "8 s"}}', "engine_timeout", "504"),
        (400, '{"error": {"code": "bad_state", "message": "x"}}', "engine_failed", "bad_state"),
        (502, "<html>Bad gateway</html>", "engine_failed", "HTTP 502"),
        (500, '{"error": "Internal"}', "engine_failed", "HTTP 500"),
        (404, "[" * 100_000, "engine_failed", "HTTP 404"),
        (301, "", "engine_failed", "HTTP 301"),
        (200, "", "engine_failed", ""),
        (200, "<html>Hello</html>", "engine_failed", ""),
        (200, b"\xff\xfe\x00", "engine_failed", ""),
        (200, "[" * 100_000, "engine_failed", ""),
        (200, "[]", "engine_failed", "malformed"),
        (200, "null", "engine_failed", "malformed"),
        (200, json.dumps(GOOD | {"intent": None}), "engine_failed", "malformed"),
        (200, json.dumps(GOOD | {"replies": {"text": "Hi"}}), "engine_failed", "malformed"),
        (200, json.dumps(GOOD | {"replies": [{"buttons": [{}]}]}), "engine_failed", "title"),
        (200, json.dumps(GOOD | {"entities": ["x"]}), "engine_failed", "malformed"),
        (200, json.dumps(GOOD | {"took_ms": float("nan")}), "engine_failed", "NaN"),
        (200, json.dumps(GOOD).replace("3.5", "1e999"), "engine_failed", "malformed"),
        (200, json.dumps(GOOD).replace('"Hi"', '"\\ud800"'), "engine_failed", "surrogates"),
    ],
)
async def test_a_bad_answer_is_a_failure_with_its_reason(
    status: int, body: str | bytes, reason: str, problem: str
) -> None:
    failure = await failure_of(says(status, body))
    assert failure.reason == reason
    assert problem in str(failure)
    assert len(str(failure)) <= 300


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (hangs, "engine_timeout"),
        (trickles, "engine_timeout"),
        (cuts, "engine_down"),
        (cuts_in_the_middle, "engine_down"),
        (talks_nonsense, "engine_down"),
        (never_ends, "engine_failed"),
    ],
)
async def test_an_engine_that_does_not_end_an_answer(behaviour: Behaviour, reason: str) -> None:
    failure = await failure_of(behaviour, seconds=2 if reason == "engine_timeout" else 5)
    assert failure.reason == reason
    assert failure.sent
    assert not failure.verdict


async def test_what_the_turn_channel_says_itself_is_about_the_turn() -> None:
    assert (await failure_of(says(500, ERROR))).verdict
    assert not (await failure_of(says(500, "<html>"))).verdict
    no_model = await failure_of(says(503, '{"error": {"code": "no_model", "message": ""}}'))
    assert not no_model.verdict
    assert not no_model.sent  # nothing was done: another engine may be asked


async def test_no_engine_is_down_and_has_no_model() -> None:
    async with EngineClient("http://127.0.0.1:9", timeout=1) as client:
        with pytest.raises(EngineFailure) as failure:
            await client.ask(REQUEST)
        assert failure.value.reason == "engine_down"
        assert not failure.value.sent
        assert await client.model_id() is None


@pytest.mark.parametrize("body", ["[]", "<html>", "{}", "[" * 100_000, '"text"'])
async def test_what_is_no_engine_is_not_ready(body: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write((head + body).encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, EngineClient(url, timeout=1) as client:
        assert await client.ready() is None


async def test_an_answer_lacking_a_field_names_it() -> None:
    for field in GOOD:
        lacking = {key: value for key, value in GOOD.items() if key != field}
        with pytest.raises(BadAnswer, match=field):
            parse_answer(lacking)
