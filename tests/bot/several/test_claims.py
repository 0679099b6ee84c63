"""Claims: two processes never take the same, the living keep theirs, and order holds."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from bot.channel import OutboundMessage, RetryLater
from bot.clock import now
from bot.conversations.repository import IS_OPEN_TURN
from bot.handoff.service import Reply
from bot.outbox.models import Delivery
from tests.bot.several.conftest import OpenDesk
from tests.desk import RecordingSender, TestDesk, answer

pytestmark = pytest.mark.asyncio

# A vendor's pause that outlasts what the other process does meanwhile, on a slow machine too.
# So long the channel says «later»; a process holds its deliveries for longer than both together.
BUSY_SECONDS, BUSY_TIMES = 0.5, 24


def new_thread() -> str:
    return str(uuid4())


async def leave_behind(dead: TestDesk, count: int) -> list[str]:
    """So many conversations whose turns nobody asks about; the ids in the order of arrival."""
    dead.die()
    left = [await dead.customer_says("Hello", thread=new_thread()) for _ in range(count)]
    return [receipt.conversation for receipt in left]


def take_their_time(desk: TestDesk) -> None:
    """Claims are open for so long that others come in between."""
    load = desk.parts.outbox._load

    async def slowly(ids: Sequence[str]) -> dict[str, OutboundMessage]:
        await asyncio.sleep(0.3)
        return await load(ids)

    desk.parts.outbox._load = slowly


async def is_busy(desk: TestDesk) -> bool:
    """Whether a turn is open or a delivery waits, at whichever process."""
    async with desk.db.read() as session:
        return bool(
            await session.scalar(select(func.count()).where(IS_OPEN_TURN))
            or await session.scalar(select(func.count()).where(Delivery.status == "waiting"))
        )


async def test_two_processes_never_take_the_same_turn(another: OpenDesk) -> None:
    left = await leave_behind(await another(), 24)
    living = [await another() for _ in range(3)]
    await living[0].leases_run_out()
    taken = await asyncio.gather(*(desk.parts.turns.sweep() for desk in living))
    taken += await asyncio.gather(*(desk.parts.turns.sweep() for desk in living))
    assert sum(taken) == 24
    for desk in living:
        await desk.settle()
    asked = [str(request.conversation) for desk in living for request in desk.engine.requests]
    assert sorted(asked) == sorted(left)
    for desk in living:
        while desk.engine.asked:
            await desk.bot_answers("Hi")


async def test_a_process_takes_no_more_than_it_can_work_on_and_the_oldest_first(
    another: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.routing.service.CONCURRENT_TURNS", 3)
    left = await leave_behind(await another(), 5)
    alive = await another()
    await alive.leases_run_out()
    assert await alive.parts.turns.sweep() == 3
    await alive.settle()
    assert [request.conversation for request in alive.engine.requests] == left[:3]
    assert await alive.parts.turns.sweep() == 0
    for _ in range(3):
        await alive.bot_answers("Hi")
    assert await alive.parts.turns.sweep() == 2
    await alive.settle()
    for _ in range(2):
        await alive.bot_answers("Hi")


async def test_two_processes_never_take_the_same_delivery(another: OpenDesk) -> None:
    dead = await another()
    await leave_behind(dead, 12)
    dead.engine.at_once = answer("One", replies=[{"text": "One"}, {"text": "Two"}])
    await dead.leases_run_out()
    del dead.parts.turns._spawn  # turns live, deliveries do not
    await dead.parts.turns.sweep()
    await dead.settle()
    living = [await another() for _ in range(3)]
    await living[0].leases_run_out()
    for desk in living:
        take_their_time(desk)
    taken = await asyncio.gather(*(desk.parts.outbox.sweep() for desk in living))
    assert sum(taken) == 24
    for desk in living:
        await desk.settle()
    sent = [(m.conversation, m.text) for desk in living for m in desk.sender.delivered]
    assert len(sent) == len(set(sent)) == 24
    for conversation in {where for where, _ in sent}:
        assert [text for where, text in sent if where == conversation] == ["One", "Two"]


async def test_an_answer_comes_too_late_when_another_process_has_taken_over(
    another: OpenDesk,
) -> None:
    slow, quick = await another(), await another()
    receipt = await slow.customer_says("Hello", thread=new_thread())
    await slow.leases_run_out()
    assert await quick.parts.turns.sweep() == 1
    await quick.settle()
    await slow.bot_answers("From the slow one")
    assert [m.text for m in await slow.messages(receipt.conversation)] == ["Hello"]
    await quick.bot_answers("From the quick one")
    said = [m.text for m in await slow.messages(receipt.conversation)]
    assert said == ["Hello", "From the quick one"]


async def test_what_leaves_elsewhere_waits_for_what_was_said_before(another: OpenDesk) -> None:
    """The bot's answer is stuck in one process while an agent replies at another."""
    bot_side, agent_side = await another(), await another()
    agent_side.sender.delivered = bot_side.sender.delivered
    agent = await agent_side.add_agent(f"Agent{new_thread()[:8]}")
    bot_side.sender.failures = [RetryLater("busy", seconds=BUSY_SECONDS)] * BUSY_TIMES
    receipt = await bot_side.customer_says("Hello", thread=new_thread())
    bot_side.engine.reply(0, answer("Hi"))
    while not bot_side.parts.outbox._unwritten:
        await asyncio.sleep(0.01)
    epoch = (await agent_side.conversation(receipt.conversation)).epoch
    await agent_side.handoffs.claim(agent, receipt.conversation, epoch=epoch)
    reply = Reply("I am here", epoch + 1, "k")
    await agent_side.handoffs.reply(agent, receipt.conversation, reply)
    assert await agent_side.parts.outbox.sweep() == 0, "the other process delivers first"
    assert bot_side.sender.delivered == []
    bot_side.sender.failures.clear()
    await bot_side.settle()
    await bot_side.parts.outbox._write()
    assert await agent_side.parts.outbox.sweep() == 2
    await agent_side.settle()
    seqs = [message.seq for message in bot_side.sender.delivered]
    assert seqs == [2, 3, 4]


