"""A request that waits for its customer: reminded, warned, closed; each step once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.clock import now
from bot.conversations.models import Conversation
from bot.conversations.state import Status
from bot.desk_settings.idle import IdleRules, read_idle
from bot.desk_settings.table import BadDesksFile
from bot.handoff.service import Reply
from bot.timers.models import Timer
from tests.desk import DESK, TestDesk, open_desk

DESKS = """
[customer-care]
name = { en = "Care", pl = "Obsługa" }
timezone = "Europe/Warsaw"
[customer-care.idle]
channels = ["web"]
"""


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    (tmp_path / "desks.toml").write_text(DESKS)
    async with open_desk(tmp_path, desks_file=tmp_path / "desks.toml") as opened:
        yield opened


async def answered(desk: TestDesk, *, desks_agent: str = "Anna") -> tuple[Conversation, int]:
    """An agent has answered, and waits."""
    anna = await desk.add_agent(desks_agent)
    receipt = await desk.customer_asks_for_human()
    epoch = (await desk.conversation(receipt.conversation)).epoch
    await desk.handoffs.claim(anna, receipt.conversation, epoch=epoch)
    await desk.handoffs.reply(anna, receipt.conversation, Reply("Which laptop?", epoch + 1, "k1"))
    await desk.settle()
    return await desk.conversation(receipt.conversation), epoch + 1


async def timers(desk: TestDesk) -> set[str]:
    async with desk.db.read() as session:
        found = await session.scalars(select(Timer.kind).where(Timer.kind.startswith("idle")))
        return set(found)


async def time_passes(desk: TestDesk) -> list[str]:
    """Every such timer is due; what the customer is told then."""
    before = len(desk.sender.delivered)
    async with desk.db.write() as tx:
        due = update(Timer).where(Timer.kind.startswith("idle"))
        await tx.session.execute(due.values(due_at=now() - timedelta(seconds=1)))
    await desk.parts.timers.sweep()
    await desk.settle()
    return [message.text for message in desk.sender.delivered[before:]]


@pytest.mark.asyncio
async def test_reminded_then_warned_then_closed(desk: TestDesk) -> None:
    conversation, _ = await answered(desk)
    assert await timers(desk) == {"idle_remind"}
    (reminder,) = await time_passes(desk)
    assert "Anna is waiting for your answer" in reminder
    (warning,) = await time_passes(desk)
    assert "will be closed on" in warning
    assert (await desk.conversation(conversation.id)).status is Status.WITH_AGENT
    (ending,) = await time_passes(desk)
    assert "closed now" in ending
    found = await desk.conversation(conversation.id)
    assert (found.status, found.closed_as) == (Status.CLOSED, "idle")
    assert await time_passes(desk) == []
    offer = await desk.parts.surveys.offer("web", "t1", conversation.id)
    assert offer.parts == (), "whoever did not answer is not asked for an opinion"
    assert {"reminded", "warned", "close"} <= set(await desk.events(conversation.id))


@pytest.mark.asyncio
async def test_whoever_answers_is_left_in_peace(desk: TestDesk) -> None:
    conversation, _ = await answered(desk)
    assert len(await time_passes(desk)) == 1
    await desk.customer_says("The black one")
    assert await time_passes(desk) == []
    assert (await desk.conversation(conversation.id)).status is Status.WITH_AGENT


@pytest.mark.asyncio
async def test_an_agent_who_writes_again_begins_anew(desk: TestDesk) -> None:
    conversation, epoch = await answered(desk)
    await time_passes(desk)
    assert await timers(desk) == {"idle_warn"}
    async with desk.db.read() as session:
        agent = await session.get_one(Agent, conversation.agent_id)
    await desk.handoffs.reply(agent, conversation.id, Reply("Hello?", epoch, "k2"))
    await desk.settle()
    assert await timers(desk) == {"idle_remind"}


@pytest.mark.asyncio
async def test_what_was_put_off_is_counted_from_when_it_comes_back(desk: TestDesk) -> None:
    conversation, epoch = await answered(desk)
    async with desk.db.read() as session:
        agent = await session.get_one(Agent, conversation.agent_id)
    await desk.handoffs.snooze(agent, conversation.id, epoch=epoch, choice="monday")
    assert await time_passes(desk) == []
    assert await timers(desk) == {"idle_remind"}
    assert (await desk.conversation(conversation.id)).status is Status.SNOOZED


@pytest.mark.asyncio
async def test_on_a_website_nobody_is_reminded_unless_the_desk_wants_it(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await answered(desk)
        assert await timers(desk) == set()


def test_the_table_is_read_with_the_place_of_each_fault(tmp_path: Path) -> None:
    file = tmp_path / "desks.toml"
    assert read_idle(file, DESK, None) == IdleRules()
    rules = read_idle(file, DESK, {"channels": ["web"], "close_after_hours": 0})
    assert (rules.channels, rules.close_after) == (("web",), timedelta(0))
    assert rules.remind_after == timedelta(hours=24)
    for raw, place in (
        ({"remind_after_hours": -1}, "remind_after_hours"),
        ({"channels": "web"}, "channels"),
        ({"close": 5}, "close"),
        (["x"], "customer-care.idle"),
    ):
        with pytest.raises(BadDesksFile, match=place):
            read_idle(file, DESK, raw)
