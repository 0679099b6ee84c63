""" "Was this helpful?", from the question to the agent's card."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.channel import Receipt
from bot.conversations.state import Status
from bot.feedback.models import Feedback
from bot.feedback.opinion import pressed
from bot.handoff.queries import load_packet
from bot.routing import helpful
from bot.routing.buttons import is_own
from tests.desk import DESK, TestDesk, answer, open_desk

pytestmark = pytest.mark.asyncio

ASKED = "Was this helpful?"
ANSWERED = "utter_care_delivery_time"
RANKING = [
    {"name": "care_delivery_time", "confidence": 0.7},
    {"name": "affirm", "confidence": 0.2},
    {"name": "care_delivery_late", "confidence": 0.1},
]


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def answered(desk: TestDesk, name: str = ANSWERED, **fields: Any) -> Receipt:
    receipt = await desk.customer_says("When does it come?")
    await desk.bot_answers("Two days.", answered=name, ranking=RANKING, **fields)
    return receipt


async def texts(desk: TestDesk, receipt: Receipt) -> list[str]:
    return [message.text for message in await desk.messages(receipt.conversation)]


async def opinions(desk: TestDesk) -> list[Feedback]:
    async with desk.db.read() as session:
        return list(await session.scalars(select(Feedback)))


async def test_it_is_asked_once_for_each_answer_of_a_conversation(desk: TestDesk) -> None:
    receipt = await answered(desk)
    assert (await texts(desk, receipt))[-1] == ASKED
    await answered(desk, "utter_care_delivery_cost")
    assert (await texts(desk, receipt)).count(ASKED) == 2
    await answered(desk)
    assert (await texts(desk, receipt))[-1] == "Two days."


@pytest.mark.parametrize("name", sorted(helpful.NOT_ASKED_AFTER))
async def test_it_is_not_asked_after_emergencies_and_what_the_bot_cannot_do(name: str) -> None:
    assert not helpful.may_ask(answer("Leave the room.", answered=name))


async def test_it_is_not_asked_of_small_talk_forms_and_handoffs() -> None:
    assert not helpful.may_ask(answer("Hello!"))
    assert not helpful.may_ask(answer("x", answered="a", slots={"requested_slot": "number"}))
    assert not helpful.may_ask(answer("x", answered="a", handoff={"reason": "r"}))


async def test_the_payload_fits_into_every_channel() -> None:
    for button in helpful.question(10**6, "pl").buttons:
        assert len(button.payload.encode()) <= 64
        assert pressed(button.payload) is not None
        assert is_own(button.payload)
    for nonsense in ("/firstline_helpful", "/firstline_helpful[]", "/firstline_helpful{}", "/x"):
        assert pressed(nonsense) is None


async def test_yes_is_kept_and_thanked_for(desk: TestDesk) -> None:
    receipt = await answered(desk)
    await desk.customer_presses(receipt, "Yes")
    assert (await texts(desk, receipt))[-1] == "Thank you, good to know."
    (kept,) = await opinions(desk)
    assert (kept.seq, kept.answer, kept.intent) == (1, ANSWERED, "care_delivery_time")
    assert (kept.language, kept.helpful) == ("en", True)
    assert len(desk.engine.requests) == 1


async def test_no_leads_to_the_next_guess_and_to_a_person(desk: TestDesk) -> None:
    receipt = await answered(desk)
    await desk.customer_presses(receipt, "No")
    last = (await desk.messages(receipt.conversation))[-1]
    assert [button["payload"] for button in last.buttons] == [
        "/care_delivery_late",
        "/firstline_human",
    ]
    assert "say it in other words" in last.text
    await desk.customer_presses(receipt, "My parcel is late")
    assert desk.engine.requests[-1].payload == "/care_delivery_late"


async def test_a_second_press_changes_the_opinion(desk: TestDesk) -> None:
    receipt = await answered(desk)
    await desk.customer_presses(receipt, "Yes")
    await desk.customer_presses(receipt, "No")
    assert [kept.helpful for kept in await opinions(desk)] == [False]


@pytest.mark.parametrize(("intent", "expected"), [("affirm", True), ("deny", False)])
async def test_yes_and_no_may_be_typed(desk: TestDesk, intent: str, *, expected: bool) -> None:
    receipt = await answered(desk)
    await desk.customer_says("…")
    await desk.bot_answers("What would you like to know?", intent=intent)
    assert [kept.helpful for kept in await opinions(desk)] == [expected]
    assert "What would you like to know?" not in await texts(desk, receipt)


async def test_a_typed_no_to_anything_else_is_the_bots_business(desk: TestDesk) -> None:
    receipt = await answered(desk)
    await desk.customer_says("Thanks")
    await desk.bot_answers("You are welcome.", intent="thank")
    await desk.customer_says("no")
    await desk.bot_answers("All right.", intent="deny")
    assert await opinions(desk) == []
    assert (await texts(desk, receipt))[-1] == "All right."


async def test_an_opinion_counts_also_when_a_human_has_the_conversation(desk: TestDesk) -> None:
    receipt = await answered(desk)
    await desk.customer_asks_for_human()
    before = len(await texts(desk, receipt))
    await desk.customer_presses(receipt, "No")
    assert len(await texts(desk, receipt)) == before + 1, "nobody talks over the human"
    assert [kept.helpful for kept in await opinions(desk)] == [False]
    conversation = await desk.conversation(receipt.conversation)
    assert conversation.status is Status.QUEUED
    async with desk.db.read() as session:
        packet = await load_packet(session, conversation, desks=[DESK])
    assert [(found.seq, found.intent) for found in packet.not_helpful] == [
        (1, "care_delivery_time")
    ]
