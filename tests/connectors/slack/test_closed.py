"""Outside opening hours, when nobody is there to wait for."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import now
from tests.connectors.slack.fake import FakeSlack
from tests.connectors.slack.office import ADA, DESKS, REQUESTS, actions_of, open_office

pytestmark = pytest.mark.asyncio


async def test_who_asks_for_a_person_while_the_desk_is_closed_reads_when_it_opens(
    slack: FakeSlack, tmp_path: Path
) -> None:
    another_day = (now() + timedelta(days=3)).strftime("%A").lower()
    desks = f'{DESKS}[it-help.hours]\n{another_day} = ["8:00-9:00"]\n'
    async with open_office(slack, tmp_path, desks=desks) as office:
        ts = await slack.post(ADA, REQUESTS, "My laptop hangs")
        posts = await slack.wait_for_posts(ts, 2)
        await slack.press(ADA, posts[1], actions_of(posts[1])["Talk to a person"])
        told = (await slack.wait_for_posts(ts, 3))[2]["text"]
        assert "We are closed now; we open on" in told
        assert "ada@acme.example" in told  # the profile's address
        (conversation,) = await office.conversations()
        assert conversation.status == "queued"
