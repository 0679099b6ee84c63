"""From bot to human and back, as customers and agents live it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.channel import EmptyText, TextTooLong
from bot.conversations.errors import NotFound, NotPossibleNow
from bot.conversations.models import Customer, Note
from bot.conversations.state import Status
from bot.dialogue.engine_client import EngineFailure
from bot.handoff.errors import NotYours, StaleSend
from bot.handoff.service import Reply
from tests.desk import TestDesk, open_desk

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def test_two_misses_in_a_row_bring_a_human(desk: TestDesk) -> None:
    first = await desk.customer_says("blorp")
    await desk.bot_answers("Could you rephrase?", intent="nlu_fallback")
    await desk.customer_says("blarp")
    await desk.bot_answers("Could you rephrase?", intent="nlu_fallback")
    conversation = await desk.conversation(first.conversation)
    assert conversation.status is Status.QUEUED
    assert conversation.handoff_reason == "two_misses"
    texts = [message.text for message in await desk.messages(first.conversation)]
    assert texts.count("Could you rephrase?") == 1


@pytest.mark.parametrize("reason", ["engine_down", "engine_timeout", "engine_failed"])
async def test_engine_trouble_is_told_and_queued(desk: TestDesk, reason: str) -> None:
    receipt = await desk.customer_says("Hello?")
    desk.engine.reply(0, EngineFailure(reason, "test"))
    await desk.settle()
    conversation = await desk.conversation(receipt.conversation)
    assert (conversation.status, conversation.handoff_reason) == (Status.QUEUED, reason)
    told = (await desk.messages(receipt.conversation))[-1]
    assert told.text.startswith("I am having trouble at the moment.")
    assert [turn.problem for turn in await desk.turns(receipt.conversation)] == ["test"]


async def test_an_action_may_name_a_reason_that_only_it_knows(desk: TestDesk) -> None:
    receipt = await desk.customer_says("Where is 10499?")
    handoff = {"reason": "parcel_lost", "details": {"order": "10499"}}
    await desk.bot_answers("It seems lost.", handoff=handoff)
    conversation = await desk.conversation(receipt.conversation)
    assert conversation.handoff_reason == "action"
    assert conversation.handoff_details == {"reason": "parcel_lost", "order": "10499"}


async def test_whom_a_form_told_the_contact_is_not_asked_for_it_again(desk: TestDesk) -> None:
    receipt = await desk.customer_says("yes, open it")
    handoff = {"reason": "action", "details": {"contact": "+48 600 100 217"}}
    await desk.bot_answers("It is open.", handoff=handoff)
    told = (await desk.messages(receipt.conversation))[-1].text
    assert "reach you at +48 600 100 217" in told
    assert "Please leave" not in told


async def test_with_an_agent_online_no_contact_is_asked_for(desk: TestDesk) -> None:
    agent = await desk.add_agent()
    await desk.parts.presence.heartbeat(agent.id)
    receipt = await desk.customer_asks_for_human()
    told = (await desk.messages(receipt.conversation))[-1].text
    assert "need not repeat anything" in told
    assert "e-mail" not in told


async def test_an_agent_of_another_desk_does_not_count_as_online(desk: TestDesk) -> None:
    agent = await desk.add_agent(desks=["it-help"])
    await desk.parts.presence.heartbeat(agent.id)
    receipt = await desk.customer_asks_for_human()
    assert "Nobody is online" in (await desk.messages(receipt.conversation))[-1].text


async def test_with_nobody_online_the_contact_is_taken_and_remembered(desk: TestDesk) -> None:
    receipt = await desk.customer_asks_for_human()
    assert "Nobody is online" in (await desk.messages(receipt.conversation))[-1].text
    await desk.customer_says("It is about my invoice")
    assert "no e-mail address" in (await desk.messages(receipt.conversation))[-1].text
    await desk.customer_says("still there?")  # reminded once, not again and again
    assert (await desk.messages(receipt.conversation))[-1].author_kind == "customer"
    await desk.customer_says("ok: jan@example.com or 601 234 567")
    assert "jan@example.com, 601 234 567" in (await desk.messages(receipt.conversation))[-1].text
    async with desk.db.read() as session:
        customer = (await session.scalars(select(Customer))).one()
    assert (customer.email, customer.phone) == ("jan@example.com", "601 234 567")


async def test_whoever_asks_twice_hears_where_they_stand(desk: TestDesk) -> None:
    agent = await desk.add_agent()
    receipt = await desk.customer_asks_for_human()
    await desk.customer_asks_for_human()
    assert "already in the queue" in (await desk.messages(receipt.conversation))[-1].text
    epoch = (await desk.conversation(receipt.conversation)).epoch
    await desk.handoffs.claim(agent, receipt.conversation, epoch=epoch)
    await desk.customer_asks_for_human()
    assert "Anna is already here" in (await desk.messages(receipt.conversation))[-1].text


async def test_handed_off_and_back_three_times_in_one_conversation(desk: TestDesk) -> None:
    agent = await desk.add_agent()
    receipt = await desk.customer_says("Hello")
    await desk.bot_answers("Hi!")
    for lap in range(3):
        await desk.customer_asks_for_human()
        epoch = (await desk.conversation(receipt.conversation)).epoch
        await desk.handoffs.claim(agent, receipt.conversation, epoch=epoch)
        reply = Reply(f"Lap {lap}", epoch + 1, f"k{lap}")
        await desk.handoffs.reply(agent, receipt.conversation, reply)
        await desk.handoffs.return_to_bot(agent, receipt.conversation, epoch=epoch + 1)
        await desk.customer_says(f"Question {lap}")
        asked = desk.engine.requests[-1]
        assert (asked.fresh, asked.state) == (True, {"turn": 1}), "afresh, with its slots"
        await desk.bot_answers(f"Answer {lap}")
        assert (await desk.messages(receipt.conversation))[-1].text == f"Answer {lap}"
        await desk.customer_says("And more")
        went_on = desk.engine.requests[-1]
        assert not went_on.fresh
        await desk.bot_answers("More")
    assert (await desk.conversation(receipt.conversation)).epoch == 10


async def test_a_late_bot_answer_is_dropped_and_recorded(desk: TestDesk) -> None:
    receipt = await desk.customer_says("Hello")
    await desk.customer_asks_for_human()
    await desk.bot_answers("Too late")
    texts = [message.text for message in await desk.messages(receipt.conversation)]
    assert "Too late" not in texts
    assert (await desk.events(receipt.conversation))[-1] == "stale_send_refused"


async def test_of_two_agents_who_claim_at_once_one_is_refused(desk: TestDesk) -> None:
    anna, piotr = await desk.add_agent("Anna"), await desk.add_agent("Piotr")
    receipt = await desk.customer_asks_for_human()
    epoch = (await desk.conversation(receipt.conversation)).epoch
    results = await asyncio.gather(
        desk.handoffs.claim(anna, receipt.conversation, epoch=epoch),
        desk.handoffs.claim(piotr, receipt.conversation, epoch=epoch),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), StaleSend]
    joined = [m.text for m in await desk.messages(receipt.conversation) if "joined" in m.text]
    assert joined == ["Anna has joined the conversation."]


async def test_a_double_click_sends_once(desk: TestDesk) -> None:
    agent = await desk.add_agent()
    receipt = await desk.customer_asks_for_human()
    epoch = (await desk.conversation(receipt.conversation)).epoch
    await desk.handoffs.claim(agent, receipt.conversation, epoch=epoch)
    reply = Reply("Good morning", epoch + 1, "same-form")
    first = await desk.handoffs.reply(agent, receipt.conversation, reply)
    again = await desk.handoffs.reply(agent, receipt.conversation, reply)
    assert first.id == again.id


async def test_the_key_of_a_reply_counts_in_its_conversation_alone(desk: TestDesk) -> None:
    anna = await desk.add_agent()
    for thread in ("t1", "t2"):
        there = (await desk.customer_asks_for_human(thread=thread)).conversation
        epoch = (await desk.conversation(there)).epoch
        await desk.handoffs.claim(anna, there, epoch=epoch)
        said = await desk.handoffs.reply(anna, there, Reply(f"To {thread}", epoch + 1, "1"))
        assert (said.conversation_id, said.text) == (there, f"To {thread}")
        assert f"To {thread}" in [message.text for message in await desk.messages(there)]


async def test_what_an_agent_may_not_do(desk: TestDesk) -> None:
    anna, piotr = await desk.add_agent("Anna"), await desk.add_agent("Piotr")
    stranger = await desk.add_agent("Zoe", desks=["it-help"])
    receipt = await desk.customer_says("Hello")
    one = receipt.conversation
    with pytest.raises(NotPossibleNow, match="with the bot"):
        await desk.handoffs.reply(anna, one, Reply("Hi", 1, "a"))
    with pytest.raises(NotPossibleNow):
        await desk.handoffs.release(anna, one, epoch=1)
    with pytest.raises(NotFound):
        await desk.handoffs.claim(stranger, one, epoch=1)
    await desk.handoffs.claim(anna, one, epoch=1)
    with pytest.raises(NotYours, match="Anna"):
        await desk.handoffs.reply(piotr, one, Reply("Hi", 2, "b"))
    with pytest.raises(NotYours):
        await desk.handoffs.close(piotr, one, epoch=2)
    with pytest.raises(StaleSend):
        await desk.handoffs.reply(anna, one, Reply("Hi", 1, "c"))
    with pytest.raises(EmptyText):
        await desk.handoffs.reply(anna, one, Reply("  ", 2, "d"))
    with pytest.raises(TextTooLong, match="4000"):
        await desk.handoffs.reply(anna, one, Reply("x" * 4001, 2, "e"))
    agents = [m for m in await desk.messages(one) if m.author_kind == "agent"]
    assert agents == []
    assert "stale_send_refused" in await desk.events(one)


async def test_a_note_is_no_message_and_no_delivery(desk: TestDesk) -> None:
    agent = await desk.add_agent()
    receipt = await desk.customer_asks_for_human()
    before = await desk.deliveries()
    await desk.handoffs.note(agent, receipt.conversation, "Customer sounds upset")
    await desk.settle()
    assert len(await desk.deliveries()) == len(before)
    assert all("upset" not in message.text for message in desk.sender.delivered)
    assert all("upset" not in m.text for m in await desk.messages(receipt.conversation))
    async with desk.db.read() as session:
        assert [note.text for note in await session.scalars(select(Note))] == [
            "Customer sounds upset"
        ]


async def test_after_closing_the_next_message_opens_a_new_conversation(desk: TestDesk) -> None:
    agent = await desk.add_agent()
    first = await desk.customer_asks_for_human()
    epoch = (await desk.conversation(first.conversation)).epoch
    await desk.handoffs.close(agent, first.conversation, epoch=epoch)
    assert (await desk.conversation(first.conversation)).closed_at is not None
    second = await desk.customer_says("One more thing")
    assert second.conversation != first.conversation
    assert second.seq == 1
