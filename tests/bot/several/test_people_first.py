"""A flood of answers from the bot leaves connections for the talk between people."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from bot.handoff.service import Reply
from bot.routing.service import RECORDED_AT_ONCE
from tests.bot.several.conftest import OpenDesk
from tests.desk import answer

pytestmark = pytest.mark.asyncio

SECONDS = 30


async def test_an_agent_replies_while_the_bot_has_more_to_write_than_there_are_connections(
    another: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = await another()
    agent = await desk.add_agent("Anna")
    talk = (await desk.customer_asks_for_human(thread=str(uuid4()))).conversation
    epoch = (await desk.conversation(talk)).epoch
    await desk.handoffs.claim(agent, talk, epoch=epoch)

    decide, writing, go_on = desk.parts.turns._answers.decide, 0, asyncio.Event()

    async def slowly(*arguments: Any) -> Any:
        nonlocal writing
        writing += 1
        await go_on.wait()
        return await decide(*arguments)

    monkeypatch.setattr(desk.parts.turns._answers, "decide", slowly)
    desk.engine.at_once = answer("Hi")
    receive = desk.parts.frontdesk.receive_customer_message
    flood = [await receive(desk.inbound("Hello", thread=str(uuid4()))) for _ in range(12)]
    async with asyncio.timeout(SECONDS):
        while writing < RECORDED_AT_ONCE:
            await asyncio.sleep(0.01)
        await desk.handoffs.reply(agent, talk, Reply("I am here", epoch + 1, "k"))
    assert writing == RECORDED_AT_ONCE
    go_on.set()
    await desk.settle()
    for receipt in flood:
        assert [turn.status for turn in await desk.turns(receipt.conversation)] == ["answered"]
