"""The shop of the demo over HTTP: python -m demo.orders --port 5056."""

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import uvicorn
from fastapi import FastAPI, Header, Path
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel

from demo.idempotency import Once
from demo.shop.desk import Json, Shop
from demo.shop.errors import answer_refusals
from demo.shop.refunds import Refund
from demo.shop.wishes import Address, Callback, Claim, ReturnWish

Number = Annotated[str, Path(max_length=20)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]


def utc_today() -> date:
    """Today, the same for everyone who looks."""
    return datetime.now(tz=UTC).date()


def warsaw_now() -> datetime:
    """The shop's own clock."""
    return datetime.now(tz=ZoneInfo("Europe/Warsaw"))


def create_app(now: Callable[[], datetime] = warsaw_now) -> FastAPI:
    """The service; tests give it a fixed moment."""
    app = FastAPI(title="Sample shop")
    shop, once = Shop(now), Once()
    answer_refusals(app)

    @app.get("/health")
    @app.get("/healthz")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/orders/{number}")
    async def order(number: Number) -> Json:
        return shop.order(number)

    @app.get("/orders/{number}/refund")
    async def refund(number: Number) -> Refund:
        return shop.refund(number)

    @app.post("/orders/{number}/returns", status_code=201)
    async def give_back(number: Number, body: ReturnWish, idempotency_key: Key = None) -> Json:
        asked = _asked(f"return {number}", body)
        return once.run(idempotency_key, asked, lambda: shop.register_return(number, body))

    @app.put("/orders/{number}/address")
    async def change_address(number: Number, body: Address, idempotency_key: Key = None) -> Json:
        asked = _asked(f"address {number}", body)
        return once.run(idempotency_key, asked, lambda: shop.change_address(number, body))

    @app.post("/claims", status_code=201)
    async def file_claim(body: Claim, idempotency_key: Key = None) -> Json:
        return once.run(idempotency_key, _asked("claim", body), lambda: shop.file_claim(body))

    @app.post("/callbacks", status_code=201)
    async def plan_callback(body: Callback, idempotency_key: Key = None) -> Json:
        return once.run(idempotency_key, _asked("callback", body), lambda: shop.plan_callback(body))

    return app


def _asked(what: str, body: BaseModel) -> Json:
    return {"what": what, **jsonable_encoder(body)}


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description="The shop of the Firstline demo.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5056)
    place = parser.parse_args()
    uvicorn.run(create_app(), host=place.host, port=place.port, log_level="warning")


if __name__ == "__main__":
    main()
