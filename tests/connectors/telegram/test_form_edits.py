"""An edit of what waits behind the form before the chat is what is handed on, and answered once."""

from typing import Any

import pytest

from connectors.telegram import patience
from tests.connectors.telegram.fake import FakeTelegram
from tests.connectors.telegram.test_again import refuse
from tests.connectors.telegram.test_disorder import edit_of
from tests.connectors.telegram.test_form import fill_in
from tests.connectors.telegram.test_form import server as server
from tests.server import Server

pytestmark = pytest.mark.asyncio


def asked(server: Server) -> list[str | None]:
    return [request.text for request in server.engine.requests]


async def test_what_waits_is_answered_as_it_was_last_edited(
    server: Server, fake: FakeTelegram
) -> None:
    first = await fake.says("where is 1042?")
    await fake.wait_for("Your e-mail")
    await fake.send(edited_message=edit_of(first, "where is 1048?"))
    await fake.send(edited_message=edit_of(first, "where is 10482? card 4111 1111 1111 1111"))
    await fill_in(fake)
    await fake.wait_for("Two working days.")
    assert asked(server) == ["where is 10482? card •••"]


async def test_an_edit_that_comes_to_another_process_while_it_is_handed_on_is_made(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.engine.at_once = None
    parts = server.app.state.parts
    receive = parts.frontdesk.receive_customer_message
    first = await fake.says("where is 1042?")

    async def overtaken(inbound: Any) -> Any:
        key = f"edit:77:{inbound.external_id}"
        await parts.memory.keep("telegram", key, "where is 10482?", days=1.0)
        return await receive(inbound)

    monkeypatch.setattr(parts.frontdesk, "receive_customer_message", overtaken)
    await fake.wait_for("Your e-mail")
    await fill_in(fake)
    await fake.until(lambda: asked(server)[-1:] == ["where is 10482?"], "the edit")
    assert first["text"] == asked(server)[0]


async def test_of_two_messages_that_wait_each_may_be_edited_before_and_after(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PAUSES_SECONDS", (0.01, 0.02, 0.04))
    server.engine.at_once = None
    await fake.says("/start")
    await fake.wait_for("Your e-mail")
    refuse(fake, "bad gateway", times=8)  # the next question, twice for longer than we try
    await fake.says("anna@example.com")
    first = await fake.says("two things:")
    await fake.wait_for_call("refused:sendMessage", times=8)
    second = await fake.says("where is 1042?")
    phone = await fake.wait_for("Your phone")
    await fake.send(edited_message=edit_of(second, "where is 10482?"))
    await fake.presses(phone, "Skip")
    await fake.presses(await fake.wait_for("Topic"), "An order")
    await fake.presses(await fake.wait_for("We keep what you write."), "I agree")
    await fake.until(lambda: asked(server) == ["two things:\nwhere is 10482?"], "both")
    await fake.send(edited_message=edit_of(first, "one thing:"))
    await fake.until(lambda: asked(server)[1:] == ["one thing:\nwhere is 10482?"], "the edit")


async def test_the_words_of_a_link_or_a_command_stay_what_they_are(
    server: Server, fake: FakeTelegram
) -> None:
    command = await fake.says("/human")
    await fake.wait_for("Your e-mail")
    await fake.send(edited_message=edit_of(command, "nobody"))
    await fill_in(fake)
    await fake.wait_for("queue")
    there = (await server.app.state.parts.frontdesk.thread_status("telegram", "77")).conversation
    kept = await server.app.state.parts.frontdesk.messages_after("telegram", "77", there, 0)
    assert kept[0].text == "I would like to talk to a person."
