"""Alerts: of several processes that look at once, one tells each agent, and tells them once."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from tests.bot.alerts.telling import WEDNESDAY, customer_waits, listener, mailing_desk
from tests.smtp_server import Postbox, smtp_server

pytestmark = pytest.mark.asyncio


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with smtp_server() as box:
        yield box


async def test_each_agent_is_told_once(shared_url: str, tmp_path: Path, postbox: Postbox) -> None:
    async with AsyncExitStack() as stack:
        clock = stack.enter_context(time_machine.travel(WEDNESDAY, tick=False))
        desks = [
            await stack.enter_async_context(
                mailing_desk(tmp_path, postbox.port, database_url=shared_url)
            )
            for _ in range(3)
        ]
        agents = [await listener(desks[0], name) for name in ("Anna", "Piotr", "Zofia")]
        conversations = [
            await customer_waits(desk, f"t{number}") for number, desk in enumerate(desks)
        ]
        clock.shift(timedelta(minutes=2))
        for agent in agents:
            await desks[0].parts.presence.heartbeat(agent.id)
        tried = await asyncio.gather(*(desk.parts.alerts.postman.sweep() for desk in desks))
        assert sum(tried) == 9
        told = [
            (to, re.findall(r"/conversations/(\S+)", mail.get_content()))
            for [to], mail in zip(postbox.recipients, postbox.mails, strict=True)
        ]
        expected = [
            (agent.email, [conversation]) for agent in agents for conversation in conversations
        ]
        assert sorted(told) == sorted(expected)
