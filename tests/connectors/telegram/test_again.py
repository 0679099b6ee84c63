"""A Telegram that refuses once: what the channel itself says arrives all the same, and once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from telegram.request import HTTPXRequest

from bot.channel import Busy, RetryLater
from connectors.telegram import patience, privately
from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import ANNA, GROUP, FakeTelegram
from tests.connectors.telegram.test_delivery import deliveries
from tests.connectors.telegram.test_form import DESKS
from tests.connectors.telegram.test_groups import mention
from tests.desk import answer
from tests.processes import free_port
from tests.server import Server

pytestmark = pytest.mark.asyncio
CHAT = ANNA["id"]
PRIVATE = answer("Order 10482 was found.")
TOLD, FOUND = "My answer is for you alone.", "Order 10482 was found."


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSES_SECONDS", (0.01, 0.02, 0.04))


def refuse(fake: FakeTelegram, how: str, *, times: int = 1) -> None:
    for _ in range(times):
        match how:
            case "flood":
                fake.refuse("sendMessage", 429, "Too Many Requests", retry_after=1)
            case "bad gateway":
                fake.break_down("sendMessage", 502)
            case "server error":
                fake.refuse("sendMessage", 500, "Internal Server Error")
            case "reset":
                fake.hang_up("sendMessage")


HOWS = ["flood", "bad gateway", "server error", "reset"]


@pytest.mark.parametrize("how", HOWS)
async def test_what_a_command_says_is_said_again_and_once(
    server: Server, fake: FakeTelegram, how: str
) -> None:
    refuse(fake, how)
    await fake.says("/help")
    await fake.wait_for("/human – talk to a person")
    await fake.until_confirmed()
    assert len(fake.called("refused:sendMessage")) == 1
    assert len(fake.sent()) == 1


@pytest.mark.parametrize("how", HOWS)
async def test_an_answer_arrives_though_the_connection_broke(
    server: Server, fake: FakeTelegram, how: str
) -> None:
    refuse(fake, how)
    await fake.says("how long is delivery?")
    await fake.wait_for("Two working days.")
    await fake.until_confirmed()
    assert len(fake.sent()) == 1


@pytest.mark.parametrize("how", ["refused connection", "timeout"])
@pytest.mark.parametrize(
    ("said", "told"),
    [("/help", "/human – talk to a person"), ("how long is delivery?", "Two working days.")],
    ids=["command", "answer"],
)
async def test_a_telegram_that_is_not_reached_is_tried_again_and_it_arrives_once(
    server: Server,
    fake: FakeTelegram,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    said: str,
    told: str,
) -> None:
    tried: list[str] = []
    original = HTTPXRequest.do_request

    async def once(self: HTTPXRequest, url: str, **given: Any) -> tuple[int, bytes]:
        if url.endswith("/sendMessage"):
            tried.append(url)
        if tried == [url]:
            if how == "timeout":
                fake.stall("sendMessage")
                given["read_timeout"] = 0.2
            else:
                url = url.replace(str(fake.port), str(free_port()))
        return await original(self, url=url, **given)

    monkeypatch.setattr(HTTPXRequest, "do_request", once)
    await fake.says(said)
    await fake.wait_for(told)
    await fake.until_confirmed()
    assert len(tried) == 2
    assert len(fake.sent()) == 1


@pytest.mark.parametrize("how", ["flood", "bad gateway"])
async def test_the_group_gets_its_link_and_the_member_what_waited_each_once(
    server: Server, fake: FakeTelegram, how: str
) -> None:
    server.engine.at_once = PRIVATE
    refuse(fake, how)
    await mention(fake, "where is my order?")
    told = await fake.wait_for(TOLD, chat=GROUP)
    refuse(fake, how)
    start = f"/start {told.keys[0]['url'].partition('start=')[2]}"
    await fake.says(start)
    await fake.wait_for(FOUND, chat=CHAT)
    await fake.says(start)
    await fake.until_confirmed()
    assert [call.text for call in fake.sent()] == [told.text, FOUND]
    assert len(fake.called("refused:sendMessage")) == 2


async def test_what_could_not_be_shown_at_all_is_shown_when_the_link_is_followed_again(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.intake.FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr("connectors.telegram.intake.TRIES", 1)
    server.engine.at_once = PRIVATE
    await mention(fake, "where is my order?")
    told = await fake.wait_for(TOLD, chat=GROUP)
    start = f"/start {told.keys[0]['url'].partition('start=')[2]}"
    refuse(fake, "bad gateway", times=4)  # more than we try
    await fake.says(start)
    await fake.wait_for("Something went wrong on our side", chat=CHAT)
    await fake.says(start)
    await fake.wait_for(FOUND, chat=CHAT)
    assert len([call for call in fake.sent() if call.text == FOUND]) == 1


async def test_what_waits_for_the_groups_word_is_not_shown_twice_to_who_came_meanwhile(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second answer's word to the group fails, and its customer comes along the first link."""
    server.engine.at_once = PRIVATE
    await mention(fake, "where is my order?")
    told = await fake.wait_for(TOLD, chat=GROUP)
    start = f"/start {told.keys[0]['url'].partition('start=')[2]}"
    server.engine.at_once = answer("It comes on Monday.")
    refuse(fake, "flood")  # longer than it takes to come along the link
    await mention(fake, "and when?")
    await fake.wait_for_call("refused:sendMessage")
    await fake.says(start)
    await fake.wait_for("It comes on Monday.", chat=CHAT)
    while any(status != "delivered" for status, _ in await deliveries(server)):
        await asyncio.sleep(0.05)
    assert [call.text for call in fake.sent(CHAT)] == [FOUND, "It comes on Monday."]


