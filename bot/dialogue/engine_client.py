"""The only file that speaks to an engine: one address, one attempt, every way in which it fails."""

import asyncio
import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx

from bot.dialogue.turn import BadAnswer, TurnAnswer, TurnRequest, parse_answer

TURN_PATH = "/webhooks/turn/webhook"
READY_PATH = "/webhooks/turn/ready"
CONNECT_SECONDS = 2.0
KEEP_SECONDS = 3.0
MAX_ANSWER_BYTES = 1024 * 1024
# Nothing of the turn has reached an engine when these are raised.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class EngineFailure(Exception):
    """The engine gave no usable answer; `reason` is the handoff reason that this makes.

    `sent`: the turn may have reached an engine, and have had effects. `verdict`: our turn channel
    said so itself: the engine is alive, and another one would say the same.
    """

    def __init__(
        self, reason: str, problem: str, *, sent: bool = True, verdict: bool = False
    ) -> None:
        super().__init__(problem)
        self.reason = reason
        self.sent = sent
        self.verdict = verdict


@dataclass(frozen=True)
class Ready:
    """What an engine says of itself."""

    model_id: str
    # Its actions give the turn's key on: the same turn twice has one effect.
    repeatable: bool


class EngineClient:
    """Asks one engine for turns. `timeout`: seconds for a whole answer."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self._timeout = timeout
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(timeout, connect=CONNECT_SECONDS),
            # Given up before the engine does: a turn on a closing line may or may not arrive.
            limits=httpx.Limits(max_keepalive_connections=32, keepalive_expiry=KEEP_SECONDS),
            trust_env=False,  # the engine is ours; no proxy stands between
        )

    async def ask(self, request: TurnRequest, *, within: float | None = None) -> TurnAnswer:
        """The engine's answer to one customer message; raises EngineFailure."""
        seconds = self._timeout if within is None else within
        try:
            # Around the whole: httpx's own limits begin anew with every byte that trickles in.
            async with asyncio.timeout(seconds):
                status, body = await self._post(request)
        except NOT_SENT as error:
            raise EngineFailure("engine_down", _words(error), sent=False) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            problem = f"no answer within {seconds:g} s ({type(error).__name__})"
            raise EngineFailure("engine_timeout", problem) from error
        except httpx.HTTPError as error:
            raise EngineFailure("engine_down", _words(error)) from error
        if status != httpx.codes.OK:
            raise _refusal(status, body)
        try:
            return parse_answer(_json(body))
        except ValueError as error:
            raise EngineFailure("engine_failed", str(error)[:300]) from error

    async def ready(self) -> Ready | None:
        """What it says of itself; None while it is not there or not ready."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                response = await self._http.get(READY_PATH, timeout=CONNECT_SECONDS)
            if not response.is_success:
                return None
            said = _json(response.content)
            return Ready(str(said["model_id"]), said.get("repeatable") is True)
        except (TimeoutError, httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError):
            return None

    async def model_id(self) -> str | None:
        """The model that is loaded; None while the engine is not ready."""
        said = await self.ready()
        return None if said is None else said.model_id

    async def close(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    async def _post(self, request: TurnRequest) -> tuple[int, bytes]:
        headers = {"Idempotency-Key": request.key} if request.key else {}
        work = self._http.stream("POST", TURN_PATH, json=request.to_json(), headers=headers)
        async with work as response:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > MAX_ANSWER_BYTES:
                    problem = f"the answer has more than {MAX_ANSWER_BYTES} bytes"
                    raise EngineFailure("engine_failed", problem)
            return response.status_code, bytes(body)

    async def __aenter__(self) -> "EngineClient":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def _refusal(status: int, body: bytes) -> EngineFailure:
    """An error status: the turn channel's own word, or somebody else's."""
    try:
        error = _json(body)["error"]
        code, said = str(error["code"]), str(error["message"])
    except (ValueError, LookupError, TypeError):
        return EngineFailure("engine_failed", f"HTTP {status}")
    problem = f"{status} {code}: {said}"[:300]
    if code == "no_model":
        return EngineFailure("engine_failed", problem, sent=False)
    reason = "engine_timeout" if status == httpx.codes.GATEWAY_TIMEOUT else "engine_failed"
    return EngineFailure(reason, problem, verdict=True)


# `Any`: JSON from the wire.
def _json(body: bytes) -> Any:
    """Raises ValueError for what no database could keep: NaN, or half a surrogate pair."""
    text = body.decode()
    try:
        found = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise BadAnswer("the engine's answer is nested too deeply") from None
    if "\\ud" in text.lower():
        json.dumps(found, ensure_ascii=False).encode()
    return found


def _no_number(name: str) -> float:
    raise BadAnswer(f"the engine's answer has {name} in it")


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
