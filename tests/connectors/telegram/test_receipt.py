"""What was passed on is seen and put right by whoever waits for a person."""

import pytest

from bot.handoff.queries import load_packet
from tests.connectors.telegram.fake import FakeTelegram
from tests.connectors.telegram.test_afterwards import reply_to
from tests.connectors.telegram.test_commands import MARYSIA, agent_of, epoch_of, status_of
from tests.desk import answer
from tests.server import Server

pytestmark = pytest.mark.asyncio
HANDOFF = answer(
    handoff={"reason": "action", "details": {"order_number": "10482"}},
    slots={"order_number": "10482", "email": "anna@example.com"},
    replies=[],
)


async def test_a_fact_is_put_right_by_a_reply_and_the_agent_sees_it(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = HANDOFF
    await fake.says("where is order 10482?")
    place = await fake.wait_for("Your place in the queue: 1")
    await fake.presses(place, "📋 What we passed on")
    shown = await fake.wait_for("What we passed on\n")
    assert "Your question: where is order 10482?" in shown.text
    assert "Order number: 10482" in shown.text
    await fake.presses(shown, "✏️ Order number")
    asked = await fake.wait_for("Order number is “10482”. What should it be?")
    await fake.says("10483", **reply_to(asked))
    await fake.wait_for("Thank you, this is put right.")
    await fake.says("/status")
    await fake.presses(await fake.wait_for("Your conversation waits"), "📋 What we passed on")
    await fake.wait_for("Order number: 10483 (corrected)")
    there = (await status_of(server)).conversation
    parts = server.app.state.parts
    async with parts.db.read() as session:
        from bot.conversations.models import Conversation

        found = await session.get_one(Conversation, there)
        packet = await load_packet(session, found, desks=())
    fact = next(fact for fact in packet.facts if fact.name == "order_number")
    assert (fact.value, fact.before) == ("10483", "10482")
    assert len(server.engine.requests) == 1  # a correction is no message


async def test_a_wrong_contact_is_asked_for_again(server: Server, fake: FakeTelegram) -> None:
    server.engine.at_once = HANDOFF
    await fake.says("zamówienie 10482", who=MARYSIA)
    place = await fake.wait_for("Miejsce w kolejce: 1")
    await fake.presses(place, "📋 Co przekazaliśmy", who=MARYSIA)
    shown = await fake.wait_for("Co przekazaliśmy konsultantowi\n")
    title = next(key["text"] for key in shown.keys if "mail" in key["text"])
    await fake.presses(shown, title, who=MARYSIA)
    asked = await fake.wait_for("Jak powinno być?")
    await fake.says("x" * 201, who=MARYSIA, **reply_to(asked))
    again = await fake.wait_for("Prosimy wpisać od 1 do 200 znaków.")
    await fake.says("marysia@example.com", who=MARYSIA, **reply_to(again))
    await fake.wait_for("Dziękujemy, poprawione.")


async def test_once_a_person_has_it_nothing_is_changed_behind_their_back(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = HANDOFF
    await fake.says("where is order 10482?")
    place = await fake.wait_for("Your place in the queue: 1")
    await fake.presses(place, "📋 What we passed on")
    shown = await fake.wait_for("What we passed on\n")
    await fake.presses(shown, "✏️ Order number")
    asked = await fake.wait_for("What should it be?")
    parts, agent = server.app.state.parts, await agent_of(server)
    there = (await status_of(server)).conversation
    await parts.handoffs.claim(agent, there, epoch=await epoch_of(server, there))
    await fake.wait_for("Ola has joined")
    await fake.presses(shown, "✏️ Order number")
    told = await fake.wait_for_call("answerCallbackQuery", times=3)
    assert told.given["text"].startswith("Your conversation does not wait for a person")
    count = len(fake.sent())
    await fake.says("10483", **reply_to(asked))
    await fake.until(lambda: len(fake.sent()) > count, "the refusal")
    assert "put right" not in fake.sent()[-1].text
