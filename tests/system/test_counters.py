"""What `/readyz` and the doctor count of refusals: a process that ends in good order loses nothing
of it, a killed one what it had not written yet."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from websockets.asyncio.client import connect

from benchmarks.world import service
from tests.databases import database_of
from tests.processes import NOWHERE, Running
from tests.server import Browser

PATIENCE_SECONDS = 30


@contextmanager
def desk(folder: Path) -> Iterator[Running]:
    with service(database_of(folder), [NOWHERE], folder=folder) as started:
        yield started


def counted(started: Running) -> int:
    found = httpx.get(f"{started.url}/readyz", timeout=PATIENCE_SECONDS).json()["conversations"]
    return int(found["duplicates_refused"])


def visitor(started: Running) -> str:
    session = httpx.post(
        f"{started.url}/widget/session", json={"desk": "customer-care"}, timeout=60
    )
    return str(session.raise_for_status().json()["token"])


async def send(started: Running, token: str, key: str, *, times: int) -> list[bool]:
    """The same message so often; whether each was acknowledged as known."""
    async with connect(f"{started.url.replace('http', 'ws')}/widget/socket") as line:
        browser = Browser(line, token)
        await browser.say_hello()
        known = []
        for _ in range(times):
            await browser.write("Hello", id=key)
            known.append((await browser.wait_for("ack", id=key))["duplicate"])
        return known


async def until_counted(started: Running, count: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await asyncio.to_thread(counted, started) != count:
            await asyncio.sleep(0.1)


def test_refusals_that_were_counted_outlive_the_process(tmp_path: Path) -> None:
    with desk(tmp_path) as first:
        token = visitor(first)
        assert asyncio.run(send(first, token, "one", times=4)) == [False, True, True, True]
        first.process.send_signal(signal.SIGTERM)  # at once: most likely nothing is written yet
        first.process.wait(PATIENCE_SECONDS)
    with desk(tmp_path) as second:
        assert counted(second) == 3
        asyncio.run(send(second, token, "two", times=3))
        asyncio.run(until_counted(second, 5))
        second.process.kill()
        second.process.wait()
    with desk(tmp_path) as third:
        assert counted(third) == 5
        # The refusal itself is no matter of counting: it holds whatever was killed.
        assert asyncio.run(send(third, token, "two", times=1)) == [True]
