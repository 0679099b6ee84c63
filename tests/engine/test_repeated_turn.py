"""An answer that is lost on its way: the turn is asked again elsewhere, and has one effect."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from bot.dialogue.pool import EnginePool
from bot.dialogue.turn import TurnRequest
from tests.dialogue import READY, TURN, turn_body
from tests.processes import Running

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300), pytest.mark.asyncio]
CALLBACK = ("please call me back", "600 100 200", "tomorrow at 14:30", "the invoice for my order")


class LosingProxy:
    """Gives everything on to the engine; while `loses`, the answers to turns go nowhere."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self.loses = False
        self.lost = 0
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["LosingProxy"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        place = urlsplit(self._engine)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        body = await reader.readexactly(int(length[1])) if length else b""
        far, near = await asyncio.open_connection(place.hostname, place.port)
        near.write(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + body)
        answer = await far.read()
        near.close()
        if self.loses and head.startswith(b"POST"):
            self.lost += 1
            writer.transport.abort()
            return
        writer.write(answer)
        await writer.drain()
        writer.close()


class Customer:
    """Remembers the state between turns, as the service does."""

    def __init__(self, pool: EnginePool) -> None:
        self._pool = pool
        self._conversation = str(uuid4())
        # `Any`: the state is opaque.
        self._state: Any = None

    async def say(self, text: str) -> str:
        key = str(uuid4())
        request = TurnRequest(
            self._conversation, text, None, "en", "web", "customer-care", state=self._state, key=key
        )
        answer = await self._pool.ask(request)
        self._state = answer.state
        return answer.replies[-1].text


async def plan_a_call(pool: EnginePool, proxy: LosingProxy, *, loses: bool) -> int:
    """The number that the shop gave it; `loses` the answer to the yes."""
    customer = Customer(pool)
    for words in CALLBACK:
        await customer.say(words)
    proxy.loses = loses
    said = await customer.say("yes")
    proxy.loses = False
    found = re.search(r"TEL-(\d+)", said)
    assert found, said
    return int(found[1])


async def test_a_lost_answer_costs_neither_the_turn_nor_a_second_effect(engine: Running) -> None:
    async with LosingProxy(engine.url).running() as proxy:
        pool = EnginePool(f"{proxy.url},{engine.url}", timeout=10)
        probing = asyncio.create_task(pool.run())
        async with asyncio.timeout(20):
            while not all(one["model"] for one in pool.report()):
                await asyncio.sleep(0.05)
        references = []
        while not proxy.lost:  # engines take turns: sooner or later a yes goes through the proxy
            references.append(await plan_a_call(pool, proxy, loses=True))
        references.append(await plan_a_call(pool, proxy, loses=False))
        probing.cancel()
        await asyncio.gather(probing, return_exceptions=True)
        await pool.close()
    first = references[0]
    assert references == list(range(first, first + len(references)))


async def test_the_engine_says_that_it_gives_keys_on(engine: Running) -> None:
    async with httpx.AsyncClient(base_url=engine.url, timeout=60) as http:
        said = (await http.get(READY)).json()
    assert said["repeatable"] is True


async def test_a_form_that_begins_in_a_repeated_turn_is_the_same_form(engine: Running) -> None:
    keys = []
    async with httpx.AsyncClient(base_url=engine.url, timeout=20) as http:
        for turn in ("t1", "t1", "t2", None):
            body = turn_body("please call me back", turn=turn)
            answer = (await http.post(TURN, json=body)).raise_for_status().json()
            keys.append(answer["slots"]["form_progress"]["key"])
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
