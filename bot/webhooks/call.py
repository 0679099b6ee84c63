"""One call of a webhook's address, and every way in which it may end."""

import asyncio
import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp

from bot.clock import now
from bot.webhooks.models import Webhook, WebhookDelivery
from bot.webhooks.place import PrivateAddress, PublicResolver, check_url
from bot.webhooks.signature import headers

SECONDS = 15.0
USER_AGENT = "Firstline-Webhooks/1"


@dataclass(frozen=True)
class Answer:
    """What came of a call. `retry_after`: seconds that the receiver asked for."""

    status: int | None
    problem: str | None
    took_ms: int
    retry_after: float | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


class Caller:
    """Calls with one pool of connections. Follows no redirect: it would lead past every check."""

    def __init__(self, *, private_allowed: bool, seconds: float = SECONDS) -> None:
        self._private_allowed = private_allowed
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    # `Any`: a JSON object.
    async def call(
        self, webhook: Webhook, delivery: WebhookDelivery, payload: dict[str, Any]
    ) -> Answer:
        """Never raises: whatever goes wrong is the answer."""
        began = time.perf_counter()
        body = json.dumps(payload, ensure_ascii=False).encode()
        sent = {
            "content-type": "application/json",
            "user-agent": USER_AGENT,
            **headers(
                webhook.secret,
                message_id=f"msg_{delivery.id}_{webhook.id}",
                timestamp=int(now().timestamp()),
                body=body,
            ),
        }
        status, problem, retry_after = None, None, None
        try:
            check_url(webhook.url, private_allowed=self._private_allowed)
            async with (
                asyncio.timeout(self._seconds),
                self._http().post(
                    webhook.url, data=body, headers=sent, allow_redirects=False
                ) as response,
            ):
                status = response.status
                retry_after = _seconds(response.headers.get("retry-after"))
        except TimeoutError:
            problem = f"no answer within {self._seconds:g} s"
        except PrivateAddress as error:
            problem = str(error)[:300]
        except (aiohttp.ClientError, OSError, ValueError) as error:
            problem = f"{type(error).__name__}: {error}"[:300]
        if status is not None and not 200 <= status < 300:
            problem = _words_of(status)
        return Answer(status, problem, round((time.perf_counter() - began) * 1000), retry_after)

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            resolver = aiohttp.ThreadedResolver() if self._private_allowed else PublicResolver()
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=None),
                connector=aiohttp.TCPConnector(resolver=resolver, limit=32),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,  # a proxy would look names up past `PublicResolver`
            )
        return self._session

    async def close(self) -> None:
        """Gives the connections back."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and header.isdecimal() else None


def _words_of(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"
