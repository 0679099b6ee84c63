"""Eyes stand under a request before anything that takes time."""

import asyncio

import pytest

from tests.connectors.slack.office import ADA, REQUESTS, Office
from tests.connectors.slack.test_files import PNG, file_of
from tests.desk import answer

pytestmark = pytest.mark.asyncio


async def test_they_come_while_the_engine_is_silent(office: Office) -> None:
    office.engine.at_once = None
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    (eyes,) = await office.slack.wait_for("reactions.add", timestamp=ts)
    assert (eyes["name"], eyes["channel"]) == ("eyes", REQUESTS)
    assert office.slack.in_thread(ts) == []
    await office.until(lambda: len(office.engine.asked) == 1)
    office.engine.reply(0, answer("Restart it."))  # or the desk would wait for it as it stops


async def test_they_come_before_its_files_are_there(office: Office) -> None:
    held = asyncio.Event()
    office.slack.fail("file", held=held)
    file = file_of(office, "F0PNG", PNG, "screen.png")
    ts = await office.slack.post(ADA, REQUESTS, "Look", subtype="file_share", files=[file])
    await office.slack.wait_for("reactions.add", timestamp=ts)
    assert await office.messages() == []
    held.set()
    await office.slack.wait_for_posts(ts, 2)
    assert [kept["name"] for kept in await office.attachments()] == ["screen.png"]
    assert len(office.slack.called("reactions.add", timestamp=ts)) <= 2


async def test_a_post_that_is_asked_for_words_has_none(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, ":wave:")
    await office.slack.wait_for_posts(ts)
    await office.nothing_under_way()
    assert office.slack.called("reactions.add", timestamp=ts) == []
