"""What is asked and told after a request, though the process dies over it: once, and surely."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import Popen

import pytest
from sqlalchemy import select, update

from bot.clock import now
from bot.conversations.models import Conversation
from bot.outbox.models import Delivery
from bot.timers.models import Timer
from connectors.slack import features
from connectors.slack.after import digest
from connectors.slack.after.digest import WeeklyDigests
from tests.connectors.slack.agents import AGENTS, until
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.mortal import database_file, database_in, mortal_desk
from tests.connectors.slack.office import (
    ADA,
    DESKS,
    REQUESTS,
    TRIAGE,
    Office,
    actions_of,
    furnish,
    open_office,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(300)]


def questions(slack: FakeSlack, ts: str) -> list[Json]:
    return [post for post in slack.in_thread(ts) if "1 – badly" in actions_of(post)]


def closings(slack: FakeSlack, ts: str) -> list[Json]:
    return [post for post in slack.in_thread(ts) if "closed" in post["text"]]


async def died(process: Popen[bytes]) -> None:
    for _ in range(6000):
        if process.poll() is not None:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it lives")


async def nothing_waits(folder: Path) -> None:
    """Until the other process has noted that everything is out."""
    with closing(sqlite3.connect(database_file(folder))) as file:
        for _ in range(3000):
            found = file.execute("SELECT count(*) FROM deliveries WHERE status = 'waiting'")
            if found.fetchone() == (0,):
                return
            await asyncio.sleep(0.005)
    raise AssertionError("something waits")


@pytest.mark.parametrize("point", ["deliver.before", "deliver.sent", "between the two posts"])
async def test_the_question_survives_the_process_that_closed_the_request(
    slack: FakeSlack, tmp_path: Path, point: str
) -> None:
    furnish(slack)
    async with mortal_desk(slack, tmp_path, desks=DESKS) as process:
        ts = await slack.post(ADA, REQUESTS, "My laptop hangs")
        offered = (await slack.wait_for_posts(ts, 2))[-1]
        await nothing_waits(tmp_path)
        posted = len(slack.called("chat.postMessage"))
        if point.startswith("deliver."):
            (tmp_path / "trap").write_text(f"{point}:2")  # after the thanks
        else:
            # Thanks and the closing words arrive; the question is never answered, nor posted.
            slack.fail("chat.postMessage", passes=True, times=2)
            slack.fail("chat.postMessage", seconds=600)
        await slack.press(ADA, dict(offered), actions_of(offered)["Solved"])
        if not point.startswith("deliver."):
            await slack.wait_for("chat.postMessage", posted + 3)
            process.kill()
        await died(process)
    expected = {"deliver.before": (0, 0), "deliver.sent": (1, 1)}.get(point, (1, 0))
    assert (len(closings(slack, ts)), len(questions(slack, ts))) == expected
    slack.no_more_faults()
    async with open_office(slack, tmp_path, database_url=database_in(tmp_path)) as office:
        await slack.until(lambda: bool(questions(slack, ts)), "the question")
        await everything_is_out(office)
        assert (len(closings(slack, ts)), len(questions(slack, ts))) == (1, 1)


async def everything_is_out(office: Office) -> None:

    async def is_out() -> bool:
        async with office.parts.db.read() as session:
            (found,) = await session.scalars(select(Conversation))
        return not await office.waiting_deliveries() and found.status == "closed"

    await until(office, is_out)


async def test_two_processes_ask_once(slack: FakeSlack, tmp_path: Path) -> None:
    async with (
        open_office(slack, tmp_path) as first,
        open_office(slack, tmp_path) as second,
    ):
        threads = [await slack.post(ADA, REQUESTS, f"Request {number}") for number in range(5)]
        for ts in threads:
            post = (await slack.wait_for_posts(ts, 2))[-1]
            await slack.press(ADA, dict(post), actions_of(post)["Solved"])
        await slack.until(lambda: all(questions(slack, ts) for ts in threads), "five questions")

        async def is_out() -> bool:
            return not await first.waiting_deliveries() and slack.is_all_acknowledged()

        await until(second, is_out)
        assert [len(questions(slack, ts)) for ts in threads] == [1] * 5


def told(slack: FakeSlack) -> list[Json]:
    return [
        post
        for post in slack.posts
        if post["channel"] == TRIAGE and "the last seven days" in post["text"]
    ]


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Digests are told when the test says so: the desk's own look, late on a slow machine, may
    otherwise be in the middle of one."""
    others = tuple(work for work in features.WORKS if work is not digest.work)
    monkeypatch.setattr(features, "WORKS", others)


