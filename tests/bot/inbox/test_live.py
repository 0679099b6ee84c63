"""The live stream: hints in, events out, presence while it lasts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.clock import now
from bot.conversations.news import AGENTS_MESSAGE, BOT_MESSAGE, INBOX_TOPIC, agents_topic
from bot.dialogue.engine_client import EngineFailure
from bot.inbox import live
from bot.inbox.live import SEEN, LiveStreams
from bot.live import MISSED, QUEUE_LENGTH, Hint
from tests.desk import DESK, ScriptedEngine
from tests.inbox import AgentBrowser, Office, open_office

pytestmark = pytest.mark.asyncio


def streams(office: Office) -> LiveStreams:
    parts = office.parts
    return LiveStreams(bus=parts.bus, presence=parts.presence, accounts=parts.accounts)


def open_stream(of: LiveStreams, browser: AgentBrowser) -> AsyncIterator[str]:
    return of.stream(browser.agent.id, browser.http.cookies["firstline_session"])


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Its engine fails and is no pool: what a pool tells of its engines is no hint of these."""
    engine = ScriptedEngine()
    engine.at_once = EngineFailure("engine_down", "there is none", sent=False)
    async with open_office(tmp_path, engine=engine) as opened:
        yield opened


async def until(stream: AsyncIterator[str], sign: str, *, seconds: float = 30) -> list[str]:
    """The events up to the one with this sign."""
    seen = []
    async with asyncio.timeout(seconds):
        async for burst in stream:
            seen += [f"{event}\n\n" for event in burst.split("\n\n") if event]
            if sign in burst:
                return seen
    raise AssertionError(f"the stream ended without {sign}")


async def test_a_message_reaches_the_page_as_two_hints(office: Office) -> None:
    anna = await office.hire()
    stream = open_stream(streams(office), anna)
    await until(stream, ": here")
    conversation = await office.customer_says("Hello?")
    seen = await until(stream, f"event: conversation-{conversation}\n")
    assert any(event.startswith("event: list") for event in seen)


async def test_what_the_bot_talks_about_leaves_the_other_lists_alone(office: Office) -> None:
    anna = await office.hire()
    stream = open_stream(streams(office), anna)
    await until(stream, ": here")
    office.parts.bus.publish(Hint(INBOX_TOPIC, BOT_MESSAGE, "a"))
    seen = await until(stream, "event: conversation-a\n")
    assert seen == ["event: list-bot\ndata: .\n\n", "event: conversation-a\ndata: .\n\n"]


async def test_a_list_for_everybody_comes_instead_of_the_bots(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "GATHER_SECONDS", 0.3)
    anna = await office.hire()
    stream = open_stream(streams(office), anna)
    await until(stream, ": here")
    office.parts.bus.publish(Hint(INBOX_TOPIC, SEEN, "a"))
    assert await until(stream, "conversation-a") == ["event: conversation-a\ndata: .\n\n"]
    office.parts.bus.publish(Hint(INBOX_TOPIC, BOT_MESSAGE, "b"))
    office.parts.bus.publish(Hint(INBOX_TOPIC, "status", "b"))
    seen = await until(stream, "conversation-b")
    assert seen == ["event: list\ndata: .\n\n", "event: conversation-b\ndata: .\n\n"]


async def test_only_the_bots_list_is_fetched_for_its_messages(office: Office) -> None:
    anna = await office.hire()
    assert "sse:list-bot" in await anna.page("/inbox", view="bot")
    assert "sse:list-bot" not in await anna.page("/inbox", view="queue")


