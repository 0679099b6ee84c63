"""An engine that goes and comes back, seen by a customer, an agent and a load balancer."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.texts import text
from tests.inbox import AgentBrowser, Office, open_office
from tests.loopback_engine import loopback_engine

pytestmark = pytest.mark.asyncio
BANNER = text("inbox.engines_down", "en")


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await true():
            await asyncio.sleep(0.05)


async def readiness(office: Office) -> tuple[int, str, str | None]:
    async with office.browser() as http:
        response = await http.get("/readyz")
    engine = response.json()["engine"]
    return response.status_code, engine["engines"][0]["state"], engine["down_since"]


async def shows_alarm(agent: AgentBrowser) -> bool:
    return BANNER in await agent.page("/inbox/list", list_digest="")


async def test_the_alarm_comes_and_goes_without_a_restart(tmp_path: Path) -> None:
    async with loopback_engine() as engine, open_office(tmp_path, engine_url=engine.url) as office:
        anna = await office.hire()
        assert not await shows_alarm(anna)
        assert BANNER not in await anna.page("/inbox")
        assert await readiness(office) == (200, "closed", None)

        await engine.stop()
        await until(lambda: shows_alarm(anna))
        assert BANNER in await anna.page("/inbox")
        status, state, since = await readiness(office)
        assert (status, state) == (200, "open"), "people still answer"
        assert since is not None
        lost = await office.customer_says("Where is my parcel?", thread="a")
        assert (await office.conversation(lost)).status == "queued"
        said = [message.text for message in await office.messages(lost)]
        assert any(text("handoff.why.engine_down", "en") in words for words in said)

        await engine.start()
        await until(lambda: _calm(anna))
        answered = await office.customer_says("Hello", thread="b")
        assert (await office.messages(answered))[1].text == "Hi"
        assert (await readiness(office))[0] == 200


async def test_agents_are_told_when_it_changes(tmp_path: Path) -> None:
    async with loopback_engine() as engine, open_office(tmp_path, engine_url=engine.url) as office:
        with office.parts.bus.subscribe(["inbox"]) as hints:
            await until(lambda: _is_closed(office))
            await engine.stop()
            async with asyncio.timeout(30):
                assert (await hints.get()).kind == "engines"


async def _calm(anna: AgentBrowser) -> bool:
    return not await shows_alarm(anna)


async def _is_closed(office: Office) -> bool:
    return (await readiness(office))[1] == "closed"