async def is_due(office: Office, *, ago: timedelta = timedelta(seconds=1)) -> None:
    """Monday has come."""
    async with office.parts.db.write() as tx:
        wanted = update(Timer).where(Timer.kind == "digest")
        await tx.session.execute(wanted.values(due_at=now() - ago))


async def a_hold_runs_out(office: Office) -> None:
    """Two minutes go by."""
    async with office.parts.db.write() as tx:
        (row,) = await tx.session.scalars(select(Timer).where(Timer.kind == "digest"))
        past = (now() - timedelta(seconds=1)).isoformat()
        row.details = {**row.details, "held_until": past}


async def due_at(office: Office) -> datetime:
    async with office.parts.db.read() as session:
        (row,) = await session.scalars(select(Timer).where(Timer.kind == "digest"))
    return row.due_at


@pytest.mark.usefixtures("by_hand")
@pytest.mark.parametrize("was_posted", [False, True])
async def test_a_week_is_told_though_the_process_dies_over_it(
    slack: FakeSlack, tmp_path: Path, was_posted: bool
) -> None:
    async with open_office(slack, tmp_path, desks=AGENTS) as office:
        channel = office.server.app.state.slack.slack
        await WeeklyDigests(channel).look()
        await is_due(office)
        # The first process takes its turn, and that is the last that is heard of it; or its post
        # arrives, and what is not written is that it did.
        if was_posted:
            slack.fail("chat.postMessage", seconds=600, done_first=True)
            dying = asyncio.create_task(WeeklyDigests(channel).look())
            await slack.until(lambda: bool(told(slack)), "the post")
            dying.cancel()
            await asyncio.gather(dying, return_exceptions=True)
        else:
            assert await channel.digests.take_turn("it-help", "en") is not None
    async with open_office(slack, tmp_path, desks=AGENTS) as office:
        digests = WeeklyDigests(office.server.app.state.slack.slack)
        before = len(told(slack))
        await digests.look()
        assert len(told(slack)) == before, "another process may still be at it"
        await a_hold_runs_out(office)
        await digests.look()
        await digests.look()
        assert len(told(slack)) == 1
        assert await due_at(office) > now()


@pytest.mark.usefixtures("by_hand")
async def test_a_week_waits_for_a_slack_that_is_down_and_is_told_once_by_many(
    slack: FakeSlack, tmp_path: Path
) -> None:
    async with (
        open_office(slack, tmp_path, desks=AGENTS) as first,
        open_office(slack, tmp_path, desks=AGENTS) as second,
    ):
        both = [WeeklyDigests(office.server.app.state.slack.slack) for office in (first, second)]
        await both[0].look()
        await is_due(first)
        slack.fail("chat.postMessage", status=503, done_first=True)
        await both[0].look()
        assert len(told(slack)) == 1
        assert await due_at(first) < now(), "nobody knows that it arrived"
        await a_hold_runs_out(first)
        await asyncio.gather(*(digests.look() for digests in both))
        assert len(told(slack)) == 1
        assert await due_at(first) > now()


async def test_what_a_process_posted_that_died_a_moment_ago_another_one_does_not_post_again(
    office: Office, tmp_path: Path
) -> None:
    """A living process takes over what is seconds old."""
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)
    await office.nothing_under_way()
    async with open_office(office.slack, tmp_path) as living:
        async with living.parts.db.write() as tx:  # as if nobody had noted that it left
            await tx.session.execute(
                update(Delivery).values(status="waiting", due_at=now(), holder="the dead one")
            )

        async def is_noted() -> bool:
            return await living.waiting_deliveries() == []

        await until(living, is_noted)
    assert len(office.slack.in_thread(ts)) == 2
    assert office.slack.called("conversations.replies") != []
