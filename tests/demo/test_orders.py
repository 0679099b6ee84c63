"""The sample order service: one order per status, dated around today."""

from datetime import date, timedelta

import httpx
import pytest

from demo.orders import create_app, sample_orders

TODAY = date(2026, 12, 31)


async def get(path: str) -> httpx.Response:
    service = httpx.ASGITransport(create_app(today=lambda: TODAY))
    async with httpx.AsyncClient(transport=service, base_url="http://orders") as http:
        return await http.get(path)


@pytest.mark.asyncio
async def test_health() -> None:
    assert (await get("/health")).json() == {"status": "ok"}


@pytest.mark.asyncio
async def test_shipped_order() -> None:
    assert (await get("/orders/10482")).json() == {
        "number": "10482",
        "status": "shipped",
        "items": ["Sony WH-1000XM5", "USB-C cable 2 m"],
        "placed_on": "2026-12-28",
        "shipped_on": "2026-12-30",
        "expected_on": "2027-01-01",
        "delivered_on": None,
        "carrier": "InPost",
        "tracking": "INP-6631-9087",
        "place": None,
    }


@pytest.mark.parametrize("number", ["99999", "0", "abc", "10482%20"])
@pytest.mark.asyncio
async def test_unknown_order_is_404_with_its_own_code(number: str) -> None:
    response = await get(f"/orders/{number}")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "unknown_order"


def test_every_order_has_a_status_of_its_own() -> None:
    statuses = [order.status for order in sample_orders(TODAY).values()]
    assert len(statuses) == 8
    assert len(set(statuses)) == 8


def test_dates_make_sense() -> None:
    for order in sample_orders(TODAY).values():
        happened = [order.placed_on, order.shipped_on, order.delivered_on]
        known = [day for day in happened if day is not None]
        assert known == sorted(known)
        assert known[-1] <= TODAY
        if order.status in ("shipped", "processing", "ready_for_pickup"):
            assert order.expected_on is not None
            assert TODAY < order.expected_on <= TODAY + timedelta(days=7)
