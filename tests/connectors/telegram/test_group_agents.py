"""People of the desk in a conversation that began in a group: of it, the group reads nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.accounts.models import Agent
from bot.channel import Author, AuthorKind, Hint, PlaceInQueue, Upload, thread_topic
from bot.handoff.service import Reply
from tests.connectors.telegram.fake import ANNA, GROUP, Call, FakeTelegram
from tests.connectors.telegram.test_commands import agent_of, epoch_of, status_of
from tests.connectors.telegram.test_delivery import deliveries
from tests.connectors.telegram.test_groups import mention
from tests.desk import answer
from tests.files import PDF
from tests.server import Server

pytestmark = pytest.mark.asyncio
CHAT = ANNA["id"]
THREAD = f"{GROUP}:0:{CHAT}"
HANDED_OVER = answer("I am asking a person.", handoff={"reason": "user_request"})
# What stands in anything that the group must not see.
SECRETS = ("person", "Ola", "refund", "invoice", "queue", "rate", "closed")


async def asks_in_the_group(server: Server, fake: FakeTelegram) -> tuple[str, Call]:
    """A conversation that waits for a person, and the group's link to it."""
    server.engine.at_once = HANDED_OVER
    await mention(fake, "I want my money back")
    told = await fake.wait_for("My answer is for you alone.", chat=GROUP)
    return str((await status_of(server, THREAD)).conversation), told


async def follows(fake: FakeTelegram, told: Call) -> None:
    """The customer opens the private chat."""
    await fake.says(f"/start {told.keys[0]['url'].partition('start=')[2]}")


async def writes(server: Server, agent: Agent, there: str, words: str) -> str:
    """The agent, with a file; which one."""
    parts = server.app.state.parts

    async def pieces() -> AsyncIterator[bytes]:
        yield PDF

    upload = Upload("inbox", agent.id, words, "invoice.pdf")
    file = await parts.attachments.receive(upload, pieces())
    epoch = await epoch_of(server, there)
    await parts.handoffs.reply(agent, there, Reply(words, epoch, words, (file.id,)))
    return str(file.id)


def assert_links_alone(fake: FakeTelegram, told: Call, *, times: int) -> None:
    """Of everything that was shown in the group (messages, files, edits), all is the same link."""
    shown = [
        call
        for call in fake.calls
        if str(call.given.get("chat_id")) == str(GROUP) and call.method != "sendChatAction"
    ]
    assert len(shown) == times
    for call in shown:
        assert (call.method, call.text, call.keys) == ("sendMessage", told.text, told.keys)
        assert not any(secret in str(call.given) for secret in SECRETS)


def place(there: str, number: int) -> Hint:
    return Hint(thread_topic("telegram", THREAD), "place", PlaceInQueue(there, number, (5, 10)))


