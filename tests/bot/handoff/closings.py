"""A conversation is closed in the moment in which something else happens to it.

`one` and `other` are the processes that the two requests reach: the same, or two on one database.
"""

import asyncio
from uuid import uuid4

from sqlalchemy import func, select

from bot.accounts.models import Agent
from bot.conversations.models import Message
from bot.conversations.state import Status
from bot.handoff.service import Reply
from tests.desk import TestDesk, outcome

ROUNDS = 6


async def waits(desk: TestDesk) -> tuple[str, str]:
    """A conversation in the queue; its thread and its id."""
    thread = str(uuid4())
    receipt = await desk.customer_asks_for_human(thread=thread)
    return thread, receipt.conversation


async def epoch_of(desk: TestDesk, conversation: str) -> int:
    return (await desk.conversation(conversation)).epoch


async def claimed(desk: TestDesk, agent: Agent) -> tuple[str, str, int]:
    """The agent's; its thread, its id, and the epoch that every tab of theirs has read."""
    thread, there = await waits(desk)
    await desk.handoffs.claim(agent, there, epoch=await epoch_of(desk, there))
    return thread, there, await epoch_of(desk, there)


async def is_closed_once(desk: TestDesk, conversation: str) -> int:
    """The number of the words that say so, which are the last that the desk said."""
    assert (await desk.conversation(conversation)).status is Status.CLOSED
    assert (await desk.events(conversation)).count("close") == 1
    said = await desk.messages(conversation)
    assert [message.seq for message in said] == list(range(1, len(said) + 1))
    closings = [message.seq for message in said if "is closed" in message.text]
    assert len(closings) == 1
    return closings[0]


async def of_two_agents_who_close_one_does(one: TestDesk, other: TestDesk) -> None:
    anna, piotr = await one.add_agent("Anna"), await one.add_agent("Piotr")
    for _ in range(ROUNDS):
        _, there = await waits(one)
        epoch = await epoch_of(one, there)
        outcomes = await asyncio.gather(
            outcome(one.handoffs.close(anna, there, epoch=epoch)),
            outcome(other.handoffs.close(piotr, there, epoch=epoch)),
        )
        assert sorted(outcomes) == ["done", "stale_send"]
        await is_closed_once(one, there)
        assert (await one.events(there)).count("stale_send_refused") == 1, "it is on record"


async def of_two_tabs_that_close_one_does(one: TestDesk, other: TestDesk) -> None:
    anna = await one.add_agent("Anna")
    for _ in range(ROUNDS):
        _, there, epoch = await claimed(one, anna)
        closes = [desk.handoffs.close(anna, there, epoch=epoch) for desk in (one, other)]
        outcomes = await asyncio.gather(*map(outcome, closes))
        assert sorted(outcomes) == ["done", "stale_send"]
        await is_closed_once(one, there)


async def a_reply_is_said_before_the_closing_or_refused(one: TestDesk, other: TestDesk) -> None:
    anna = await one.add_agent("Anna")
    for number in range(ROUNDS):
        _, there, epoch = await claimed(one, anna)
        reply = Reply("One more thing", epoch, there)
        acts = [
            outcome(one.handoffs.close(anna, there, epoch=epoch)),
            outcome(other.handoffs.reply(anna, there, reply)),
        ]
        if number % 2:  # the other one sets out first
            sent, closed = await asyncio.gather(*reversed(acts))
        else:
            closed, sent = await asyncio.gather(*acts)
        assert closed == "done"
        assert sent in ("done", "stale_send")
        closing = await is_closed_once(one, there)
        said = [m.seq for m in await one.messages(there) if m.text == "One more thing"]
        assert len(said) == (sent == "done"), "whoever hears that it was sent is right"
        assert all(seq < closing for seq in said)


async def a_message_is_before_the_closing_or_begins_anew(one: TestDesk, other: TestDesk) -> None:
    anna = await one.add_agent("Anna")
    for number in range(ROUNDS):
        thread, there, epoch = await claimed(one, anna)
        inbound = other.inbound("Wait, it is here!", thread=thread, external_id=str(uuid4()))
        closes = one.handoffs.close(anna, there, epoch=epoch)
        comes = other.parts.frontdesk.receive_customer_message(inbound)
        if number % 2:
            receipt, closed = await asyncio.gather(comes, outcome(closes))
        else:
            closed, receipt = await asyncio.gather(outcome(closes), comes)
        assert closed == "done"
        closing = await is_closed_once(one, there)
        if receipt.conversation == there:
            assert receipt.seq < closing
        else:
            anew = await one.conversation(receipt.conversation)
            assert anew.status is Status.BOT, "somebody answers"
        async with one.db.read() as session:
            of_it = Message.text == "Wait, it is here!"
            written = await session.scalar(select(func.count()).where(of_it))
        assert written == number + 1, "each once"
    await other.settle()
    while other.engine.asked:
        await other.bot_answers("Good.")


async def what_nobody_read_is_not_closed_over(one: TestDesk, other: TestDesk) -> None:
    anna = await one.add_agent("Anna")
    for number in range(ROUNDS):
        thread, there, epoch = await claimed(one, anna)
        read = (await one.messages(there))[-1].seq
        inbound = other.inbound("Wait!", thread=thread, external_id=str(uuid4()))
        closes = one.handoffs.close(anna, there, epoch=epoch, read_seq=read)
        comes = other.parts.frontdesk.receive_customer_message(inbound)
        if number % 2:
            receipt, closed = await asyncio.gather(comes, outcome(closes))
        else:
            closed, receipt = await asyncio.gather(outcome(closes), comes)
        if receipt.conversation != there:  # it came after
            assert closed == "done"
            await is_closed_once(one, there)
            continue
        assert closed == "unread"
        assert (await one.conversation(there)).status is Status.WITH_AGENT
        assert (await one.messages(there))[-1].text == "Wait!"
        await one.handoffs.close(anna, there, epoch=epoch, read_seq=receipt.seq)
        await is_closed_once(one, there)
    await other.settle()
    while other.engine.asked:
        await other.bot_answers("Good.")


RACES = (
    what_nobody_read_is_not_closed_over,
    of_two_agents_who_close_one_does,
    of_two_tabs_that_close_one_does,
    a_reply_is_said_before_the_closing_or_refused,
    a_message_is_before_the_closing_or_begins_anew,
)
