"""What the client makes of every way in which an engine can fail, over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.dialogue.engine_client import READY_PATH, TURN_PATH, EngineClient, EngineFailure
from bot.dialogue.turn import BadAnswer, TurnRequest, parse_answer

pytestmark = pytest.mark.asyncio

GOOD = {
    "replies": [{"text": "Hi", "buttons": [{"title": "Go", "payload": "/go"}], "image": None}],
    "intent": {"name": "greet", "confidence": 0.9},
    "ranking": [{"name": "greet", "confidence": 0.9}],
    "entities": [{"entity": "order_number", "value": "10482"}],
    "slots": {"language": "en"},
    "handoff": {"reason": "action", "details": {"order": "10499"}},
    "state": {"v": 1},
    "model_id": "m1",
    "took_ms": 3.5,
}
REQUEST = TurnRequest("c1", "Hi", None, "en", "web", "customer-care")


@asynccontextmanager
async def engine(status: int, body: bytes, *, delay: float = 0) -> AsyncIterator[str]:
    async def answer(_: Request) -> Response:
        await asyncio.sleep(delay)
        return Response(body, status)

    routes = [Route(TURN_PATH, answer, methods=["POST"]), Route(READY_PATH, answer)]
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def test_a_good_answer_in_our_types() -> None:
    async with (
        engine(200, json.dumps(GOOD).encode()) as url,
        EngineClient(url, timeout=5) as client,
    ):
        answer = await client.ask(REQUEST)
        assert await client.model_id() == "m1"
    assert answer.replies[0].buttons[0].payload == "/go"
    assert answer.intent.confidence == 0.9
    assert answer.handoff is not None
    assert answer.handoff.details == {"order": "10499"}


ERROR = json.dumps({"error": {"code": "turn_failed", "message": "the action server is down"}})


@pytest.mark.parametrize(
    ("status", "body", "reason", "says"),
    [
        (500, ERROR, "engine_failed", "500 turn_failed: the action server is down"),
        (503, '{"error": {"code": "no_model", "message": "none"}}', "engine_failed", "no_model"),
        (504, '{"error": {"code": "turn_timeout", "message": "8 s"}}', "engine_timeout", "504"),
        (502, "<html>Bad gateway</html>", "engine_failed", "HTTP 502"),
        (200, "<html>Hello</html>", "engine_failed", ""),
        (200, "[]", "engine_failed", "malformed"),
        (200, json.dumps(GOOD | {"intent": None}), "engine_failed", "malformed"),
        (200, json.dumps(GOOD | {"replies": [{"buttons": [{}]}]}), "engine_failed", "title"),
    ],
)
async def test_a_bad_answer_is_a_failure_with_its_reason(
    status: int, body: str, reason: str, says: str
) -> None:
    async with engine(status, body.encode()) as url, EngineClient(url, timeout=5) as client:
        with pytest.raises(EngineFailure) as failure:
            await client.ask(REQUEST)
    assert failure.value.reason == reason
    assert says in str(failure.value)


async def test_a_slow_engine_is_a_timeout() -> None:
    async with engine(200, b"{}", delay=1) as url, EngineClient(url, timeout=0.1) as client:
        with pytest.raises(EngineFailure) as failure:
            await client.ask(REQUEST)
    assert failure.value.reason == "engine_timeout"


async def test_no_engine_is_down_and_has_no_model() -> None:
    async with EngineClient("http://127.0.0.1:9", timeout=1) as client:
        with pytest.raises(EngineFailure) as failure:
            await client.ask(REQUEST)
        assert failure.value.reason == "engine_down"
        assert await client.model_id() is None


async def test_an_answer_lacking_a_field_names_it() -> None:
    for field in GOOD:
        lacking = {key: value for key, value in GOOD.items() if key != field}
        with pytest.raises(BadAnswer, match=field):
            parse_answer(lacking)
