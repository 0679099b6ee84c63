"""The sample shop: orders dated around today, its rules, and one effect per wish."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from demo.orders import create_app
from demo.shop.samples import sample_orders

TODAY = date(2026, 12, 31)
NOON = datetime(2026, 12, 31, 12, tzinfo=UTC)
RETURN = {"items": ["Kindle Paperwhite 16 GB"], "reason": "unwanted", "condition": "opened"}
ADDRESS = {"street": "Polna 5/7", "postcode": "00-625", "city": "Warszawa"}
CLAIM = {"bought": "shop", "product": "Kettle", "problem": "It does not heat."}
CALL = {"phone": "+48600100200", "day": "2027-01-02", "time": "14:30", "topic": "Invoice"}


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[httpx.AsyncClient]:
    service = httpx.ASGITransport(create_app(now=lambda: NOON))
    async with httpx.AsyncClient(transport=service, base_url="http://shop") as http:
        yield http


def code_of(response: httpx.Response) -> str:
    return str(response.json()["error"]["code"])


@pytest.mark.asyncio
async def test_health(shop: httpx.AsyncClient) -> None:
    assert (await shop.get("/health")).json() == {"status": "ok"}


@pytest.mark.asyncio
async def test_shipped_order(shop: httpx.AsyncClient) -> None:
    order = (await shop.get("/orders/10482")).json()
    assert (order["status"], order["carrier"]) == ("shipped", "InPost")
    assert order["items"] == ["Sony WH-1000XM5", "USB-C cable 2 m"]
    assert (order["placed_on"], order["expected_on"]) == ("2026-12-28", "2027-01-01")
    assert not order["returnable"]
    assert not order["address_open"]


@pytest.mark.asyncio
async def test_delivered_orders_say_what_is_still_possible(shop: httpx.AsyncClient) -> None:
    fresh, old, oldest = [
        (await shop.get(f"/orders/{number}")).json() for number in ("10455", "10398", "10112")
    ]
    assert (fresh["returnable"], fresh["return_until"]) == (True, "2027-01-09")
    assert (old["returnable"], old["under_warranty"]) == (False, True)
    assert not oldest["under_warranty"]


@pytest.mark.parametrize("number", ["99999", "0", "abc", "10482%20"])
@pytest.mark.asyncio
async def test_unknown_order_is_404_with_its_own_code(shop: httpx.AsyncClient, number: str) -> None:
    response = await shop.get(f"/orders/{number}")
    assert (response.status_code, code_of(response)) == (404, "unknown_order")


@pytest.mark.asyncio
async def test_return_is_registered_once_and_its_refund_waits(shop: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "a"}
    first = await shop.post("/orders/10455/returns", json=RETURN, headers=key)
    again = await shop.post("/orders/10455/returns", json=RETURN, headers=key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.json()["send_by"] == "2027-01-09"
    assert (await shop.get("/orders/10455/refund")).json()["state"] == "waiting_for_parcel"
    other = await shop.post("/orders/10455/returns", json=RETURN)
    assert code_of(other) == "already_returned"


@pytest.mark.parametrize(
    ("number", "changes", "code"),
    [
        ("10398", {}, "too_late"),
        ("10482", {}, "not_delivered"),
        ("10455", {"items": ["Kettle"]}, "unknown_item"),
        ("10440", {"items": ["AirPods Pro 2"]}, "sealed_only"),
        ("10455", {"condition": "eaten"}, "invalid"),
        ("99999", {}, "unknown_order"),
    ],
)
@pytest.mark.asyncio
async def test_return_that_is_refused(
    shop: httpx.AsyncClient, number: str, changes: dict[str, Any], code: str
) -> None:
    response = await shop.post(f"/orders/{number}/returns", json=RETURN | changes)
    assert response.is_client_error
    assert code_of(response) == code


@pytest.mark.parametrize(
    ("number", "state"), [("10467", "checking"), ("10490", "sent"), ("10431", "overdue")]
)
@pytest.mark.asyncio
async def test_refunds(shop: httpx.AsyncClient, number: str, state: str) -> None:
    assert (await shop.get(f"/orders/{number}/refund")).json()["state"] == state


@pytest.mark.asyncio
async def test_order_without_refund(shop: httpx.AsyncClient) -> None:
    assert code_of(await shop.get("/orders/10482/refund")) == "no_refund"


@pytest.mark.asyncio
async def test_address_changes_until_the_parcel_is_gone(shop: httpx.AsyncClient) -> None:
    changed = await shop.put("/orders/10503/address", json=ADDRESS)
    assert changed.json()["reference"].startswith("ADR-")
    assert code_of(await shop.put("/orders/10482/address", json=ADDRESS)) == "already_shipped"
    bad = await shop.put("/orders/10503/address", json=ADDRESS | {"postcode": "00625"})
    assert (bad.status_code, code_of(bad)) == (422, "invalid")


@pytest.mark.asyncio
async def test_claims_with_and_without_an_order(shop: httpx.AsyncClient) -> None:
    claimed = (await shop.post("/claims", json=CLAIM)).json()
    assert claimed["reference"].startswith("REK-")
    assert claimed["answer_by"] == "2027-01-14"
    online = CLAIM | {"bought": "online"}
    assert code_of(await shop.post("/claims", json=online)) == "invalid"
    old = await shop.post("/claims", json=online | {"order_number": "10112"})
    assert code_of(old) == "too_old"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"time": "21:00"}, "closed"),
        ({"day": "2026-12-31", "time": "11:59"}, "too_early"),
        ({"day": "2027-03-01"}, "too_late"),
        ({"phone": "600100200"}, "invalid"),
    ],
)
@pytest.mark.asyncio
async def test_call_at_an_impossible_time(
    shop: httpx.AsyncClient, changes: dict[str, str], code: str
) -> None:
    assert (await shop.post("/callbacks", json=CALL)).status_code == 201
    assert code_of(await shop.post("/callbacks", json=CALL | changes)) == code


@pytest.mark.asyncio
async def test_key_with_another_request_is_refused(shop: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "b"}
    await shop.post("/callbacks", json=CALL, headers=key)
    other = await shop.post("/callbacks", json=CALL | {"time": "15:00"}, headers=key)
    assert (other.status_code, code_of(other)) == (422, "key_reused")


def test_there_is_an_order_for_every_status() -> None:
    statuses = {order.status for order in sample_orders(TODAY).values()}
    assert len(statuses) == 8


def test_dates_make_sense() -> None:
    for order in sample_orders(TODAY).values():
        happened = [order.placed_on, order.shipped_on, order.delivered_on]
        known = [day for day in happened if day is not None]
        assert known == sorted(known)
        assert known[-1] <= TODAY
        if order.status in ("shipped", "processing", "ready_for_pickup"):
            assert order.expected_on is not None
            assert TODAY < order.expected_on <= TODAY + timedelta(days=7)
