"""Typing is a hint between a customer and the agent who has the conversation, and nobody else's."""

import asyncio

import pytest

from bot.channel import Author, AuthorKind, Hint, Subscription, thread_topic
from bot.conversations.news import INBOX_TOPIC
from bot.inbox.live import LiveStreams
from tests.bot.inbox.test_live import office, open_stream, until
from tests.inbox import Office

__all__ = ["office"]
pytestmark = pytest.mark.asyncio

TOPIC = thread_topic("web", "t1")


async def typing_in(hints: Subscription) -> Hint | None:
    """The next hint of typing, if one came."""
    try:
        async with asyncio.timeout(0.2):
            while (hint := await hints.get()).kind != "typing":
                pass
    except TimeoutError:
        return None
    return hint


async def test_the_customer_sees_the_agent_write_who_has_the_conversation(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    with office.parts.bus.subscribe([TOPIC]) as hints:
        assert (await anna.act(conversation, "typing")).status_code == 204
        assert await typing_in(hints) is None, "nobody has it yet"
        await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
        await anna.act(conversation, "typing")
        told = await typing_in(hints)
        assert told is not None
        assert told.data == (Author(AuthorKind.AGENT, "Anna"), True)
        assert (await piotr.act(conversation, "typing")).status_code == 204
        assert await typing_in(hints) is None


async def test_an_agent_of_another_desk_and_a_forged_form_move_nothing(office: Office) -> None:
    anna = await office.hire("Anna")
    stranger = await office.hire("Ola", ["it-help"])
    conversation = await office.customer_says("Hello?")
    await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
    with office.parts.bus.subscribe([TOPIC]) as hints:
        assert (await stranger.act(conversation, "typing")).status_code == 404
        refused = await anna.act(conversation, "typing", csrf="forged")
        assert refused.status_code == 403
        assert await typing_in(hints) is None


async def test_the_agent_who_has_it_sees_the_customer_write(office: Office) -> None:
    anna, parts = await office.hire("Anna"), office.parts
    conversation = await office.customer_says("Hello?")
    streams = LiveStreams(bus=parts.bus, presence=parts.presence, accounts=parts.accounts)
    with parts.bus.subscribe([INBOX_TOPIC]) as hints:
        await parts.frontdesk.customer_types("web", "t1", on=True)
        await parts.frontdesk.customer_types("web", "nobody", on=True)
        assert await typing_in(hints) is None, "no agent has it"
        await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
        await parts.frontdesk.customer_types("web", "t1", on=False)
        assert await typing_in(hints) is None
    stream = open_stream(streams, anna)
    await until(stream, ": here")
    await parts.frontdesk.customer_types("web", "t1", on=True)
    seen = await until(stream, f"event: typing-{conversation}\n")
    assert seen == [f"event: typing-{conversation}\ndata: .\n\n"], "no list is fetched for it"
