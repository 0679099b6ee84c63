"""Who else looks at a conversation, and writes there: told to those who have it open."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from bot.clock import now
from bot.conversations.news import INBOX_TOPIC
from bot.writing.models import Viewer
from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio


async def seen_by(agent: AgentBrowser, conversation: str) -> str:
    page = await agent.page(f"/inbox/conversations/{conversation}/viewers")
    return " ".join(page.split())


async def test_a_colleague_is_seen_looking_then_writing_then_gone(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    with office.parts.bus.subscribe([INBOX_TOPIC]) as hints:
        assert (await piotr.act(conversation, "here")).status_code == 204
        async with asyncio.timeout(10):
            while (await hints.get()).kind != "viewers":
                pass  # another hint, such as that there is no engine
    assert await seen_by(anna, conversation) == "<span>Also looking at this: Piotr</span>"
    assert await seen_by(piotr, conversation) == "", "nobody is told of themselves"
    await piotr.act(conversation, "here", writes="1")
    assert "Writing here as well: Piotr" in await seen_by(anna, conversation)
    await piotr.act(conversation, "here", gone="1")
    assert await seen_by(anna, conversation) == ""


async def test_who_is_silent_is_there_no_more_and_leaves_no_rows(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    conversation = await office.customer_says("Hello?")
    other = await office.customer_says("Me too", thread="t2")
    await piotr.act(conversation, "here")
    async with office.parts.db.write() as tx:
        await tx.session.execute(update(Viewer).values(seen_at=now() - timedelta(minutes=5)))
    assert await seen_by(anna, conversation) == ""
    await piotr.act(other, "here")
    async with office.parts.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(Viewer)) == 1


async def test_another_desks_agents_neither_see_nor_are_seen(office: Office) -> None:
    stranger = await office.hire("Ola", ["it-help"])
    conversation = await office.customer_says("Hello?")
    assert (await stranger.act(conversation, "here")).status_code == 404
    there = await stranger.http.get(f"/inbox/conversations/{conversation}/viewers")
    assert there.status_code == 404
