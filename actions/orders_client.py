"""The only file that knows the order service."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import date
from typing import Any

import aiohttp

TIMEOUT_SECONDS = 3.0


class OrderServiceError(Exception):
    """The order service is unreachable, too slow, or answers what we do not understand."""


@dataclass(frozen=True)
class Order:
    """One order as the order service knows it; a date is None until it is known."""

    number: str
    status: str
    items: tuple[str, ...]
    placed_on: date
    shipped_on: date | None
    expected_on: date | None
    delivered_on: date | None
    carrier: str | None
    tracking: str | None
    place: str | None


async def find_order(number: str) -> Order | None:
    """None when there is no such order; raises OrderServiceError."""
    base = os.environ.get("FIRSTLINE_ORDERS_URL", "http://127.0.0.1:5056").rstrip("/")
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"{base}/orders/{number}") as response,
        ):
            if response.status == 404:
                return None
            response.raise_for_status()
            return _parse(await response.json())
    except (aiohttp.ClientError, asyncio.TimeoutError, KeyError, TypeError, ValueError) as error:
        raise OrderServiceError(f"{type(error).__name__}: {error}") from error


# `Any`: JSON from another system.
def _parse(body: dict[str, Any]) -> Order:
    return Order(
        number=str(body["number"]),
        status=str(body["status"]),
        items=tuple(str(item) for item in body["items"]),
        placed_on=date.fromisoformat(body["placed_on"]),
        shipped_on=_date(body.get("shipped_on")),
        expected_on=_date(body.get("expected_on")),
        delivered_on=_date(body.get("delivered_on")),
        carrier=body.get("carrier"),
        tracking=body.get("tracking"),
        place=body.get("place"),
    )


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
