"""A channel that is down fills no memory, and holds up no other channel."""

import asyncio
from pathlib import Path

import pytest

from bot.channel import OutboundMessage, RetryLater
from tests.desk import RecordingSender, open_desk

pytestmark = pytest.mark.asyncio


class Down(RecordingSender):
    """A channel that takes nothing until it is up."""

    is_up = False

    async def deliver(self, message: OutboundMessage) -> None:
        if not self.is_up:
            raise RetryLater("down", seconds=0.3)
        self.delivered.append(message)


async def test_one_that_is_down_waits_in_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox.worker.MAX_LANES", 3)
    async with open_desk(tmp_path) as desk:
        outbox, pigeons = desk.parts.outbox, Down()
        outbox._senders = {"web": desk.sender, "pigeon": pigeons}
        for number in range(6):
            inbound = desk.inbound("A person!", channel="pigeon", thread=f"p{number}")
            await desk.parts.frontdesk.ask_for_human(inbound)
        assert len(outbox._lanes) == 3
        assert await outbox.sweep() == 0, "no room, and it asks for none"
        await desk.parts.frontdesk.ask_for_human(desk.inbound("A person!", thread="w"))
        async with asyncio.timeout(10):
            while not desk.sender.delivered:
                await asyncio.sleep(0.01)
        assert pigeons.delivered == []
        pigeons.is_up = True
        async with asyncio.timeout(20):
            while len(pigeons.delivered) < 6:
                await outbox.sweep()
                await asyncio.sleep(0.05)
        assert {message.thread for message in pigeons.delivered} == {f"p{n}" for n in range(6)}
        await desk.settle()
        assert outbox._lanes_of == {"web": 0, "pigeon": 0}