async def test_on_a_busy_desk_the_list_is_fetched_now_and_then(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LIST_SECONDS", 3600)
    anna = await office.hire()
    stream = open_stream(streams(office), anna)
    await until(stream, ": here")
    for name in ("a", "b", "c"):
        office.parts.bus.publish(Hint(INBOX_TOPIC, "message", name))
        seen = await until(stream, f"event: conversation-{name}\n")
        has_list = "event: list\ndata: .\n\n" in seen
        assert has_list is (name == "a"), "each conversation's news at once"


async def test_a_list_that_was_held_back_comes_without_another_hint(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LIST_SECONDS", 0.2)
    anna = await office.hire()
    stream = open_stream(streams(office), anna)
    await until(stream, ": here")
    office.parts.bus.publish(Hint(INBOX_TOPIC, "message", "a"))
    await until(stream, "event: conversation-a\n")
    office.parts.bus.publish(Hint(INBOX_TOPIC, "message", "b"))
    seen = await until(stream, "event: conversation-b\n")
    if len(seen) == 1:  # on a slow machine the list came with it
        assert await until(stream, "event: list\n") == ["event: list\ndata: .\n\n"]


async def test_people_do_not_wait_behind_the_bots_news(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "GATHER_SECONDS", 3600)
    anna, bus = await office.hire(), office.parts.bus
    stream = open_stream(streams(office), anna)
    await until(stream, ": here")
    bus.publish(Hint(INBOX_TOPIC, BOT_MESSAGE, "a"))
    asyncio.get_running_loop().call_later(0.2, bus.publish, Hint(INBOX_TOPIC, BOT_MESSAGE, "b"))
    asyncio.get_running_loop().call_later(0.4, bus.publish, Hint(INBOX_TOPIC, AGENTS_MESSAGE, "c"))
    seen = await until(stream, "conversation-c")
    assert "event: conversation-b\ndata: .\n\n" in seen, "what was gathered comes along"
    bus.publish(Hint(INBOX_TOPIC, AGENTS_MESSAGE, "c"))
    with pytest.raises(TimeoutError):
        await until(stream, "conversation-c", seconds=1)  # told a moment ago: gathered again


async def test_an_open_stream_means_online(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LEFT_AFTER_SECONDS", 0.05)
    anna, both = await office.hire(), streams(office)
    first, second = open_stream(both, anna), open_stream(both, anna)
    await until(first, ": here")
    await until(second, ": here")
    assert await office.parts.presence.anyone_online(DESK)
    await first.aclose()  # type: ignore[attr-defined]
    await asyncio.sleep(0.1)
    assert await office.parts.presence.anyone_online(DESK)
    await second.aclose()  # type: ignore[attr-defined]
    third = open_stream(both, anna)
    await until(third, ": here")
    await asyncio.sleep(0.1)
    assert await office.parts.presence.anyone_online(DESK), "turning a page is not leaving"
    await third.aclose()  # type: ignore[attr-defined]
    async with asyncio.timeout(30):
        while await office.parts.presence.anyone_online(DESK):
            await asyncio.sleep(0.01)


async def test_a_stream_ends_with_its_session(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.02)
    anna = await office.hire()
    stream = open_stream(streams(office), anna)
    await until(stream, ": here")
    await office.parts.accounts.sign_out(anna.http.cookies["firstline_session"])
    async with asyncio.timeout(30):
        rest = [event async for event in stream]
    assert not any("conversation-" in event for event in rest)


async def test_dropped_hints_make_the_page_fetch_everything(office: Office) -> None:
    anna = await office.hire()
    stream = open_stream(streams(office), anna)
    await until(stream, ": here")
    for _ in range(QUEUE_LENGTH + 1):
        office.parts.bus.publish(Hint(INBOX_TOPIC, "message", "some-id"))
    await until(stream, "event: everything")


async def test_hints_lost_between_processes_make_the_page_fetch_everything(office: Office) -> None:
    anna = await office.hire()
    stream = open_stream(streams(office), anna)
    await until(stream, ": here")
    office.parts.bus.publish(Hint(INBOX_TOPIC, MISSED))
    seen = await until(stream, "event: everything")
    assert seen == ["event: everything\ndata: .\n\n"]


async def test_what_agent_and_customer_say_changes_that_agents_list_alone(office: Office) -> None:
    anna, bus = await office.hire(), office.parts.bus
    conversation = await office.customer_says("Hello?")
    await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
    own = agents_topic(anna.agent.id)
    with bus.subscribe([INBOX_TOPIC]) as everybodys, bus.subscribe([own]) as annas:
        await office.customer_says("Are you there?")
        kinds = {everybodys._queue.get_nowait().kind for _ in range(everybodys._queue.qsize())}
        assert kinds - {"engines"} == {AGENTS_MESSAGE}
        assert (await annas.get()).kind == "message"


async def test_a_list_is_fetched_for_ones_own_news_and_not_for_a_colleagues(office: Office) -> None:
    anna = await office.hire()
    stream = open_stream(streams(office), anna)
    await until(stream, ": here")
    office.parts.bus.publish(Hint(INBOX_TOPIC, AGENTS_MESSAGE, "a"))
    assert await until(stream, "conversation-a") == ["event: conversation-a\ndata: .\n\n"]
    office.parts.bus.publish(Hint(agents_topic(anna.agent.id), "message", ""))
    assert await until(stream, "event: list\n") == ["event: list\ndata: .\n\n"]


async def test_what_an_agent_has_read_is_news_to_their_own_tabs_alone(office: Office) -> None:
    anna, bus = await office.hire(), office.parts.bus
    conversation = await office.customer_says("Hello?")
    own = agents_topic(anna.agent.id)
    with bus.subscribe([INBOX_TOPIC]) as everybodys, bus.subscribe([own]) as annas:
        await anna.page(f"/inbox/conversations/{conversation}/news", after=0, visible=1)
        assert (await annas.get()).kind == "read"
        kinds = {everybodys._queue.get_nowait().kind for _ in range(everybodys._queue.qsize())}
        assert kinds <= {"engines"}, "there is none in this test, which the desk may say meanwhile"


async def test_who_is_idle_is_asked_again_and_again_until_they_answer(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.01)
    anna = await office.hire()
    async with office.parts.db.write() as tx:
        idle = update(Agent).where(Agent.id == anna.agent.id)
        await tx.session.execute(idle.values(active_at=now() - timedelta(minutes=14)))
    stream = open_stream(streams(office), anna)
    for _ in range(3):
        await until(stream, "event: presence")
    assert "Are you still there?" in await anna.page("/inbox/presence")
    await stream.aclose()  # type: ignore[attr-defined]