async def test_of_two_who_show_the_same_one_does(server: Server) -> None:
    parts = server.app.state.parts
    shown = privately.Privately(parts.frontdesk, parts.memory, None, lambda: None)  # type: ignore[arg-type,return-value]
    message: Any = type("Message", (), {"conversation": "c", "seq": 1})
    begun, go_on, count = asyncio.Event(), asyncio.Event(), []

    async def show() -> None:
        count.append(1)
        begun.set()
        await go_on.wait()

    first = asyncio.create_task(shown.show_once(message, show))
    await begun.wait()
    with pytest.raises(Busy):
        await shown.show_once(message, show)
    with pytest.raises(RetryLater):
        await shown._is_the_outboxs(message)
    go_on.set()
    await first
    await shown.show_once(message, show)
    assert await shown._is_the_outboxs(message) is False
    assert len(count) == 1


async def test_a_question_that_could_not_be_asked_is_asked_and_the_next_message_no_answer(
    tmp_path: Path, open_telegram: Open, fake: FakeTelegram
) -> None:
    desks = tmp_path / "desks.toml"
    desks.write_text(DESKS, "utf-8")
    async with open_telegram(desks_file=desks) as server:
        await fake.says("/start")
        await fake.wait_for("Your e-mail")
        refuse(fake, "bad gateway", times=4)  # the next question, for longer than we try
        await fake.says("anna@example.com")
        await fake.wait_for_call("refused:sendMessage", times=4)
        await fake.until_confirmed()
        await fake.says("+48 600 100 200 is where my parcel went")
        phone = await fake.wait_for("Your phone")
        await fake.presses(phone, "Skip")
        await fake.presses(await fake.wait_for("Topic"), "An order")
        await fake.presses(await fake.wait_for("We keep what you write."), "I agree")
        await fake.wait_for("Two working days.")
        assert [request.text for request in server.engine.requests] == [
            "+48 600 100 200 is where my parcel went"
        ]


async def test_the_first_question_comes_after_a_refusal_once(
    tmp_path: Path, open_telegram: Open, fake: FakeTelegram
) -> None:
    desks = tmp_path / "desks.toml"
    desks.write_text(DESKS, "utf-8")
    async with open_telegram(desks_file=desks):
        refuse(fake, "reset")
        await fake.says("where is my order?")
        await fake.wait_for("Your e-mail")
        await fake.says("anna@example.com")
        await fake.wait_for("Your phone")
    assert len([call for call in fake.sent() if call.text == "Your e-mail"]) == 1
