"""The place in the queue with several processes that Telegram brings updates to: told by one."""

import pytest

from bot.channel import Author, AuthorKind, Hint, PlaceInQueue, thread_topic
from tests.connectors.telegram.conftest import Open, bring, webhooks
from tests.connectors.telegram.fake import ANNA, FakeTelegram
from tests.connectors.telegram.test_commands import THREAD, status_of
from tests.server import Server

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]
Two = tuple[Server, Server]
PLACE = "Your place in the queue: "


def followed(server: Server) -> set[str]:
    return set(server.app.state.parts.telegram.sender._watching._threads)


async def wants_a_person(server: Server, fake: FakeTelegram, number: int) -> None:
    said = fake.message("/human")
    assert await bring(server, {"update_id": number, "message": said}) == 200


def publish(server: Server, hint: Hint) -> None:
    server.app.state.parts.bus.publish(hint)


def place(there: str, number: int) -> Hint:
    return Hint(thread_topic("telegram", THREAD), "place", PlaceInQueue(there, number, None))


async def test_after_a_restart_one_process_goes_on_and_the_other_when_that_one_ends(
    open_telegram: Open, shared_url: str, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.watching.LOOK_AGAIN_SECONDS", 0.05)
    shared = webhooks(shared_url)
    async with open_telegram(**shared) as before:
        await wants_a_person(before, fake, 1)
        await fake.wait_for(f"{PLACE}1")
    typing = Hint(thread_topic("telegram", THREAD), "typing", (Author(AuthorKind.AGENT), True))
    async with open_telegram(**shared) as one:
        await fake.until(lambda: followed(one), "the first one's thread")
        async with open_telegram(**shared) as other:
            await fake.wait_for_call("setMyCommands", times=9)
            there = (await status_of(other)).conversation
            for server in (one, other):
                publish(server, typing)
                publish(server, place(there, 7))
            await fake.until(lambda: fake.called("editMessageText"), "the place")
            assert (followed(one), followed(other)) == ({THREAD}, set())
            assert len(fake.called("sendChatAction")) == 1
            told = [call.text for call in fake.called("editMessageText")]
            assert told.count(f"{PLACE}7") == 1
            sender = one.app.state.parts.telegram.sender
            await sender.take_no_more()
            await sender._watching.stop()
            await fake.until(lambda: followed(other), "the other one's thread")


async def test_the_thread_of_a_process_that_has_ended_is_followed_by_who_goes_on_for_all(
    open_telegram: Open, shared_url: str, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.watching.LOOK_SECONDS", 0.0)
    monkeypatch.setattr("connectors.telegram.watching.EXTEND_SECONDS", 0.05)
    shared = webhooks(shared_url)
    async with open_telegram(**shared) as one:
        async with open_telegram(**shared) as other:
            await fake.wait_for_call("setMyCommands", times=6)  # the other one is there, too
            await wants_a_person(other, fake, 1)
            await fake.wait_for(f"{PLACE}1")
        await fake.until(lambda: followed(one), "the other one's thread")
        publish(one, place((await status_of(one)).conversation, 7))
        assert (await fake.wait_for_call("editMessageText")).text == f"{PLACE}7"


async def test_who_is_followed_by_two_processes_reads_one_message_that_changes(
    two: Two, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = fake.hold("sendMessage", PLACE)
    await wants_a_person(two[0], fake, 1)
    await fake.wait_for(f"{PLACE}1")
    memory, tries = two[1].app.state.parts.memory, list[str]()
    first = memory.first

    async def counted(channel: str, key: str, value: str = "", *, days: float) -> bool:
        if key.startswith("place:"):
            tries.append(key)
        return bool(await first(channel, key, value, days=days))

    monkeypatch.setattr(memory, "first", counted)
    said = fake.message("hello?")
    assert await bring(two[1], {"update_id": 2, "message": said}) == 200
    publish(two[1], place((await status_of(two[1])).conversation, 7))
    await fake.until(lambda: len(tries) > 1, "the other one's second try")
    go_on.set()
    changed = await fake.wait_for_call("editMessageText")
    told = [call for call in fake.sent(ANNA["id"]) if PLACE in call.text]
    assert len(told) == 1
    assert changed.given["message_id"] == told[0].given["message_id"]


async def test_a_place_that_is_the_same_again_is_told_again(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("/human")
    await fake.wait_for(f"{PLACE}1")
    there = (await status_of(server)).conversation
    for times, number in enumerate((7, 8, 7), start=1):
        publish(server, place(there, number))
        changed = await fake.wait_for_call("editMessageText", times=times)
        assert changed.text == f"{PLACE}{number}"
