"""The only file that knows where the engine is and how its turn channel fails."""

from types import TracebackType

import httpx

from bot.dialogue.turn import BadAnswer, TurnAnswer, TurnRequest, parse_answer

TURN_PATH = "/webhooks/turn/webhook"
READY_PATH = "/webhooks/turn/ready"
CONNECT_SECONDS = 2.0


class EngineFailure(Exception):
    """The engine gave no usable answer; `reason` is the handoff reason that this makes."""

    def __init__(self, reason: str, problem: str) -> None:
        super().__init__(problem)
        self.reason = reason


class EngineClient:
    """Asks one engine (or a load balancer before several) for turns."""

    def __init__(self, url: str, *, timeout: float) -> None:
        self._timeout = timeout
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=httpx.Timeout(timeout, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_keepalive_connections=32),
            trust_env=False,  # the engine is ours; no proxy stands between
        )

    async def ask(self, request: TurnRequest) -> TurnAnswer:
        """The engine's answer to one customer message; raises EngineFailure."""
        try:
            response = await self._http.post(TURN_PATH, json=request.to_json())
        except httpx.TimeoutException as error:
            problem = f"no answer within {self._timeout:g} s ({type(error).__name__})"
            raise EngineFailure("engine_timeout", problem) from error
        except httpx.HTTPError as error:
            raise EngineFailure("engine_down", f"{type(error).__name__}: {error}") from error
        if response.status_code == httpx.codes.GATEWAY_TIMEOUT:
            raise EngineFailure("engine_timeout", _problem(response))
        if response.status_code != httpx.codes.OK:
            raise EngineFailure("engine_failed", _problem(response))
        try:
            return parse_answer(response.json())
        except (BadAnswer, ValueError) as error:
            raise EngineFailure("engine_failed", str(error)) from error

    async def model_id(self) -> str | None:
        """The model that is loaded; None while the engine is not ready."""
        try:
            response = await self._http.get(READY_PATH, timeout=CONNECT_SECONDS)
            return str(response.json()["model_id"]) if response.is_success else None
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return None

    async def close(self) -> None:
        """Gives the connections back."""
        await self._http.aclose()

    async def __aenter__(self) -> "EngineClient":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def _problem(response: httpx.Response) -> str:
    """The engine's own error code and message, or the bare status. Never message text."""
    try:
        error = response.json()["error"]
        return f"{response.status_code} {error['code']}: {error['message']}"[:300]
    except (ValueError, KeyError, TypeError):
        return f"HTTP {response.status_code}"
