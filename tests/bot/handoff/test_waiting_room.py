"""What customers may do while they wait: go back, leave a contact, put right what was passed on."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from bot.channel import HandoffReceipt, LeftMessage
from bot.clock import now
from bot.conversations.errors import NotPossibleNow
from bot.conversations.state import Status
from bot.handoff.contacts import BadContact
from bot.handoff.queries import load_packet
from bot.handoff.reasons import REASONS
from bot.handoff.waiting_room import BadCorrection, NoSuchFact, WaitingRoom
from bot.texts import catalogue
from tests.desk import DESK, TestDesk, answer, open_desk


def room(desk: TestDesk) -> WaitingRoom:
    return desk.parts.waiting_room


async def receipt_of(desk: TestDesk) -> HandoffReceipt:
    found = await room(desk).handoff_receipt("web", "t1")
    assert found is not None
    return found


async def packet_of(desk: TestDesk, conversation_id: str) -> Any:
    async with desk.db.read() as session:
        conversation = await desk.conversation(conversation_id)
        return await load_packet(session, conversation, desks=[DESK])


async def somebody_who_asked_about_an_order(desk: TestDesk) -> str:
    desk.engine.at_once = answer(
        "On its way.",
        intent="care_order_status",
        slots={"order_number": "10482"},
        entities=[{"entity": "email", "value": "jan@example.com"}],
    )
    await desk.customer_says("Where is my order 10482? I am jan@example.com")
    return (await desk.customer_asks_for_human()).conversation


@pytest.mark.asyncio
async def test_the_receipt_says_why_what_was_asked_and_what_was_found_out(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await somebody_who_asked_about_an_order(desk)
        receipt = await receipt_of(desk)
        assert receipt.reason == "You asked for a person"
        assert receipt.asked == "Where is my order 10482? I am jan@example.com"
        assert {(fact.label, fact.value) for fact in receipt.facts} == {
            ("Order number", "10482"),
            ("E-mail", "jan@example.com"),
        }


@pytest.mark.asyncio
async def test_there_is_a_receipt_only_while_the_customer_waits(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        desk.engine.at_once = answer("Hello")
        await desk.customer_says("hello")
        assert await room(desk).handoff_receipt("web", "t1") is None
        assert await room(desk).handoff_receipt("web", "somebody else") is None


@pytest.mark.asyncio
async def test_a_correction_reaches_the_agent_with_where_it_comes_from(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        conversation = await somebody_who_asked_about_an_order(desk)
        await room(desk).correct("web", "t1", "order_number", "  10483 ")
        await room(desk).correct("web", "t1", "order_number", "10484")
        fact = next(fact for fact in (await receipt_of(desk)).facts if fact.label == "Order number")
        assert (fact.value, fact.is_corrected) == ("10484", True)
        packet = await packet_of(desk, conversation)
        fact = next(fact for fact in packet.facts if fact.name == "order_number")
        assert (fact.value, fact.before) == ("10484", "10482")
        assert (await desk.events(conversation)).count("correct") == 2


@pytest.mark.asyncio
async def test_what_the_bot_finds_out_later_goes_before_an_old_correction(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        conversation = await somebody_who_asked_about_an_order(desk)
        await room(desk).correct("web", "t1", "order_number", "10483")
        await room(desk).back_to_bot(desk.inbound("back"))
        desk.engine.at_once = answer("Here.", slots={"order_number": "77777"})
        await desk.customer_says("And 77777?")
        packet = await packet_of(desk, conversation)
        assert next(f for f in packet.facts if f.name == "order_number").value == "77777"


@pytest.mark.asyncio
async def test_an_address_that_is_corrected_is_where_the_customer_is_reached(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as desk:
        await room(desk).leave_message(desk.inbound("Please call"), LeftMessage("jan@exmaple.com"))
        with pytest.raises(BadContact):
            await room(desk).correct("web", "t1", "email", "600 700 800")
        await room(desk).correct("web", "t1", "email", "jan@example.com")
        receipt = await receipt_of(desk)
        assert [(f.value, f.is_corrected) for f in receipt.facts if f.name == "email"] == [
            ("jan@example.com", True)
        ]
        packet = await packet_of(desk, receipt.conversation)
        assert packet.customer.email == "jan@example.com"
        assert "email" in packet.corrected
        assert [d.value for d in packet.details if d.name == "contact"] == ["jan@example.com"]


@pytest.mark.asyncio
async def test_what_a_correction_must_not_carry_is_hidden(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await somebody_who_asked_about_an_order(desk)
        await room(desk).correct("web", "t1", "order_number", "4111 1111 1111 1111")
        fact = next(f for f in (await receipt_of(desk)).facts if f.name == "order_number")
        assert fact.value == "•••"


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("order_number", "   ", BadCorrection),
        ("order_number", "9" * 201, BadCorrection),
        ("colour", "red", NoSuchFact),
        ("language", "pl", NoSuchFact),
    ],
)
@pytest.mark.asyncio
async def test_a_correction_that_is_none_is_refused(
    tmp_path: Path, name: str, value: str, refusal: type[Exception]
) -> None:
    async with open_desk(tmp_path) as desk:
        conversation = await somebody_who_asked_about_an_order(desk)
        with pytest.raises(refusal):
            await room(desk).correct("web", "t1", name, value)
        assert "correct" not in await desk.events(conversation)


@pytest.mark.asyncio
async def test_a_fact_that_is_one_of_a_few_is_said_in_words_and_not_to_be_typed(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as desk:
        desk.engine.at_once = answer("Noted.", slots={"access_level": "read"})
        await desk.customer_says("read access please")
        await desk.customer_asks_for_human()
        fact = (await receipt_of(desk)).facts[0]
        assert (fact.value, fact.is_open) == ("read only", False)
        with pytest.raises(NoSuchFact):
            await room(desk).correct("web", "t1", "access_level", "admin")


@pytest.mark.asyncio
async def test_after_the_agent_has_joined_nothing_is_corrected_and_nobody_goes_back(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as desk:
        conversation = await somebody_who_asked_about_an_order(desk)
        agent = await desk.add_agent()
        queued = await desk.conversation(conversation)
        await desk.handoffs.claim(agent, conversation, epoch=queued.epoch)
        said = len(await desk.messages(conversation))
        with pytest.raises(NotPossibleNow):
            await room(desk).correct("web", "t1", "order_number", "1")
        with pytest.raises(NotPossibleNow):
            await room(desk).back_to_bot(desk.inbound("back"))
        assert len(await desk.messages(conversation)) == said
        assert await room(desk).handoff_receipt("web", "t1") is None


@pytest.mark.asyncio
async def test_back_to_the_bot_is_out_of_the_queue_and_the_bot_answers(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        receipt = await desk.customer_asks_for_human()
        before = await desk.conversation(receipt.conversation)
        inbound = desk.inbound("I would rather go on with the assistant.")
        first = await room(desk).back_to_bot(inbound)
        again = await room(desk).back_to_bot(inbound)
        assert again.duplicate
        assert again.seq == first.seq
        after = await desk.conversation(receipt.conversation)
        assert after.status is Status.BOT
        assert after.epoch == before.epoch + 1
        assert after.due_at is None
        # The words of the button are no question that the bot was not asked.
        with time_machine.travel(now() + timedelta(minutes=2)):
            await desk.parts.upkeep.check(since=now() - timedelta(hours=1))
        assert "repaired" not in await desk.events(receipt.conversation)
        desk.engine.at_once = answer("Two days.")
        await desk.customer_says("How long?")
        said = [message.text for message in await desk.messages(receipt.conversation)]
        assert "Two days." in said


@pytest.mark.asyncio
async def test_a_message_left_with_a_contact_is_in_the_queue_with_it(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        inbound = desk.inbound("My parcel is broken. My PIN: 1234 5678", language="pl")
        left = LeftMessage("600 700 800", "Ola Nowak")
        receipt = await room(desk).leave_message(inbound, left)
        assert (await room(desk).leave_message(inbound, left)).duplicate
        conversation = await desk.conversation(receipt.conversation)
        assert conversation.status is Status.QUEUED
        assert conversation.handoff_reason == "left_message"
        assert conversation.contact_asks == 0
        packet = await packet_of(desk, receipt.conversation)
        assert packet.customer.phone == "600 700 800"
        assert packet.customer.name is None  # what somebody claims is no name that we know
        assert ("name", "Ola Nowak") in [(fact.name, fact.value) for fact in packet.details]
        said = [message.text for message in await desk.messages(receipt.conversation)]
        assert said[0].startswith("My parcel is broken.")
        assert "odezwiemy się pod: 600 700 800" in said[1]


@pytest.mark.asyncio
async def test_a_contact_left_in_the_queue_is_kept_and_thanked_for(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        receipt = await desk.customer_asks_for_human()
        await room(desk).leave_message(desk.inbound("a@b.pl"), LeftMessage("a@b.pl"))
        said = [message.text for message in await desk.messages(receipt.conversation)]
        assert said[-1] == "Thank you. We will get back to you at a@b.pl."
        assert said.count("a@b.pl") == 1
        conversation = await desk.conversation(receipt.conversation)
        assert conversation.status is Status.QUEUED
        assert conversation.handoff_reason == "asked_for_human"
        assert "leave_contact" in await desk.events(receipt.conversation)


@pytest.mark.asyncio
async def test_a_button_of_before_is_no_contact(tmp_path: Path) -> None:
    """Whoever presses it in the queue is told what it does there, not that it is no address."""
    async with open_desk(tmp_path) as desk:
        buttons = [
            {"title": "Talk to a person", "payload": "/talk_to_human"},
            {"title": "Delivery cost", "payload": "/care_delivery_cost"},
        ]
        desk.engine.at_once = answer(replies=[{"text": "Soon.", "buttons": buttons}])
        offer = await desk.customer_says("When?")
        await desk.customer_asks_for_human()
        assert (await desk.conversation(offer.conversation)).contact_asks == 1
        asked = len(await desk.messages(offer.conversation))
        for title in ("Delivery cost", "Talk to a person"):
            await desk.customer_presses(offer, title)
        said = [message.text for message in (await desk.messages(offer.conversation))[asked:]]
        assert said[:2] == ["Delivery cost", "Talk to a person"]
        assert len(said) == 3
        assert "already in the queue" in said[2]
        assert (await desk.conversation(offer.conversation)).contact_asks == 1


@pytest.mark.parametrize("contact", ["call me maybe", "12345", "1234567890123456789", "a@b"])
@pytest.mark.asyncio
async def test_a_contact_that_is_none_is_refused_and_nothing_is_kept(
    tmp_path: Path, contact: str
) -> None:
    async with open_desk(tmp_path) as desk:
        with pytest.raises(BadContact):
            await room(desk).leave_message(desk.inbound("Hello"), LeftMessage(contact))
        assert await desk.parts.frontdesk.thread_status("web", "t1") is None


@pytest.mark.asyncio
async def test_who_left_a_contact_and_talks_to_the_bot_comes_back_into_the_queue(
    tmp_path: Path,
) -> None:
    with time_machine.travel("2026-11-30T09:00:00+00:00", tick=False) as clock:
        async with open_desk(tmp_path) as desk:
            receipt = await room(desk).leave_message(
                desk.inbound("Broken parcel"), LeftMessage("a@b.pl")
            )
            await room(desk).back_to_bot(desk.inbound("back"))
            said = (await desk.messages(receipt.conversation))[-1].text
            assert "they will get back to you at a@b.pl" in said
            clock.shift(timedelta(minutes=9))
            desk.engine.at_once = answer("Two days.")
            await desk.customer_says("How long does it take?")
            clock.shift(timedelta(minutes=2))
            await desk.parts.timers.sweep()  # they were talking just now
            assert (await desk.conversation(receipt.conversation)).status is Status.BOT
            clock.shift(timedelta(minutes=4))
            await desk.parts.timers.sweep()
            conversation = await desk.conversation(receipt.conversation)
            assert conversation.status is Status.QUEUED
            assert conversation.handoff_reason == "promised"
            assert conversation.handoff_details == {"contact": "a@b.pl"}


def test_every_reason_of_a_handoff_has_its_words_for_the_receipt() -> None:
    for reason in (*REASONS, "agent_gone"):
        assert f"receipt.reason.{reason}" in catalogue()
        assert f"inbox.reason.{reason}" in catalogue()
