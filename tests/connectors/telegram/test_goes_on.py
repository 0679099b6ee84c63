"""A desk that was started anew goes on with those who wait for a person or have one."""

import asyncio

import pytest

from bot.channel import Author, AuthorKind, Hint, PlaceInQueue, thread_topic
from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import ANNA, FakeTelegram
from tests.connectors.telegram.test_commands import THREAD, agent_of, epoch_of, status_of

pytestmark = pytest.mark.asyncio
CHAT = ANNA["id"]
WATCHING = "connectors.telegram.watching"
BEFORE = {**ANNA, "id": 76}


async def test_the_place_in_the_queue_moves_and_typing_is_shown(
    open_telegram: Open, fake: FakeTelegram
) -> None:
    async with open_telegram():
        await fake.says("/human", who=BEFORE)
        await fake.wait_for("Your place in the queue: 1", chat=76)
        await fake.says("/human")
        told = await fake.wait_for("Your place in the queue: 2", chat=CHAT)
        await fake.until_confirmed()
    async with open_telegram() as server:
        handoffs, agent = server.app.state.parts.handoffs, await agent_of(server)
        first = (await status_of(server, "76")).conversation
        await handoffs.claim(agent, first, epoch=await epoch_of(server, first))
        moved = await fake.wait_for_call("editMessageText")
        assert moved.text.startswith("Your place in the queue: 1")
        assert moved.given["message_id"] == told.given["message_id"]
        typing = Hint(thread_topic("telegram", "76"), "typing", (Author(AuthorKind.AGENT), True))
        server.app.state.parts.bus.publish(typing)
        shown = await fake.wait_for_call("sendChatAction")
        assert int(shown.given["chat_id"]) == 76


async def test_a_place_that_moved_while_the_desk_was_down_is_told(
    open_telegram: Open, fake: FakeTelegram
) -> None:
    async with open_telegram() as server:
        handoffs, agent = server.app.state.parts.handoffs, await agent_of(server)
        await fake.says("/human", who=BEFORE)
        await fake.wait_for("Your place in the queue: 1", chat=76)
        await fake.says("/human")
        await fake.wait_for("Your place in the queue: 2", chat=CHAT)
        await fake.until_confirmed()
        await server.app.state.parts.telegram.sender.take_no_more()
        await server.app.state.parts.telegram.sender._watching.stop()
        first = (await status_of(server, "76")).conversation
        await handoffs.claim(agent, first, epoch=await epoch_of(server, first))
    assert not fake.called("editMessageText")
    async with open_telegram() as server:
        assert (await status_of(server, THREAD)).status == "queued"
        moved = await fake.wait_for_call("editMessageText")
        assert moved.text.startswith("Your place in the queue: 1")


async def test_who_waits_through_the_night_is_told_of_the_morning(
    open_telegram: Open, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour in which nothing happens is not the end of it; with the bot alone, it is."""
    monkeypatch.setattr(f"{WATCHING}.IDLE_SECONDS", 0.2)
    async with open_telegram() as server:
        watching = server.app.state.parts.telegram.sender._watching
        await fake.says("how long is delivery?", who=BEFORE)
        await fake.wait_for("Two working days.", chat=76)
        await fake.says("/human")
        await fake.wait_for("Your place in the queue: 1", chat=CHAT)
        await fake.until(lambda: set(watching._threads) == {THREAD}, "the end of the other one")
        await asyncio.sleep(0.5)  # the night
        there = (await status_of(server)).conversation
        moved = Hint(thread_topic("telegram", THREAD), "place", PlaceInQueue(there, 7, None))
        server.app.state.parts.bus.publish(moved)
        assert (await fake.wait_for_call("editMessageText")).text == "Your place in the queue: 7"


async def test_with_polling_a_thread_that_is_followed_no_more_is_found_again(
    open_telegram: Open, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{WATCHING}.LOOK_SECONDS", 0.0)
    monkeypatch.setattr("connectors.telegram.polling.EXTEND_SECONDS", 0.05)
    async with open_telegram() as server:
        watching = server.app.state.parts.telegram.sender._watching
        await fake.says("/human")
        await fake.wait_for("Your place in the queue: 1", chat=CHAT)
        before = watching._threads[THREAD]
        before.cancel()  # as the one that was quiet for longest, when there are too many
        await fake.until(lambda: watching._threads.get(THREAD) not in (before, None), "it")
