"""The spans of a conversation tile its life, whatever happens to it."""

import asyncio
import tempfile
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.accounts.models import Agent
from bot.clock import now
from bot.conversations import repository
from bot.conversations.errors import NotPossibleNow
from bot.conversations.models import Span
from bot.conversations.state import Trigger
from bot.handoff.service import Reply, actor_of
from bot.priority import Priority, priority_named
from bot.queue.repository import queue_of
from tests.desk import DESK, TestDesk, open_desk

STEPS = ("customer", "reply", "claim", "release", "return_to_bot", "snooze", "wake", "close")
START = datetime.fromisoformat("2026-11-25T09:00:00+00:00")


async def spans(desk: TestDesk, conversation: str) -> list[Span]:
    async with desk.db.read() as session:
        return list(await repository.spans_of(session, conversation))


async def step(desk: TestDesk, agent: Agent, opened: str, name: str) -> None:
    epoch = (await desk.conversation(opened)).epoch
    doors = desk.handoffs
    match name:
        case "customer":
            await desk.customer_says("Hello?")
        case "reply":
            await doors.reply(agent, opened, Reply("Hello", epoch, f"{now()}"))
        case "snooze":
            await doors.snooze(agent, opened, epoch=epoch, choice="hour")
        case _:
            await getattr(doors, name)(agent, opened, epoch=epoch)


async def live(folder: Path, steps: list[tuple[str, int]]) -> None:
    with time_machine.travel(START, tick=False) as clock:
        async with open_desk(folder) as desk:
            agent = await desk.add_agent()
            opened = (await desk.customer_asks_for_human()).conversation
            for name, minutes in steps:
                clock.shift(timedelta(minutes=minutes))
                try:
                    await step(desk, agent, opened, name)
                except NotPossibleNow:
                    continue
            conversation = await desk.conversation(opened)
            found = await spans(desk, opened)
            assert found[0].began_at == conversation.created_at == START
            for before, after in pairwise(found):
                assert before.ended_at == after.began_at
            end = found[-1].ended_at
            assert (end is None) == (conversation.closed_at is None)
            running = None if conversation.closed_at else found[-1].kind
            assert conversation.span == running


@pytest.mark.parametrize("database", ["one"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from((-5, 0, 1, 30))), max_size=12)
)
def test_spans_have_no_gap_and_no_overlap_also_when_a_clock_is_put_back(
    database: str, steps: list[tuple[str, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder), steps))


@pytest.mark.asyncio
async def test_each_span_says_on_whom_it_waited(tmp_path: Path) -> None:
    with time_machine.travel(START, tick=False) as clock:
        async with open_desk(tmp_path) as desk:
            anna = await desk.add_agent()
            opened = (await desk.customer_says("Hello")).conversation
            await desk.bot_answers("Hi")
            for name in ("human", "claim", "customer", "reply", "customer", "snooze", "close"):
                clock.shift(timedelta(minutes=1))
                if name == "human":
                    await desk.customer_asks_for_human()
                else:
                    await step(desk, anna, opened, name)
            found = await spans(desk, opened)
            assert [(span.kind, span.agent_id) for span in found] == [
                ("bot", None),
                ("queue", None),
                ("human", anna.id),
                ("customer", anna.id),
                ("human", anna.id),
                ("snoozed", anna.id),
            ]
            minutes = [(span.ended_at or now()) - span.began_at for span in found]
            assert [length.total_seconds() / 60 for length in minutes] == [1, 1, 2, 1, 1, 1]


@pytest.mark.asyncio
async def test_the_more_urgent_stands_in_front_then_who_came_first(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        opened = [
            (await desk.customer_asks_for_human(thread=thread)).conversation for thread in "abc"
        ]
        async with desk.db.write() as tx:
            urgent = await repository.lock_conversation(tx.session, opened[2])
            assert urgent is not None
            urgent.priority = Priority.URGENT
        async with desk.db.read() as session:
            queue = [queued.conversation for queued in await queue_of(session, DESK)]
        assert queue == [opened[2], opened[0], opened[1]]


def test_priorities_have_words() -> None:
    assert [priority.word for priority in Priority] == ["low", "normal", "high", "urgent"]
    assert priority_named("high") is Priority.HIGH
    assert priority_named("hihg") is priority_named(None) is None


@pytest.mark.asyncio
async def test_another_agent_or_desk_begins_another_span(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        anna, ola = await desk.add_agent(), await desk.add_agent("Ola")
        opened = (await desk.customer_asks_for_human()).conversation
        await step(desk, anna, opened, "claim")
        move = desk.parts.frontdesk._conversations.move
        async with desk.db.write() as tx:
            there = await repository.lock_conversation(tx.session, opened)
            assert there is not None
            to = actor_of(ola)
            await move(tx, there, Trigger.HAND_OVER, actor=actor_of(anna), owner=to)
            there.desk = "it-help"
            await move(tx, there, Trigger.CHANGE_DESK, actor=to)
        found = [(span.kind, span.agent_id, span.desk) for span in await spans(desk, opened)][2:]
        assert found == [
            ("human", anna.id, DESK),
            ("human", ola.id, DESK),
            ("queue", None, "it-help"),
        ]
