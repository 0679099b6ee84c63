"""The only file that speaks to an engine: one address, one attempt, every way in which it fails."""

import asyncio
import json
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any

# A quarter of the CPU time that httpx takes for a turn (1.2 ms), and turns are most of the work.
import aiohttp

from bot.dialogue.turn import BadAnswer, TurnAnswer, TurnRequest, parse_answer

TURN_PATH = "/webhooks/turn/webhook"
READY_PATH = "/webhooks/turn/ready"
CONNECT_SECONDS = 2.0
KEEP_SECONDS = 3.0
MAX_ANSWER_BYTES = 1024 * 1024
# Nothing of the turn has reached an engine when these are raised.
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


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
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None  # belongs to the loop that asks first

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # `ask` and `ready` hold the limit for the whole.
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                # Given up before the engine does: a turn on a closing line may or may not arrive.
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,  # the engine is ours; no proxy stands between
            )
        return self._session

    async def ask(self, request: TurnRequest, *, within: float | None = None) -> TurnAnswer:
        """The engine's answer to one customer message; raises EngineFailure."""
        seconds = self._timeout if within is None else within
        try:
            async with asyncio.timeout(seconds):
                status, body = await self._post(request)
        except NOT_SENT as error:
            raise EngineFailure("engine_down", _words(error), sent=False) from error
        except TimeoutError as error:
            problem = f"no answer within {seconds:g} s ({type(error).__name__})"
            raise EngineFailure("engine_timeout", problem) from error
        except aiohttp.ClientError as error:
            raise EngineFailure("engine_down", _words(error)) from error
        if status != HTTPStatus.OK:
            raise _refusal(status, body)
        try:
            return parse_answer(_json(body))
        except ValueError as error:
            raise EngineFailure("engine_failed", str(error)[:300]) from error

    async def ready(self) -> Ready | None:
        """What it says of itself; None while it is not there or not ready."""
        try:
            async with (
                asyncio.timeout(CONNECT_SECONDS),
                self._http().get(self._url + READY_PATH, allow_redirects=False) as response,
            ):
                if response.status != HTTPStatus.OK:
                    return None
                said = _json(await _body(response))
            return Ready(str(said["model_id"]), said.get("repeatable") is True)
        except (
            *(TimeoutError, aiohttp.ClientError, EngineFailure),
            *(ValueError, LookupError, TypeError, AttributeError),
        ):
            return None

    async def model_id(self) -> str | None:
        """The model that is loaded; None while the engine is not ready."""
        said = await self.ready()
        return None if said is None else said.model_id

    async def close(self) -> None:
        """Gives the connections back."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _post(self, request: TurnRequest) -> tuple[int, bytes]:
        body = json.dumps(
            request.to_json(), ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        # An engine that died has closed its lines, and the loop may not have looked yet: it looks
        # in the next round and hears of it in the one after. A turn on such a line counts as sent.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        headers = {"Content-Type": "application/json"}
        if request.key:
            headers["Idempotency-Key"] = request.key
        work = self._http().post(
            self._url + TURN_PATH, data=body.encode(), headers=headers, allow_redirects=False
        )
        async with work as response:
            return response.status, await _body(response)

    async def __aenter__(self) -> "EngineClient":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """All of it; raises EngineFailure for one without an end."""
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise EngineFailure(
                "engine_failed", f"the answer has more than {MAX_ANSWER_BYTES} bytes"
            )
    return bytes(body)


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
    reason = "engine_timeout" if status == HTTPStatus.GATEWAY_TIMEOUT else "engine_failed"
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