async def test_what_happens_after_the_link_was_followed_is_told_in_the_private_chat_alone(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.routing.typing_sign.AFTER_SECONDS", 60.0)  # the bot's own sign
    parts, agent = server.app.state.parts, await agent_of(server)
    there, told = await asks_in_the_group(server, fake)
    await follows(fake, told)
    await fake.wait_for("queue", chat=CHAT)
    parts.bus.publish(place(there, 7))
    await fake.wait_for("Your place in the queue: 7", chat=CHAT)
    await parts.handoffs.claim(agent, there, epoch=await epoch_of(server, there))
    await fake.wait_for("Ola has joined", chat=CHAT)
    typing = Hint(place(there, 1).topic, "typing", (Author(AuthorKind.AGENT, "Ola"), True))
    parts.bus.publish(typing)
    assert int((await fake.wait_for_call("sendChatAction")).given["chat_id"]) == CHAT
    await writes(server, agent, there, "Your refund of 40 PLN is on its way")
    await fake.wait_for("refund", chat=CHAT)
    paper = await fake.wait_for_call("sendDocument")
    assert (int(paper.given["chat_id"]), paper.files["document"]) == (CHAT, PDF)
    await parts.handoffs.close(agent, there, epoch=await epoch_of(server, there))
    stars = await fake.wait_for("How do you rate", chat=CHAT)
    await fake.presses(stars, "4 ⭐")
    await fake.wait_for_call("editMessageText", times=1)
    assert_links_alone(fake, told, times=1)


async def test_who_comes_along_the_link_reads_their_place_which_then_moves(
    server: Server, fake: FakeTelegram
) -> None:
    there, told = await asks_in_the_group(server, fake)
    while server.app.state.parts.waiting_room.place_of(there) is None:
        await asyncio.sleep(0.02)
    await follows(fake, told)
    stands = await fake.wait_for("Your place in the queue: 1", chat=CHAT)
    server.app.state.parts.bus.publish(place(there, 7))
    moved = await fake.wait_for_call("editMessageText")
    assert moved.given["message_id"] == stands.given["message_id"]
    assert_links_alone(fake, told, times=1)


async def test_what_happens_before_the_link_is_followed_waits_there(
    server: Server, fake: FakeTelegram
) -> None:
    parts, agent = server.app.state.parts, await agent_of(server)
    there, told = await asks_in_the_group(server, fake)
    parts.bus.publish(place(there, 7))
    await parts.handoffs.claim(agent, there, epoch=await epoch_of(server, there))
    await settled(server, fake)
    assert_links_alone(fake, told, times=1)  # that of the bot's answer leads to all of it
    await writes(server, agent, there, "Your refund of 40 PLN is on its way")
    await writes(server, agent, there, "The invoice of the refund")
    await parts.handoffs.close(agent, there, epoch=await epoch_of(server, there))
    await settled(server, fake)
    assert fake.sent(CHAT) == []
    assert_links_alone(fake, told, times=2)  # once more, since a person has written
    await follows(fake, told)
    await fake.wait_for("How do you rate", chat=CHAT)
    texts = "\n".join(call.text for call in fake.sent(CHAT))
    for words in ("queue", "Ola has joined", "refund", "closed"):
        assert words in texts
    assert texts.index("Ola has joined") < texts.index("refund") < texts.index("closed")
    assert (await fake.wait_for_call("sendDocument")).files["document"] == PDF
    assert_links_alone(fake, told, times=2)
    await fake.presses(fake.sent(CHAT)[-1], "4 ⭐")
    await fake.wait_for_call("editMessageText")
    stars = len(fake.sent(CHAT))
    await follows(fake, told)  # a second time there is nothing left to be shown
    await fake.until_confirmed()
    assert len(fake.sent(CHAT)) == stars


async def test_a_file_that_is_lost_is_told_and_what_waits_behind_it_is_shown(
    server: Server, fake: FakeTelegram
) -> None:
    parts, agent = server.app.state.parts, await agent_of(server)
    there, told = await asks_in_the_group(server, fake)
    await parts.handoffs.claim(agent, there, epoch=await epoch_of(server, there))
    lost = await writes(server, agent, there, "The first refund")
    await writes(server, agent, there, "The second refund")
    await settled(server, fake)
    await parts.attachments.destroy([lost])
    await follows(fake, told)
    await fake.wait_for("The second refund", chat=CHAT)
    await fake.wait_for_call("sendDocument")
    texts = [call.text for call in fake.sent(CHAT)]
    first = next(number for number, words in enumerate(texts) if "The first refund" in words)
    assert texts[first + 1] == "The file “invoice.pdf” is no longer there."
    assert "The second refund" in texts[first + 2]
    shown = len(texts)
    await follows(fake, told)
    await fake.until_confirmed()
    assert len(fake.sent(CHAT)) == shown


async def settled(server: Server, fake: FakeTelegram) -> None:
    """Until the outbox has nothing more to hand over."""
    for _ in range(1000):
        if all(status == "delivered" for status, _ in await deliveries(server)):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(await deliveries(server))
