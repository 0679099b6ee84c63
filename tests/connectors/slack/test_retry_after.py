"""Slack's 429, from one channel: that one waits as long as Slack says, and every other goes on."""

import asyncio

import pytest

from bot.live import Hint
from tests.connectors.slack.agents import asks_for_human, card
from tests.connectors.slack.fake import FakeSlack
from tests.connectors.slack.fake_world import Call
from tests.connectors.slack.office import ADA, BOB, ON_MENTION, REQUESTS, Office

pytestmark = pytest.mark.asyncio
# Shorter than what a call waits for by itself (calls.WAIT_SECONDS), and longer: then the outbox
# does.
SECONDS = (1.0, 4.0)


def posted(slack: FakeSlack, channel: str, method: str = "chat.postMessage") -> list[Call]:
    return [c for c in slack.calls if (c.method, c.arguments.get("channel")) == (method, channel)]


@pytest.mark.parametrize("seconds", SECONDS)
async def test_a_channel_waits_as_long_as_slack_says(office: Office, seconds: float) -> None:
    slack = office.slack
    slack.fail("chat.postMessage", status=429, retry_after=seconds)
    limited = await slack.post(ADA, REQUESTS, "My laptop hangs")
    await slack.wait_for("chat.postMessage", channel=REQUESTS)
    second = await slack.post(BOB, REQUESTS, "Mine too")
    await slack.wait_for_posts(limited, 2)
    await slack.wait_for_posts(second, 2)
    refused, *later = posted(slack, REQUESTS)
    assert min(call.at for call in later) - refused.at >= seconds
    assert len(later) == 4, "each of them once"


async def test_what_slack_limits_is_that_method_in_that_channel(office: Office) -> None:
    """Neither another one, nor another place."""
    slack = office.slack
    slack.fail("chat.postMessage", status=429, retry_after=45.0)
    await slack.post(ADA, REQUESTS, "My laptop hangs")
    await slack.wait_for("chat.postMessage", channel=REQUESTS)
    second = await slack.post(BOB, REQUESTS, "Mine too")
    await slack.wait_for("reactions.add", channel=REQUESTS, timestamp=second)
    other = await slack.post(BOB, ON_MENTION, "<@U0BOT> my mouse is dead")
    await slack.wait_for_posts(other, 2)
    assert len(posted(slack, REQUESTS)) == 1, "the one that was refused"


async def test_a_card_that_slack_was_too_busy_for_comes_however_lively_the_desk_is(
    triage: Office,
) -> None:
    triage.slack.fail("chat.postMessage", status=429, retry_after=0.5, times=3)

    async def chatter() -> None:
        while True:  # somebody types, all the time
            triage.parts.bus.publish(Hint("inbox", "typing", "another conversation"))
            await asyncio.sleep(0.1)

    async with asyncio.TaskGroup() as group:
        talk = group.create_task(chatter())
        await asks_for_human(triage)
        assert await card(triage)
        talk.cancel()
