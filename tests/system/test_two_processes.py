"""Two service processes, one desk: this test's and a real second one, over a real Redis."""

import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import update
from websockets.asyncio.client import connect

from bot.accounts.models import Agent
from bot.conversations.models import Conversation
from tests.bot.shared.processes import link_of, until
from tests.desk import DESK, answer
from tests.inbox import NO_ENGINE, AgentBrowser
from tests.processes import free_port, running
from tests.redis_server import OwnRedis
from tests.server import Browser, Server, open_server
from tests.streams import open_stream

pytestmark = pytest.mark.asyncio


@dataclass
class Two:
    """`one` runs in the test, `two_url` in a process of its own; customers may be at either."""

    one: Server
    two_url: str
    redis: OwnRedis

    @asynccontextmanager
    async def at_two(self, token: str) -> AsyncIterator[Browser]:
        async with connect(f"{self.two_url.replace('http', 'ws')}/widget/socket") as socket:
            browser = Browser(socket, token)
            await browser.say_hello()
            yield browser

    @asynccontextmanager
    async def agent_at_two(self) -> AsyncIterator[AgentBrowser]:
        parts = self.one.app.state.parts
        password = await parts.accounts.add_agent("anna@example.com", "Anna", [DESK])
        async with parts.db.write() as tx:
            await tx.session.execute(update(Agent).values(must_change_password=False))
        token = await parts.accounts.sign_in("anna@example.com", password)
        who = await parts.accounts.who(token)
        async with httpx.AsyncClient(base_url=self.two_url, timeout=60) as http:
            http.cookies.set("firstline_session", token)
            yield AgentBrowser(http, who.agent, who.csrf)

    async def epoch(self, conversation: str) -> str:
        async with self.one.app.state.parts.db.read() as session:
            return str((await session.get_one(Conversation, conversation)).epoch)


@contextmanager
def second_process(
    one: Server, folder: Path, redis: OwnRedis, more: Mapping[str, str] | None = None
) -> Iterator[str]:
    """`firstline serve` on the same database, secrets and Redis; with `more` in its environment."""
    port = free_port()
    environment = {
        "FIRSTLINE_DATA_DIR": str(folder),
        "FIRSTLINE_DATABASE_URL": one.app.state.parts.db.url.render_as_string(False),
        "FIRSTLINE_PORT": str(port),
        "FIRSTLINE_ENGINE_URL": NO_ENGINE,
        "FIRSTLINE_REDIS_URL": redis.url,
        "FIRSTLINE_REDIS_PREFIX": redis.prefix,
        "PATH": os.environ["PATH"],
        **(more or {}),
    }
    command = [str(Path(sys.executable).with_name("firstline")), "serve"]
    log = folder / "second.log"
    with running(command, port=port, ready="/healthz", log=log, env=environment) as started:
        yield started.url


@pytest_asyncio.fixture
async def two(tmp_path: Path, own_redis: OwnRedis) -> AsyncIterator[Two]:
    async with open_server(tmp_path, **own_redis.settings) as one:
        one.engine.at_once = answer("Two working days.")
        with second_process(one, tmp_path, own_redis) as url:
            yield Two(one, url, own_redis)


async def test_two_tabs_at_two_processes_are_one_conversation(two: Two) -> None:
    token = await two.one.token()
    async with two.one.browser(token) as here, two.at_two(token) as there:
        key = await here.write("How long does delivery take?")
        echo = await there.wait_for("message", id=key)
        assert echo["text"] == "How long does delivery take?"
        reply = await there.wait_for_message("bot")
        assert (reply["seq"], reply["text"]) == (2, "Two working days.")
        await here.write("And to Germany?")
        await there.wait_for("message", seq=4)
        numbers = [frame["seq"] for frame in there.received if frame["type"] == "message"]
        assert numbers == [1, 2, 3, 4], "each once, in order"


async def test_a_stream_here_and_frames_that_reach_another_process_are_one_visit(two: Two) -> None:
    async with open_stream(two.one.url) as line:
        browser = Browser(line, await two.one.token())
        await browser.say_hello()
        async with httpx.AsyncClient(base_url=two.two_url, timeout=60) as there:
            line.posts_to(there)
            await browser.send(type="human", id="h1")
            ack = await browser.wait_for("ack", id="h1")
            await browser.wait_for("status", status="queued")
            await browser.write("Hello?")
            told = await browser.wait_for("message", text="Hello?")
        assert told["conversation"] == ack["conversation"]
        numbers = [frame["seq"] for frame in browser.received if frame["type"] == "message"]
        assert numbers == list(range(1, told["seq"] + 1)), "each once, in order"


async def test_an_agent_at_another_process_answers_the_customer(two: Two) -> None:
    async with two.agent_at_two() as anna, two.one.browser() as customer:
        await customer.send(type="human", id="h1")
        conversation = (await customer.wait_for("ack", id="h1"))["conversation"]
        await customer.wait_for("status", status="queued")
        await anna.act(conversation, "claim", epoch=await two.epoch(conversation))
        await customer.wait_for("status", status="with_agent")
        sent = {"text": "Anna here.", "key": "k1", "epoch": await two.epoch(conversation)}
        response = await anna.act(conversation, "reply", **sent)
        assert response.status_code == 200, response.text
        assert (await customer.wait_for_message("agent"))["text"] == "Anna here."


async def test_what_was_written_while_redis_was_away_comes_once_it_is_back(two: Two) -> None:
    async with two.agent_at_two() as anna, two.one.browser() as customer:
        await customer.send(type="human", id="h1")
        conversation = (await customer.wait_for("ack", id="h1"))["conversation"]
        await anna.act(conversation, "claim", epoch=await two.epoch(conversation))
        await customer.wait_for("status", status="with_agent")
        link = link_of(two.one.app.state.parts.shared)
        two.redis.kill()
        await until(lambda: not link.there)
        key = await customer.write("Are you there?")
        await customer.wait_for("ack", id=key)
        sent = {"text": "I am.", "key": "k1", "epoch": await two.epoch(conversation)}
        assert (await anna.act(conversation, "reply", **sent)).status_code == 200
        two.redis.start()
        assert (await customer.wait_for_message("agent"))["text"] == "I am."
        numbers = [frame["seq"] for frame in customer.received if frame["type"] == "message"]
        assert numbers == sorted(set(numbers))


async def test_health_names_redis_and_stays_ready_without_it(two: Two) -> None:
    async with httpx.AsyncClient(base_url=two.one.url, timeout=60) as http:
        report = await http.get("/readyz")
        assert report.status_code == 200, report.text
        assert report.json()["redis"]["state"] == "connected"
        two.redis.kill()
        await until(lambda: not link_of(two.one.app.state.parts.shared).there)
        report = await http.get("/readyz")
        assert report.status_code == 200
        assert report.json()["redis"]["state"] == "away"


async def test_a_visitor_is_counted_by_both(tmp_path: Path, own_redis: OwnRedis) -> None:
    limits = {"messages_burst": 2, "messages_per_second": 0.001}
    async with (
        open_server(tmp_path, **limits, **own_redis.settings) as one,
        one.browser() as browser,
    ):
        one.engine.at_once = answer("Yes.")
        for _ in range(2):
            await browser.write("Hello?")
            assert (await browser.wait_for_ack_or_error())["type"] == "ack"
        await browser.write("Hello?")
        assert (await browser.wait_for_ack_or_error())["code"] == "rate_limited"
    assert any("limit:messages:" in key for key in own_redis.names())
