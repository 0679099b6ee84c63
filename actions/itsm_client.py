"""The only file that knows the IT service: tickets, resets, access and hardware."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import date
from typing import Any

import aiohttp

from actions.forms.errors import ServiceDown

TIMEOUT_SECONDS = 3.0
# `Any`: JSON from another system.
Json = dict[str, Any]


class ItServiceError(ServiceDown):
    """The IT service is unreachable, too slow, or answers what we do not understand."""


class ItServiceRefusal(Exception):
    """The IT service understood and said no; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Ticket:
    """A ticket as the IT service knows it."""

    number: str
    status: str
    summary: str
    team: str
    opened_on: date
    updated_on: date
    expected_on: date | None


@dataclass(frozen=True)
class Receipt:
    """What became of a request; `facts` is what this kind of request tells besides."""

    number: str
    facts: Json

    def text(self, name: str) -> str:
        """Nothing when it is not told."""
        value = self.facts.get(name)
        return "" if value is None else str(value)

    def day(self, name: str) -> date:
        """Raises ItServiceError: an answer that lacks its day is not understood."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError as error:
            raise ItServiceError(f"{name} is no day") from error


async def find_ticket(number: str) -> Ticket | None:
    """None when there is no such ticket; raises ItServiceError."""
    try:
        return _ticket(await _call("GET", f"/tickets/{number}"))
    except ItServiceRefusal as refusal:
        if refusal.code == "unknown_ticket":
            return None
        raise ItServiceError(f"refused with {refusal.code}") from refusal
    except (KeyError, TypeError, ValueError) as error:
        raise ItServiceError(f"{type(error).__name__}: {error}") from error


async def send(what: str, body: Json, *, key: str) -> Receipt:
    """Asks for something; the same key twice has one effect.

    Raises ItServiceRefusal when it must not be done, ItServiceError when it could not be asked.
    """
    answer = await _call("POST", f"/{what}", body=body, key=key)
    number = answer.pop("number", None)
    if not isinstance(number, str):
        raise ItServiceError("the answer has no number")
    return Receipt(number, answer)


async def _call(method: str, path: str, *, body: Json | None = None, key: str = "") -> Json:
    base = os.environ.get("FIRSTLINE_ITSM_URL", "http://127.0.0.1:5057").rstrip("/")
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    headers = {"Idempotency-Key": key} if key else {}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
            session.request(method, f"{base}{path}", json=body) as response,
        ):
            if response.status >= 500:
                response.raise_for_status()
            answer = await response.json()
            if response.status >= 400:
                raise ItServiceRefusal(str(answer["error"]["code"]))
            return dict(answer)
    except (aiohttp.ClientError, asyncio.TimeoutError, KeyError, TypeError, ValueError) as error:
        raise ItServiceError(f"{type(error).__name__}: {error}") from error


def _ticket(body: Json) -> Ticket:
    return Ticket(
        number=str(body["number"]),
        status=str(body["status"]),
        summary=str(body["summary"]),
        team=str(body["team"]),
        opened_on=date.fromisoformat(body["opened_on"]),
        updated_on=date.fromisoformat(body["updated_on"]),
        expected_on=_date(body.get("expected_on")),
    )


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
