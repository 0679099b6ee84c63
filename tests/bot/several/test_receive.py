"""What reaches several processes at once is kept once, in one conversation, in one order."""

import asyncio
import sys
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bot.conversations.models import Conversation, Customer
from bot.handoff.errors import StaleSend
from bot.handoff.service import Reply
from tests.bot.several.conftest import OpenDesk
from tests.desk import answer

pytestmark = pytest.mark.asyncio


def new_thread() -> str:
    return str(uuid4())


async def test_the_same_message_at_two_doors_is_one_message(another: OpenDesk) -> None:
    first, second = await another(), await another()
    for _ in range(20):
        thread = new_thread()
        inbound = first.inbound("Hello", thread=thread)
        receipts = await asyncio.gather(
            *(desk.parts.frontdesk.receive_customer_message(inbound) for desk in (first, second))
        )
        assert sorted(receipt.duplicate for receipt in receipts) == [False, True]
        assert len({(receipt.conversation, receipt.seq) for receipt in receipts}) == 1
        assert len(await first.messages(receipts[0].conversation)) == 1
        async with first.db.read() as session:
            for count in (
                select(func.count()).where(Conversation.thread == thread),
                select(func.count()).where(Customer.external_id == thread),
            ):
                assert await session.scalar(count) == 1
    await first.settle()
    await second.settle()
    assert len(first.engine.requests) + len(second.engine.requests) == 20


async def test_messages_at_several_doors_have_one_order_and_one_turn_at_a_time(
    another: OpenDesk,
) -> None:
    desks = [await another() for _ in range(3)]
    thread = new_thread()
    receipts = await asyncio.gather(
        *(
            desks[number % 3].parts.frontdesk.receive_customer_message(
                desks[0].inbound(f"message {number}", thread=thread)
            )
            for number in range(12)
        )
    )
    conversation = receipts[0].conversation
    assert {receipt.conversation for receipt in receipts} == {conversation}
    assert sorted(receipt.seq for receipt in receipts) == list(range(1, 13))
    for _ in range(12):
        asked = [desk for desk in desks if desk.engine.asked]
        assert len(asked) == 1, "one turn of a conversation is with the engine at a time"
        await asked[0].bot_answers("Answer")
    turns = await desks[0].turns(conversation)
    assert [turn.status for turn in turns] == ["answered"] * 12
    assert [turn.message_seq for turn in turns] == list(range(1, 13))
    said = await desks[0].messages(conversation)
    assert [message.seq for message in said] == list(range(1, 25))


async def test_of_two_agents_who_claim_at_once_one_is_refused(another: OpenDesk) -> None:
    desks = [await another(), await another()]
    agents = [await desks[0].add_agent(f"Agent{new_thread()[:8]}") for _ in desks]
    for _ in range(10):
        receipt = await desks[0].customer_asks_for_human(thread=new_thread())
        epoch = (await desks[0].conversation(receipt.conversation)).epoch
        claims = await asyncio.gather(
            *(
                desk.handoffs.claim(agent, receipt.conversation, epoch=epoch)
                for desk, agent in zip(desks, agents, strict=True)
            ),
            return_exceptions=True,
        )
        assert [type(claim) for claim in claims if claim is not None] == [StaleSend]


async def test_a_killed_process_leaves_no_lock_behind(another: OpenDesk, shared_url: str) -> None:
    desk = await another()
    thread = new_thread()
    receipt = await desk.customer_says("Hello", thread=thread)
    await desk.bot_answers("Hi")
    holder = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", HOLD_THE_LOCK, shared_url, receipt.conversation),
        stdout=asyncio.subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"locked\n"
    waiting = asyncio.create_task(desk.customer_says("Anybody?", thread=thread))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    holder.kill()
    await holder.communicate()
    assert (await asyncio.wait_for(waiting, 10)).seq == 3


async def test_the_same_reply_from_two_tabs_is_sent_once(another: OpenDesk) -> None:
    desks = [await another(), await another()]
    agent = await desks[0].add_agent(f"Agent{new_thread()[:8]}")
    receipt = await desks[0].customer_asks_for_human(thread=new_thread())
    await desks[0].handoffs.claim(
        agent,
        receipt.conversation,
        epoch=(await desks[0].conversation(receipt.conversation)).epoch,
    )
    epoch = (await desks[0].conversation(receipt.conversation)).epoch
    sent = await asyncio.gather(
        *(
            desk.handoffs.reply(agent, receipt.conversation, Reply("Hello", epoch, "key"))
            for desk in desks
        )
    )
    assert sent[0].id == sent[1].id
    said = [m.text for m in await desks[0].messages(receipt.conversation)]
    assert said.count("Hello") == 1


async def test_an_answer_meets_a_message_that_came_meanwhile_elsewhere(another: OpenDesk) -> None:
    """Either the answer's process sees that a turn waits, or the door that the bot is free."""
    here, there = await another(), await another()
    for _ in range(15):
        thread = new_thread()
        receipt = await here.customer_says("First", thread=thread)
        here.engine.reply(0, answer("Answer"))
        await there.customer_says("Second", thread=thread, external_id=f"{thread}:second")
        await here.settle()
        asked = [desk for desk in (here, there) if desk.engine.asked]
        assert len(asked) == 1
        await asked[0].bot_answers("Answer")
        turns = await here.turns(receipt.conversation)
        assert [turn.status for turn in turns] == ["answered", "answered"]


HOLD_THE_LOCK = """
import sys, time
from sqlalchemy import text
from bot import migrations
connection = migrations.plain_engine(sys.argv[1]).connect()
lock = text("SELECT id FROM conversations WHERE id = :id FOR UPDATE")
connection.execute(lock, {"id": sys.argv[2]}).one()
print("locked", flush=True)
time.sleep(60)
"""
