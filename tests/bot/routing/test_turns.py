"""A turn's key, and what becomes of turns when the desk stops."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.dialogue.engine_client import EngineFailure
from tests.desk import TestDesk, answer, open_desk, unclear

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def test_every_message_has_a_key_of_its_own_and_every_attempt_the_same(
    desk: TestDesk,
) -> None:
    receipt = await desk.customer_says("Return my kettle")
    async with desk.db.write() as tx:
        turn = (await desk.turns(receipt.conversation))[0]
        stored = await tx.session.merge(turn)
        stored.leased_until = None  # as when its process died
    assert await desk.parts.turns.sweep() == 1
    await desk.settle()
    first, again = desk.engine.requests
    assert first.key is not None
    assert first.key == again.key
    assert (first.again, again.again) == (False, True)
    desk.engine.reply(1, answer("Done."))
    await desk.settle()
    await desk.customer_says("Return my kettle")
    assert desk.engine.requests[-1].key != first.key


async def test_another_question_in_the_same_turn_has_another_key(desk: TestDesk) -> None:
    await desk.customer_says("blorp")
    desk.engine.reply(0, unclear("Sorry?", {"care_invoice": 0.4}))
    await desk.settle()
    await desk.customer_says("yes")
    desk.engine.reply(0, answer(intent="affirm"))
    await desk.settle()
    yes, instead = desk.engine.requests[-2:]
    assert instead.payload == "/care_invoice"
    assert yes.key != instead.key


async def test_a_desk_that_stops_finishes_what_it_holds_and_leaves_the_rest(
    desk: TestDesk,
) -> None:
    held = await desk.customer_says("First", thread="a")
    stopping = asyncio.create_task(desk.parts.turns.stop())
    await asyncio.sleep(0)
    late = await desk.parts.frontdesk.receive_customer_message(desk.inbound("Late", thread="b"))
    assert len(desk.engine.requests) == 1
    desk.engine.reply(0, answer("Here it is."))
    await stopping
    assert (await desk.turns(held.conversation))[0].status == "answered"
    left = (await desk.turns(late.conversation))[0]
    # The next sweep takes it at once, as one that nobody has asked.
    assert (left.status, left.leased_until, left.attempts) == ("waiting", None, 0)


async def test_a_failure_is_told_and_queued_with_its_reason(desk: TestDesk) -> None:
    receipt = await desk.customer_says("Hello")
    desk.engine.reply(0, EngineFailure("engine_timeout", "no answer within 10 s"))
    await desk.settle()
    turn = (await desk.turns(receipt.conversation))[0]
    assert (turn.status, turn.problem) == ("handed_off", "no answer within 10 s")
    assert (await desk.conversation(receipt.conversation)).status == "queued"
    said = (await desk.messages(receipt.conversation))[1].text
    assert said.startswith("I am having trouble at the moment. A colleague will take over.")
