"""A desk that was started anew goes on with those who wait for a person or have one."""

import pytest

from bot.channel import Author, AuthorKind, Hint, thread_topic
from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import ANNA, FakeTelegram
from tests.connectors.telegram.test_commands import THREAD, agent_of, epoch_of, status_of

pytestmark = pytest.mark.asyncio
CHAT = ANNA["id"]
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
