"""A flood: everything at once. What waits, waits in order and holds nobody else up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from connectors.slack.later import AT_ONCE, Later, StillAtWork
from tests.connectors.slack.fake import FakeSlack
from tests.connectors.slack.office import ADA, REQUESTS, Office
from tests.desk import answer

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(300), pytest.mark.real_patience]
EVENTS = 400
# SQLAlchemy's own for a file of SQLite: five connections that stay, and ten for a while.
POOL = 15


async def test_a_flood_leaves_connections_for_everybody_else(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    office.engine.at_once = answer("Restart it.", intent="greet")
    slack, real = office.slack, Database.read
    most = reading = 0

    @asynccontextmanager
    async def counted(db: Database) -> AsyncIterator[AsyncSession]:
        nonlocal most, reading
        mine = is_an_event()
        reading += mine
        most = max(most, reading)
        try:
            async with real(db) as session:
                yield session
        finally:
            reading -= mine

    monkeypatch.setattr(Database, "read", counted)
    slack.again_after = 1.0
    events = [slack.message(ADA, REQUESTS, f"Request {number}") for number in range(EVENTS)]
    await asyncio.gather(*(slack.event(event) for event in events))
    wanted = {event["ts"] for event in events}
    await slack.until(lambda: wanted <= set(answered(slack)), "every answer", patience=200)
    await office.nothing_under_way()
    assert {ts: count for ts, count in answered(slack).items() if count != 1} == {}
    assert len(office.engine.requests) == EVENTS
    assert 0 < most <= AT_ONCE < POOL / 2, "most connections are everybody else's"
    assert "Traceback" not in caplog.text, "nobody waited for one in vain"


def is_an_event() -> bool:
    """Whether what runs is work on something that Slack told."""
    coroutine = getattr(asyncio.current_task(), "get_coro", lambda: None)()
    return bool(getattr(coroutine, "cr_code", None) is Later._in_order.__code__)


def answered(slack: FakeSlack) -> dict[str, int]:
    """How many answers there are in each thread."""
    found: dict[str, int] = {}
    for post in slack.posts:
        if post.get("bot_id") and post.get("thread_ts"):
            found[str(post["thread_ts"])] = found.get(str(post["thread_ts"]), 0) + 1
    return found


async def test_so_much_is_done_at_once_and_the_rest_in_its_order() -> None:
    later, may_end, begun = Later(), asyncio.Event(), []

    async def work(number: int) -> None:
        begun.append(number)
        await may_end.wait()

    async def ask(number: int) -> None:
        await later.in_time(str(number), str(number), lambda: work(number))

    asked = [asyncio.create_task(ask(number)) for number in range(AT_ONCE + 5)]
    while len(begun) < AT_ONCE:
        await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)
    assert begun == list(range(AT_ONCE))
    may_end.set()
    await asyncio.gather(*asked)
    assert begun == list(range(AT_ONCE + 5))


async def test_what_has_no_room_is_left_to_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.slack.later.MOST_WAITING", 1)
    later, may_end = Later(), asyncio.Event()

    async def work() -> None:
        await may_end.wait()

    first = asyncio.create_task(later.in_time("1", "1", work))
    await asyncio.sleep(0)
    with pytest.raises(StillAtWork):
        await later.in_time("2", "2", work)
    may_end.set()
    await first
