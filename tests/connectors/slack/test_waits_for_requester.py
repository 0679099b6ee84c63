"""A request in Slack that waits for whoever asked: reminded, warned, closed; the clock moves."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import time_machine
from sqlalchemy import select

from bot.timers.models import Timer
from tests.connectors.slack.agents import AGENTS, hire, olas_case, until
from tests.connectors.slack.fake import FakeSlack
from tests.connectors.slack.office import ADA, REQUESTS, Office, open_office
from tests.connectors.slack.test_outcomes import ola_says

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(300)]
REMINDER, WARNING, END = (
    "Ola is waiting for your answer",
    "will be closed on",
    "closed now, because we had no answer",
)


@pytest_asyncio.fixture
async def two(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Office]:
    """Two processes of one desk; the first one."""
    async with (
        open_office(slack, tmp_path, desks=AGENTS) as first,
        open_office(slack, tmp_path, desks=AGENTS) as second,
    ):
        second.engine.at_once = first.engine.at_once
        await hire(first, "Ola")
        yield first


async def next_step(office: Office) -> tuple[str, datetime]:
    """What the clock brings next, and when."""

    async def booked() -> Timer | None:
        async with office.parts.db.read() as session:
            found: Timer | None = await session.scalar(
                select(Timer).where(Timer.kind.startswith("idle"))
            )
            return found

    timer = await until(office, booked)
    return timer.kind, timer.due_at


def told(office: Office, ts: str) -> list[str]:
    """Which of the three stand in the thread."""
    posts = [post["text"] for post in office.slack.in_thread(ts)]
    return [words for text in posts for words in (REMINDER, WARNING, END) if words in text]


async def is_told(office: Office, ts: str, *steps: str) -> None:
    await office.slack.until(lambda: len(told(office, ts)) >= len(steps), f"{steps} in the thread")

    async def is_out() -> bool:
        return not await office.waiting_deliveries()

    await until(office, is_out)
    assert told(office, ts) == list(steps)


async def waiting_for_ada(office: Office) -> str:
    """Ola has asked her something; the thread."""
    ts, _ = await olas_case(office)
    await ola_says(office, "Which laptop is it?")
    await office.slack.until(
        lambda: any("Which laptop" in post["text"] for post in office.slack.in_thread(ts)),
        "the question",
    )
    return ts


async def test_each_step_is_told_once_in_the_thread_though_two_processes_look(two: Office) -> None:
    ts = await waiting_for_ada(two)
    kind, due = await next_step(two)
    assert kind == "idle_remind"
    with time_machine.travel(due - timedelta(minutes=5)) as clock:
        assert (await next_step(two), told(two, ts)) == ((kind, due), [])
        clock.move_to(due + timedelta(seconds=1))
        await is_told(two, ts, REMINDER)
        kind, due = await next_step(two)
        assert kind == "idle_warn"
        clock.move_to(due + timedelta(seconds=1))
        await is_told(two, ts, REMINDER, WARNING)
        assert (await two.conversations())[0].status == "with_agent", "warned, and still open"
        kind, due = await next_step(two)
        assert kind == "idle_end"
        clock.move_to(due + timedelta(seconds=1))
        await is_told(two, ts, REMINDER, WARNING, END)
    (conversation,) = await two.conversations()
    assert (conversation.status, conversation.closed_as) == ("closed", "idle")


async def test_an_answer_after_the_warning_keeps_it_open(two: Office) -> None:
    ts = await waiting_for_ada(two)
    _, due = await next_step(two)
    with time_machine.travel(due + timedelta(seconds=1)) as clock:
        await is_told(two, ts, REMINDER)
        _, due = await next_step(two)
        clock.move_to(due + timedelta(seconds=1))
        await is_told(two, ts, REMINDER, WARNING)
        said = len(await two.messages())
        await two.slack.post(ADA, REQUESTS, "The grey one", thread_ts=ts, parent_user_id=ADA)
        await two.said(said + 1)
        kind, due = await next_step(two)
        assert kind == "idle_end"
        clock.move_to(due + timedelta(seconds=1))

        async def has_fired() -> bool:
            async with two.parts.db.read() as session:
                return not list(
                    await session.scalars(select(Timer).where(Timer.kind.startswith("idle")))
                )

        await until(two, has_fired)
        await is_told(two, ts, REMINDER, WARNING)
    assert (await two.conversations())[0].status == "with_agent"
