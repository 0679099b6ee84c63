"""An agent hears of a new message in what is theirs, and not of what they took it for."""

from datetime import datetime

import pytest

from bot.inbox.listing import numbers
from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio


async def newest(office: Office, agent: AgentBrowser) -> datetime | None:
    async with office.parts.db.read() as session:
        return (await numbers(session, agent.agent)).newest_message


async def test_taking_it_is_no_news_and_each_word_after_that_is(office: Office) -> None:
    anna, ben = await office.hire(), await office.hire("Ben")
    opened = await office.customer_says("Hello")
    await office.customer_says("Anybody there?")
    assert await newest(office, anna) is None
    await anna.act(opened, "claim", epoch=await office.epoch(opened))
    assert await newest(office, anna) is None, "she reads it as she takes it"
    await office.customer_says("My parcel is late")
    told = [await newest(office, anna)]
    await anna.act(opened, "reply", text="I am looking", key="1", epoch=await office.epoch(opened))
    await office.customer_says("Thank you")
    told.append(await newest(office, anna))
    await office.customer_says("Bye")
    told.append(await newest(office, anna))
    conversation = await office.conversation(opened)
    assert None not in told
    assert told == sorted({at for at in told if at}), "one after the other"
    assert told[-1] == conversation.last_customer_at
    assert await newest(office, ben) is None


async def test_the_word_that_wakes_it_is_one(office: Office) -> None:
    anna = await office.hire()
    opened = await office.customer_says("Hello")
    await anna.act(opened, "claim", epoch=await office.epoch(opened))
    await anna.act(opened, "snooze", until="hour", epoch=await office.epoch(opened))
    assert await newest(office, anna) is None
    await office.customer_says("It is urgent")
    conversation = await office.conversation(opened)
    assert await newest(office, anna) == conversation.last_customer_at
