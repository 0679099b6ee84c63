"""The whole way of a message: customer's socket, desk, engine, and back; and what it adds."""

import statistics
from itertools import cycle
from typing import Any

import httpx
from websockets.asyncio.client import connect

from benchmarks.turns import ours, questions, timed
from tests.product import Product
from tests.server import Browser

VISITORS = 5
MESSAGES = 50  # of each visitor


async def whole_trip(product: Product) -> dict[str, Any]:
    """Milliseconds from send to answer, beside the engine's own for the same texts, in turn."""
    texts = cycle(questions("customer-care"))
    trips: list[float] = []
    direct: list[float] = []
    async with (
        httpx.AsyncClient(base_url=product.url, trust_env=False) as http,
        httpx.AsyncClient(base_url=product.engine_url, trust_env=False) as engine,
    ):
        for _ in range(VISITORS):
            wish = {"desk": "customer-care"}
            token = (await http.post("/widget/session", json=wish)).json()["token"]
            turn = ours(engine)
            async with connect(product.socket_url) as socket:
                browser = Browser(socket, token)
                await browser.say_hello()

                async def ask(text: str, browser: Browser = browser) -> None:
                    await browser.write(text)
                    await browser.wait_for_message("bot")

                for number in range(MESSAGES):
                    text = next(texts)
                    own, trip = await timed(turn, text), await timed(ask, text)
                    if number >= 5:  # warm
                        direct.append(own)
                        trips.append(trip)
    own, trip = statistics.median(direct), statistics.median(trips)
    return {
        "engine_ms": own,
        "trip_ms": trip,
        "trip_p99_ms": statistics.quantiles(trips, n=100)[98],
        "service_adds": trip / own - 1,
    }
