"""Whoever waits for a person may leave an address, or go back to the assistant."""

import pytest
from sqlalchemy import select

from bot.conversations.models import Customer
from tests.connectors.telegram.fake import ANNA, Call, FakeTelegram
from tests.connectors.telegram.test_afterwards import reply_to
from tests.connectors.telegram.test_commands import MARYSIA, agent_of, epoch_of, status_of
from tests.server import Server

pytestmark = pytest.mark.asyncio
LEAVE = "✉️ Leave an e-mail address or a number"
BACK = "↩️ Back to the assistant"


async def customer_of(server: Server) -> Customer:
    async with server.app.state.parts.db.read() as session:
        found: Customer = (await session.scalars(select(Customer))).one()
        return found


async def asked_for_an_address(fake: FakeTelegram) -> tuple[Call, Call]:
    """Who waits for a person presses the button under the status; the status, and the question."""
    await fake.says("/human")
    await fake.says("/status")
    status = await fake.wait_for("Your conversation waits for a person.")
    await fake.presses(status, LEAVE)
    return status, await fake.wait_for("Where can we reach you?")


async def test_an_address_is_left_instead_of_waiting_and_a_wrong_one_asked_for_again(
    server: Server, fake: FakeTelegram
) -> None:
    _, asked = await asked_for_an_address(fake)
    assert asked.given["reply_markup"]["force_reply"] is True
    await fake.says("call me please", **reply_to(asked))
    again = await fake.wait_for("phone number", times=2)
    assert again.given["reply_markup"]["force_reply"] is True
    left = await fake.says("anna@example.com", **reply_to(again))
    await fake.wait_for("anna@example.com")  # the desk has taken it
    await fake.send(message=left)  # and once more
    await fake.until_confirmed()
    assert (await customer_of(server)).email == "anna@example.com"
    assert (await status_of(server)).status == "queued"
    assert server.engine.requests == []
    assert len([call for call in fake.sent() if "anna@example.com" in call.text]) == 1


async def test_the_status_leads_back_to_the_assistant_once(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("/human", who=MARYSIA)
    await fake.says("/status", who=MARYSIA)
    status = await fake.wait_for("Rozmowa czeka na konsultanta.")
    await fake.presses(status, "↩️ Wróć do asystenta", who=MARYSIA)
    shut = await fake.wait_for_call("editMessageReplyMarkup")
    assert [key["text"][:1] for key in shut.keys] == ["✓"]
    found = await status_of(server, "88")
    assert found.status == "bot"
    await fake.presses(status, "↩️ Wróć do asystenta", who=MARYSIA)
    told = await fake.wait_for_call("answerCallbackQuery", times=2)
    assert told.given["text"].startswith("Rozmowa nie czeka")
    desk = server.app.state.parts.frontdesk
    said = await desk.messages_after("telegram", "88", found.conversation, 0)
    assert [message.text for message in said].count("Wolę dalej rozmawiać z asystentem.") == 1


async def test_once_a_person_has_it_an_address_is_a_message_to_them(
    server: Server, fake: FakeTelegram
) -> None:
    status, asked = await asked_for_an_address(fake)
    parts, agent = server.app.state.parts, await agent_of(server)
    there = (await status_of(server)).conversation
    await parts.handoffs.claim(agent, there, epoch=await epoch_of(server, there))
    await fake.wait_for("Ola has joined")
    await fake.presses(status, BACK)
    told = await fake.wait_for_call("answerCallbackQuery", times=2)
    assert told.given["text"].startswith("Your conversation does not wait")
    await fake.says("anna@example.com", **reply_to(asked))
    await fake.until_confirmed()
    said = await parts.frontdesk.messages_after("telegram", str(ANNA["id"]), there, 0)
    assert "anna@example.com" in [message.text for message in said]
    assert (await status_of(server)).status == "with_agent"
    assert (await customer_of(server)).email == "anna@example.com"
