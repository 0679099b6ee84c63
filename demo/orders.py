"""A sample order service: python -m demo.orders --port 5056."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Path
from fastapi.responses import JSONResponse


@dataclass(frozen=True)
class SampleOrder:
    """One order; which dates it has depends on how far it is."""

    number: str
    status: str
    items: tuple[str, ...]
    placed_on: date
    shipped_on: date | None = None
    expected_on: date | None = None
    delivered_on: date | None = None
    carrier: str | None = None
    tracking: str | None = None
    place: str | None = None


def sample_orders(today: date) -> dict[str, SampleOrder]:
    """One order per status, dated around today, so that the demo never looks stale."""

    def day(offset: int) -> date:
        return today + timedelta(days=offset)

    orders = (
        SampleOrder(
            number="10455",
            status="delivered",
            items=("Kindle Paperwhite 16 GB",),
            placed_on=day(-9),
            shipped_on=day(-7),
            expected_on=day(-5),
            delivered_on=day(-5),
            carrier="DPD",
            tracking="DPD-5520-7741",
        ),
        SampleOrder(
            number="10467",
            status="returned",
            items=("Logitech MX Keys S",),
            placed_on=day(-24),
            shipped_on=day(-23),
            delivered_on=day(-20),
            expected_on=day(8),
            carrier="InPost",
            tracking="INP-2209-4410",
        ),
        SampleOrder(
            number="10471",
            status="ready_for_pickup",
            items=("Samsung Galaxy Watch7",),
            placed_on=day(-4),
            shipped_on=day(-3),
            expected_on=day(5),
            place="Volta, Marszałkowska 10, Warszawa",
        ),
        SampleOrder(
            number="10482",
            status="shipped",
            items=(
                "Sony WH-1000XM5",
                "USB-C cable 2 m",
            ),
            placed_on=day(-3),
            shipped_on=day(-1),
            expected_on=day(1),
            carrier="InPost",
            tracking="INP-6631-9087",
        ),
        SampleOrder(
            number="10490",
            status="cancelled",
            items=("GoPro HERO13 Black",),
            placed_on=day(-6),
        ),
        SampleOrder(
            number="10499",
            status="problem",
            items=("Lenovo ThinkPad E14",),
            placed_on=day(-14),
            shipped_on=day(-12),
            expected_on=day(-10),
            carrier="DHL",
            tracking="DHL-8812-3003",
        ),
        SampleOrder(
            number="10503",
            status="processing",
            items=(
                "Philips Hue starter kit",
                "Hue motion sensor",
            ),
            placed_on=day(-1),
            expected_on=day(3),
        ),
        SampleOrder(
            number="10512",
            status="awaiting_payment",
            items=("ASUS ROG Ally X",),
            placed_on=day(0),
        ),
    )
    return {order.number: order for order in orders}


def utc_today() -> date:
    """Today, the same for everyone who looks."""
    return datetime.now(tz=UTC).date()


def create_app(today: Callable[[], date] = utc_today) -> FastAPI:
    """The service; tests give it a fixed day."""
    app = FastAPI(title="Sample order service")

    @app.get("/health")
    @app.get("/healthz")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/orders/{number}", response_model=SampleOrder)
    async def order(
        number: Annotated[str, Path(max_length=20)],
    ) -> SampleOrder | JSONResponse:
        found = sample_orders(today()).get(number)
        if found is None:
            error = {"code": "unknown_order", "message": f"There is no order {number}."}
            return JSONResponse({"error": error}, status_code=404)
        return found

    return app


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description="Sample order service of the Firstline demo.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5056)
    place = parser.parse_args()
    uvicorn.run(create_app(), host=place.host, port=place.port, log_level="warning")


if __name__ == "__main__":
    main()
