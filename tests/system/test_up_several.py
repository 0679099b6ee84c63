"""`firstline up --services 2 --engines 2` as its user starts it: one of each may die."""

import asyncio
import os
import signal
import time
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.postgres import fresh_database
from tests.processes import children
from tests.product import Product, start_product
from tests.redis_server import OwnRedis
from tests.server import Browser

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]
BACK_SECONDS = 60


async def ask(product: Product, words: str) -> str:
    """A new visitor's message; what the bot says to it."""
    async with httpx.AsyncClient(base_url=product.url, timeout=60) as http:
        session = await http.post("/widget/session", json={"desk": "customer-care"})
    async with connect(product.socket_url) as line:
        browser = Browser(line, str(session.raise_for_status().json()["token"]))
        await browser.say_hello()
        await browser.write(words)
        return str((await browser.wait_for_message("bot"))["text"])


async def ask_many(product: Product) -> set[str]:
    return set(await asyncio.gather(*(ask(product, "how much is delivery?") for _ in range(8))))


def kill_one_and_ask(product: Product, sign: str, expected: set[str]) -> None:
    """The others answer at once, and what died is started again."""
    before = children(product.process.pid, sign)
    assert len(before) == 2
    os.kill(min(before), signal.SIGKILL)
    assert asyncio.run(ask_many(product)) == expected
    deadline = time.monotonic() + BACK_SECONDS
    while len(children(product.process.pid, sign) - {min(before)}) < 2:
        assert time.monotonic() < deadline, f"{sign} was not started again"
        time.sleep(0.2)


def test_one_of_two_may_die(tmp_path: Path, postgresql: str, own_redis: OwnRedis) -> None:
    with (
        fresh_database(postgresql) as database,
        start_product(
            tmp_path / "var",
            "--services=2",
            "--engines=2",
            FIRSTLINE_DATABASE_URL=database,
            FIRSTLINE_REDIS_URL=own_redis.url,
            FIRSTLINE_REDIS_PREFIX=own_redis.prefix,
        ) as product,
    ):
        answers = asyncio.run(ask_many(product))
        assert len(answers) == 1, "whoever answers says the same"
        kill_one_and_ask(product, "firstline service", answers)
        kill_one_and_ask(product, "rasa run", answers)
    assert not children(product.process.pid, "")
