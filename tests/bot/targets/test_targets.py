"""Targets are counted in opening hours, warn before they are missed, and escalate once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from bot.accounts.models import Agent
from bot.conversations import repository as conversations
from bot.conversations.models import Event
from bot.handoff.service import Reply
from bot.priority import Priority
from bot.targets.models import Clock
from bot.targets.repository import clocks_of, newest_warning
from tests.bot.assignment.desks import desks_file
from tests.desk import DESK, TestDesk, open_desk

pytestmark = pytest.mark.asyncio
WEDNESDAY = datetime.fromisoformat("2026-11-25T16:30:00+01:00")
RULES = f"""
[{DESK}.targets]
first_response_minutes = {{ normal = 60, urgent = 10 }}
next_response_minutes = 20
resolution_minutes = 300

[[{DESK}.escalations]]
target = "first_response"
at = 100
notify_leads = true
priority = "high"

[[{DESK}.escalations]]
target = "first_response"
at = 150
priority = "low"
"""
OPEN = 'hours = { wednesday = ["9:00-17:00"], thursday = ["9:00-17:00"] }'


@asynccontextmanager
async def with_targets(folder: Path) -> AsyncIterator[TestDesk]:
    path = desks_file(folder, "", OPEN)
    path.write_text(path.read_text("utf-8") + RULES, "utf-8")
    async with open_desk(folder, desks_file=path) as desk:
        yield desk


async def waits(desk: TestDesk) -> tuple[Agent, str]:
    agent = await desk.add_agent()
    return agent, (await desk.customer_asks_for_human()).conversation


async def clocks(desk: TestDesk, conversation: str) -> list[Clock]:
    async with desk.db.read() as session:
        return await clocks_of(session, conversation)


async def details(desk: TestDesk, conversation: str, kind: str) -> list[dict[str, Any]]:
    async with desk.db.read() as session:
        found = await session.scalars(
            select(Event)
            .where(Event.conversation_id == conversation, Event.kind == kind)
            .order_by(Event.id)
        )
        return [event.details for event in found]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}:00+01:00")


async def test_due_times_are_counted_in_opening_hours(tmp_path: Path) -> None:
    with time_machine.travel(WEDNESDAY, tick=False):
        async with with_targets(tmp_path) as desk:
            _, opened = await waits(desk)
            conversation = await desk.conversation(opened)
            assert conversation.reply_due_at == at("26T09:30")
            assert conversation.resolve_due_at == at("26T13:30")


async def test_each_clock_runs_once_and_says_how_it_ended(tmp_path: Path) -> None:
    with time_machine.travel(WEDNESDAY - timedelta(hours=6), tick=False) as clock:
        async with with_targets(tmp_path) as desk:
            agent, opened = await waits(desk)

            async def reply() -> None:
                epoch = (await desk.conversation(opened)).epoch
                await desk.handoffs.reply(agent, opened, Reply("Hi", epoch, f"{clock}{epoch}"))

            epoch = (await desk.conversation(opened)).epoch
            await desk.handoffs.claim(agent, opened, epoch=epoch)
            clock.shift(timedelta(minutes=5))
            await reply()
            answered = await desk.conversation(opened)
            assert (answered.reply_due_at, answered.first_reply_at) == (None, at("25T10:35"))
            clock.shift(timedelta(minutes=5))
            await desk.customer_says("And?")
            assert (await desk.conversation(opened)).reply_due_at == at("25T11:00")
            epoch = (await desk.conversation(opened)).epoch
            await desk.handoffs.close(agent, opened, epoch=epoch)
            closed = await desk.conversation(opened)
            assert (closed.reply_due_at, closed.resolve_due_at) == (None, None)
            found = [(one.target, one.ended_as) for one in await clocks(desk, opened)]
            assert found == [
                ("first_response", "met"),
                ("resolution", "met"),
                ("next_response", "dropped"),
            ]
            clock.shift(timedelta(days=1))
            await desk.parts.timers.sweep()
            assert "target_missed" not in await desk.events(opened)


async def test_agents_hear_of_it_before_it_is_missed_and_leads_after(tmp_path: Path) -> None:
    with time_machine.travel(WEDNESDAY - timedelta(hours=6), tick=False) as clock:
        async with with_targets(tmp_path) as desk:
            agent, opened = await waits(desk)

            async def heard(*, leads: bool) -> datetime | None:
                async with desk.db.read() as session:
                    return await newest_warning(session, agent.id, [DESK], leads=leads)

            clock.shift(timedelta(minutes=47))
            await desk.parts.timers.sweep()
            assert await heard(leads=True) is None
            clock.shift(timedelta(minutes=1))
            await desk.parts.timers.sweep()
            assert await heard(leads=False) == at("25T11:18")
            assert await details(desk, opened, "target_missed") == []
            clock.shift(timedelta(minutes=12))
            await desk.parts.timers.sweep()
            await desk.parts.timers.sweep()
            assert await heard(leads=True) == at("25T11:30")
            missed = [{"target": "first_response", "percent": 100}]
            assert await details(desk, opened, "target_missed") == missed
            escalated = await details(desk, opened, "escalated")
            assert escalated == [{**missed[0], "leads": True, "priority": "high"}]
            assert (await desk.conversation(opened)).priority == Priority.HIGH
            clock.shift(timedelta(minutes=30))
            await desk.parts.timers.sweep()
            assert (await desk.conversation(opened)).priority == Priority.HIGH, "never lowered"
            assert len(await details(desk, opened, "escalated")) == 2


async def test_after_a_night_without_a_process_all_steps_are_done_once(tmp_path: Path) -> None:
    with time_machine.travel(WEDNESDAY - timedelta(hours=6), tick=False) as clock:
        async with with_targets(tmp_path) as desk:
            _, opened = await waits(desk)
            clock.shift(timedelta(days=1))
            for _ in range(3):
                await desk.parts.timers.sweep()
            events = await desk.events(opened)
            assert events.count("target_missed") == 2, "the first response and the resolution"
            assert events.count("escalated") == 2


async def test_another_priority_has_other_times_from_the_same_beginning(tmp_path: Path) -> None:
    with time_machine.travel(WEDNESDAY - timedelta(hours=6), tick=False) as clock:
        async with with_targets(tmp_path) as desk:
            _, opened = await waits(desk)
            clock.shift(timedelta(minutes=3))

            async def become(priority: Priority) -> datetime | None:
                async with desk.db.write() as tx:
                    conversation = await conversations.lock_conversation(tx.session, opened)
                    assert conversation is not None
                    door = desk.parts.frontdesk._conversations
                    await door.set_priority(tx, conversation, priority)
                return (await desk.conversation(opened)).reply_due_at

            assert await become(Priority.URGENT) == at("25T10:40")
            assert await become(Priority.LOW) is None, "there is no such target"
            assert await become(Priority.NORMAL) == at("25T11:33")


async def test_who_goes_back_to_the_bot_is_not_measured(tmp_path: Path) -> None:
    async with with_targets(tmp_path) as desk:
        agent, opened = await waits(desk)
        epoch = (await desk.conversation(opened)).epoch
        await desk.handoffs.return_to_bot(agent, opened, epoch=epoch)
        assert {one.ended_as for one in await clocks(desk, opened)} == {"dropped"}
        await desk.customer_asks_for_human()
        running = [one.target for one in await clocks(desk, opened) if one.ended_at is None]
        assert sorted(running) == ["first_response", "resolution"]


async def test_what_nobody_takes_in_time_is_handed_to_another_desk_once(tmp_path: Path) -> None:
    path = tmp_path / "desks.toml"
    path.write_text(
        f"""
[{DESK}]
name = {{ en = "Care", pl = "Klienci" }}
[{DESK}.targets]
first_response_minutes = 10
[[{DESK}.escalations]]
target = "first_response"
at = 100
desk = "it-help"
[it-help]
name = {{ en = "IT help", pl = "Pomoc IT" }}
[it-help.targets]
first_response_minutes = 20
""",
        "utf-8",
    )
    with time_machine.travel(WEDNESDAY, tick=False) as clock:
        async with open_desk(tmp_path, desks_file=path) as desk:
            _, opened = await waits(desk)
            clock.shift(timedelta(minutes=10))
            for _ in range(2):
                await desk.parts.timers.sweep()
            conversation = await desk.conversation(opened)
            assert conversation.desk == "it-help"
            assert conversation.reply_due_at == WEDNESDAY + timedelta(minutes=30)
            assert (await desk.events(opened)).count("change_desk") == 1
            assert "IT help" in (await desk.messages(opened))[-1].text
            found = [(one.desk, one.ended_as) for one in await clocks(desk, opened)]
            assert found == [(DESK, "dropped"), ("it-help", None)]
            clock.shift(timedelta(hours=1))
            await desk.parts.timers.sweep()
            assert (await desk.conversation(opened)).desk == "it-help"
