"""The request channel: a post is a request, its thread the conversation."""

import pytest

from tests.connectors.slack.office import ADA, REQUESTS, Office, actions_of

pytestmark = pytest.mark.asyncio


async def test_a_post_gets_eyes_and_its_answer_in_the_thread(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for("reactions.add", channel=REQUESTS, timestamp=ts, name="eyes")
    posts = await office.slack.wait_for_posts(ts, 2)
    assert posts[0]["blocks"][0]["text"]["text"] == "Restart it."
    assert posts[0]["text"] == "Restart it."
    assert list(actions_of(posts[1])) == ["Solved", "Still stuck", "Talk to a person"]
    assert (await office.messages())[0] == ("customer", "My laptop hangs")
