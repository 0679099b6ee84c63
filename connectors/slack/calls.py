"""Calls of Slack's Web API: as forms (every method takes those), with its faults as ours."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from connectors.slack.faults import Limited, Refused, Unreachable
from connectors.slack.pace import Pace
from connectors.slack.teams import Teams

TIMEOUT_SECONDS = 10
FILE_SECONDS = 180  # for a file's bytes, as long as they come at all
LIMITED_SECONDS = 30.0  # when Slack does not say
# As long as that a call waits for its turn here; what has longer to wait is told to come again.
WAIT_SECONDS = 3.0
UPLOAD = "files.upload"  # of the bytes of a file, to the address that Slack names

# `Any`: JSON, as Slack documents it for each method.
Json = dict[str, Any]


class Calls:
    """One for the process: its connections, and how fast it may go."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._pace = Pace(time.monotonic)
        self._session: aiohttp.ClientSession | None = None
        self._clients: dict[str, AsyncWebClient] = {}
        self.teams: Teams  # given once, by whoever builds both

    @property
    def session(self) -> aiohttp.ClientSession:
        """The process's connections, also for files."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
            )
            self._clients.clear()
        return self._session

    def client(self, token: str | None) -> AsyncWebClient:
        """The SDK's client. It tries nothing twice: whether a post arrived is ours to find out."""
        session = self.session
        key = token or ""
        if key not in self._clients:
            self._clients[key] = AsyncWebClient(
                token=token,
                base_url=self.url,
                timeout=TIMEOUT_SECONDS,
                session=session,
                retry_handlers=[],
            )
        return self._clients[key]

    # `Any`: a method's arguments and its answer.
    async def call(self, team: str, method: str, /, **arguments: Any) -> Json:
        """The answer; raises Limited, Unreachable, Refused or NotInstalled."""
        workspace = await self.teams.of(team)
        return await self.call_with(workspace.token, method, of=team, **arguments)

    async def call_with(
        self, token: str | None, method: str, /, *, of: str = "", **arguments: Any
    ) -> Json:
        """The same with a token of the caller's."""
        slot = (of, method, str(arguments.get("channel") or arguments.get("channel_id") or ""))
        await self._turn(method, slot)
        with self._faults(method, slot):
            said = await self.client(token).api_call(method, data=_form(arguments))
        return said.data if isinstance(said.data, dict) else {}

    async def upload(self, team: str, *, name: str, content: bytes) -> str:
        """A file's bytes to Slack, which shows them to nobody yet; its id. Raises what `call` does.

        Its address knows who may upload there: the token goes nowhere.
        """
        asked = {"filename": name, "length": str(len(content))}
        said = await self.call(team, "files.getUploadURLExternal", **asked)
        slot = (team, UPLOAD, "")
        await self._turn(UPLOAD, slot)
        with self._faults(UPLOAD, slot):
            address = str(said.get("upload_url"))
            async with self.session.post(address, data=content, timeout=of_file()) as answer:
                status, headers = answer.status, answer.headers
        if status == 429:
            raise self._too_fast(UPLOAD, slot, headers)
        if status != 200:
            raise Unreachable(UPLOAD, f"HTTP {status}")
        return str(said.get("file_id"))

    async def _turn(self, method: str, slot: tuple[str, str, str]) -> None:
        """Waits for it; what has long to wait is told to come again."""
        wait = self._pace.take(*slot, most=WAIT_SECONDS)
        if wait > WAIT_SECONDS:
            raise Limited(method, wait)
        if wait:
            await asyncio.sleep(wait)

    @contextmanager
    def _faults(self, method: str, slot: tuple[str, str, str]) -> Iterator[None]:
        try:
            yield
        except SlackApiError as error:
            raise self._fault(method, slot, error) from error
        except (aiohttp.ClientError, TimeoutError, SlackClientError, OSError) as error:
            raise Unreachable(method, type(error).__name__) from error

    def _fault(
        self, method: str, slot: tuple[str, str, str], error: SlackApiError
    ) -> Limited | Unreachable | Refused:
        response = error.response
        # The SDK hands over its own response, or aiohttp's when the body was no JSON.
        status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
        data = getattr(response, "data", None)
        code = data.get("error") if isinstance(data, dict) else None
        if status == 429 or code in ("ratelimited", "rate_limited"):
            return self._too_fast(method, slot, getattr(response, "headers", {}))
        if code and status < 500:
            return Refused(method, str(code))
        return Unreachable(method, f"HTTP {status}")

    def _too_fast(
        self, method: str, slot: tuple[str, str, str], headers: Mapping[str, str]
    ) -> Limited:
        seconds = retry_after(headers)
        self._pace.slow_down(*slot, seconds=seconds)
        return Limited(method, seconds)

    async def close(self) -> None:
        """Gives the connections back."""
        if self._session is not None:
            await self._session.close()


def of_file() -> aiohttp.ClientTimeout:
    """A slow line takes its time; one that is silent for long is down."""
    return aiohttp.ClientTimeout(
        total=FILE_SECONDS, sock_connect=TIMEOUT_SECONDS, sock_read=TIMEOUT_SECONDS
    )


def _form(arguments: Mapping[str, Any]) -> dict[str, str]:
    """As a form: what is no text is JSON, and what is None is left out."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in arguments.items()
        if value is not None
    }


def retry_after(headers: Mapping[str, str]) -> float:
    """The seconds that Slack wants us to wait."""
    found = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    try:
        return max(float(found), 0.0)
    except ValueError:
        return LIMITED_SECONDS
