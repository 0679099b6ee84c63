"""The home page shows where one's requests stand, also when they change while it is open."""

import asyncio
import json
from pathlib import Path

import pytest

from connectors.slack.asking.redraws import Redraws
from tests.connectors.slack.agents import AGENTS, asks_for_human, hire
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.office import ADA, BOB, REQUESTS, Office, open_office

pytestmark = pytest.mark.asyncio


def pages(office: Office, user: str = ADA) -> list[str]:
    """Every look of somebody's home page, oldest first."""
    found: list[Json] = office.slack.called("views.publish", user_id=user)
    return [json.dumps(said["view"], ensure_ascii=False) for said in found]


async def opens_home(office: Office, user: str = ADA) -> None:
    before = len(pages(office, user))
    event = {"type": "app_home_opened", "tab": "home", "user": user, "channel": f"D{user[1:]}"}
    await office.slack.event(event)
    await office.slack.wait_for("views.publish", before + 1, user_id=user)


async def test_an_open_page_follows_the_request(slack: FakeSlack, tmp_path: Path) -> None:
    async with open_office(slack, tmp_path, desks=AGENTS) as office:
        await opens_home(office)
        assert "no open request" in pages(office)[-1]
        await slack.post(ADA, REQUESTS, "My laptop hangs")
        await slack.until(lambda: "My laptop hangs" in pages(office)[-1], "a new request")
        await asks_for_human(office, text="A person, please")
        await slack.until(lambda: "in the queue" in pages(office)[-1], "who waits")
        ola, handoffs = await hire(office, "Ola"), office.parts.handoffs
        conversation = (await office.conversations())[-1]
        await handoffs.claim(ola, conversation.id, epoch=conversation.epoch)
        await slack.until(lambda: "Ola helps you" in pages(office)[-1], "who helps")
        conversation = (await office.conversations())[-1]
        await handoffs.close(ola, conversation.id, epoch=conversation.epoch)
        await slack.until(lambda: "A person, please" not in pages(office)[-1], "it is over")
        assert "My laptop hangs" in pages(office)[-1]
        await slack.wait_for_posts(await asks_for_human(office, user=BOB))
        await office.nothing_under_way()
        assert pages(office, BOB) == [], "he has never looked"


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn by itself: the test says when."""
    monkeypatch.setattr("connectors.slack.features.WORKS", ())


async def test_many_changes_are_drawn_once_and_the_same_look_not_again(
    slack: FakeSlack, tmp_path: Path, by_hand: None
) -> None:
    async with open_office(slack, tmp_path) as office:
        await opens_home(office)
        for number in range(5):
            await slack.post(ADA, REQUESTS, f"Request {number}")
        await office.said(10)
        redraws = Redraws(office.server.app.state.slack.slack)
        changed = {conversation.id for conversation in await office.conversations()}
        before = len(pages(office))
        await asyncio.gather(*(redraws.draw(changed) for _ in range(3)))
        await redraws.draw(changed)
        assert len(pages(office)) == before + 1
        assert all(f"Request {number}" in pages(office)[-1] for number in range(5))


async def test_of_two_processes_one_draws_and_a_slack_that_is_down_is_waited_for(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_hand: None
) -> None:
    monkeypatch.setattr("connectors.slack.asking.redraws.GATHER_SECONDS", 0.05)
    monkeypatch.setattr("connectors.slack.asking.redraws.TRIES", 1000)
    async with (
        open_office(slack, tmp_path) as first,
        open_office(slack, tmp_path) as second,
    ):
        await opens_home(first)
        await slack.post(ADA, REQUESTS, "My laptop hangs")
        await first.said(2)
        both = [Redraws(office.server.app.state.slack.slack) for office in (first, second)]
        changed = {conversation.id for conversation in await first.conversations()}
        slack.fail("views.publish", status=503)
        slack.fail("views.publish", status=429, retry_after=0.05)
        before = len(pages(first))
        await asyncio.gather(*(redraws.draw(changed) for redraws in both))
        assert len(pages(first)) == before + 3, "two that failed, and one that did not"
        assert "My laptop hangs" in pages(first)[-1]