async def test_a_process_that_lost_its_hold_delivers_nothing_more(another: OpenDesk) -> None:
    paused, alive = await another(), await another()
    paused.sender.failures = [RetryLater("busy", seconds=BUSY_SECONDS)] * BUSY_TIMES
    await paused.customer_says("Hello", thread=new_thread())
    two = answer("One", replies=[{"text": "One"}, {"text": "Two"}])
    paused.engine.reply(0, two)
    while not paused.parts.outbox._unwritten:
        await asyncio.sleep(0.01)
    await paused.leases_run_out()
    assert await alive.parts.outbox.sweep() == 2
    await alive.settle()
    # As after a pause: by its own clock, too, the hold is over.
    held = paused.parts.outbox._held
    held.update(dict.fromkeys(held, now()))
    paused.sender.failures.clear()
    await paused.settle()
    assert paused.sender.delivered == []
    assert [message.text for message in alive.sender.delivered] == ["One", "Two"]
    await alive.parts.outbox._write()
    await paused.parts.outbox._write()
    deliveries = await alive.deliveries()
    assert {row.status for row in deliveries if row.holder == alive.parts.outbox.holder} == {
        "delivered"
    }


async def test_a_storm_at_three_doors_loses_doubles_and_reorders_nothing(
    another: OpenDesk,
) -> None:
    desks = [await another() for _ in range(3)]
    channel = RecordingSender()
    for desk in desks:
        desk.engine.at_once = answer("Answer")
        desk.sender.delivered = channel.delivered
    threads = [new_thread() for _ in range(8)]
    messages = [desks[0].inbound(f"{n}", thread=threads[n % 8]) for n in range(160)]

    async def send(number: int) -> None:
        # Each message reaches two doors, as when a browser reconnects.
        for desk in (desks[number % 3], desks[(number + 1) % 3]):
            await desk.parts.frontdesk.receive_customer_message(messages[number])

    await asyncio.gather(*(send(number) for number in range(160)))
    conversations = {
        (await desks[0].parts.frontdesk.receive_customer_message(one)).conversation
        for one in messages
    }
    assert len(conversations) == 8
    workers = [desk.parts.turns.run() for desk in desks] + [
        desk.parts.outbox.run() for desk in desks
    ]
    working = [asyncio.create_task(worker) for worker in workers]
    async with asyncio.timeout(60):
        while await is_busy(desks[0]):
            await asyncio.sleep(0.05)
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    for conversation in conversations:
        said = await desks[0].messages(conversation)
        assert [message.seq for message in said] == list(range(1, len(said) + 1))
        asked = [message.text for message in said if message.author_kind == "customer"]
        assert sorted(asked, key=int) == sorted(set(asked), key=int)
        assert len(asked) == 20
        by_bot = [message.seq for message in said if message.author_kind == "bot"]
        left = [one.seq for one in channel.delivered if one.conversation == conversation]
        assert left == by_bot
        turns = await desks[0].turns(conversation)
        assert [turn.status for turn in turns] == ["answered"] * 20
