"""The only file that knows the shop's system: orders and what customers may ask about them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import aiohttp

from actions.forms.errors import ServiceDown

TIMEOUT_SECONDS = 3.0
# `Any`: JSON from another system.
Json = dict[str, Any]
T = TypeVar("T")


class OrderServiceError(ServiceDown):
    """The shop's system is unreachable, too slow, or answers what we do not understand."""


class OrderServiceRefusal(Exception):
    """The shop's system understood and said no; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Order:
    """One order as the shop knows it; a date is None until it is known."""

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
    returnable: bool
    return_until: date | None
    returned_items: tuple[str, ...]
    sealed_only: tuple[str, ...]
    address_open: bool
    under_warranty: bool


@dataclass(frozen=True)
class Refund:
    """Where the money of an order is."""

    state: str
    amount: str
    method: str
    expected_on: date | None
    sent_on: date | None


@dataclass(frozen=True)
class Receipt:
    """The reference of what was asked for, and until when something has to happen."""

    reference: str
    until: date | None = None


async def find_order(number: str) -> Order | None:
    """None when there is no such order; raises OrderServiceError."""
    try:
        return _read(_order, await _call("GET", f"/orders/{number}"))
    except OrderServiceRefusal as refusal:
        if refusal.code == "unknown_order":
            return None
        raise OrderServiceError(f"refused with {refusal.code}") from refusal


async def find_refund(number: str) -> Refund:
    """Raises OrderServiceRefusal (unknown_order, no_refund) and OrderServiceError."""
    return _read(_refund, await _call("GET", f"/orders/{number}/refund"))


async def register_return(number: str, body: Json, *, key: str) -> Receipt:
    """Raises OrderServiceRefusal and OrderServiceError; the same key twice has one effect."""
    return _read(_receipt, await _call("POST", f"/orders/{number}/returns", body=body, key=key))


async def change_address(number: str, body: Json, *, key: str) -> Receipt:
    """As register_return."""
    return _read(_receipt, await _call("PUT", f"/orders/{number}/address", body=body, key=key))


async def file_claim(body: Json, *, key: str) -> Receipt:
    """As register_return."""
    return _read(_receipt, await _call("POST", "/claims", body=body, key=key))


async def plan_callback(body: Json, *, key: str) -> Receipt:
    """As register_return."""
    return _read(_receipt, await _call("POST", "/callbacks", body=body, key=key))


async def _call(method: str, path: str, *, body: Json | None = None, key: str = "") -> Json:
    base = os.environ.get("FIRSTLINE_ORDERS_URL", "http://127.0.0.1:5056").rstrip("/")
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
                raise OrderServiceRefusal(str(answer["error"]["code"]))
            return dict(answer)
    except (aiohttp.ClientError, asyncio.TimeoutError, KeyError, TypeError, ValueError) as error:
        raise OrderServiceError(f"{type(error).__name__}: {error}") from error


def _read(shape: Callable[[Json], T], body: Json) -> T:
    try:
        return shape(body)
    except (KeyError, TypeError, ValueError) as error:
        raise OrderServiceError(f"{type(error).__name__}: {error}") from error


def _order(body: Json) -> Order:
    return Order(
        number=str(body["number"]),
        status=str(body["status"]),
        items=_texts(body["items"]),
        placed_on=date.fromisoformat(body["placed_on"]),
        shipped_on=_date(body.get("shipped_on")),
        expected_on=_date(body.get("expected_on")),
        delivered_on=_date(body.get("delivered_on")),
        carrier=body.get("carrier"),
        tracking=body.get("tracking"),
        place=body.get("place"),
        returnable=body.get("returnable") is True,
        return_until=_date(body.get("return_until")),
        returned_items=_texts(body.get("returned_items")),
        sealed_only=_texts(body.get("sealed_only")),
        address_open=body.get("address_open") is True,
        under_warranty=body.get("under_warranty") is True,
    )


def _refund(body: Json) -> Refund:
    return Refund(
        state=str(body["state"]),
        amount=str(body.get("amount") or ""),
        method=str(body.get("method") or ""),
        expected_on=_date(body.get("expected_on")),
        sent_on=_date(body.get("sent_on")),
    )


def _receipt(body: Json) -> Receipt:
    return Receipt(str(body["reference"]), _date(body.get("send_by") or body.get("answer_by")))


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _texts(values: list[str] | None) -> tuple[str, ...]:
    return tuple(str(value) for value in values or ())
