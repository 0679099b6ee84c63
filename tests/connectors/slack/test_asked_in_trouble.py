"""Who asks by a command, a shortcut or a press is told what became of it, whatever Slack does."""

import asyncio

import pytest

from connectors.slack import later, tell
from tests.connectors.slack.fake import Json
from tests.connectors.slack.office import ADA, REQUESTS, Office, actions_of
from tests.connectors.slack.test_after import solved_by_ola, surveys

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried soon."""
    monkeypatch.setattr(tell, "PAUSES", (0.01,) * 4)


async def too_busy(office: Office, method: str) -> None:
    office.slack.fail(method, status=429, retry_after=0.05)
    office.slack.fail(method, status=502, body="<html>")
    office.slack.fail(method, error="internal_error")


async def told_directly(office: Office, words: str) -> None:
    def stands_there() -> bool:
        posts = office.slack.posts
        return any(post["channel"] == "D0ADA" and words in post["text"] for post in posts)

    await office.slack.until(stands_there, words)


async def test_a_press_is_marked_though_slack_is_too_busy(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    post = (await office.slack.wait_for_posts(ts, 2))[-1]
    await too_busy(office, "chat.update")
    await office.slack.press(ADA, dict(post), actions_of(post)["Solved"])
    await office.slack.until(lambda: not actions_of(post), "the mark in the buttons' place")


async def test_a_rating_counts_and_is_thanked_for_though_slack_is_too_busy(triage: Office) -> None:
    _, asked = await solved_by_ola(triage)
    triage.server.app.state.slack.slack.people.forget("T0FIRST", ADA)
    triage.slack.fail("users.info", status=503, times=9)
    await too_busy(triage, "chat.update")
    await triage.slack.press(ADA, dict(asked), actions_of(asked)["4"])
    await triage.slack.until(lambda: "★★★★☆" in asked["text"], "thanks")
    assert await surveys(triage) == [(None, 4)]


@pytest.mark.parametrize("kind", ["shortcut", "message_action"])
@pytest.mark.parametrize(
    ("method", "fault"),
    [("views.open", {"error": "expired_trigger_id"}), ("users.info", {"status": 503})],
)
async def test_who_gets_no_window_is_told_so(
    office: Office, kind: str, method: str, fault: Json
) -> None:
    office.slack.fail(method, times=9, **fault)
    callback = {
        "shortcut": "firstline_new_request",
        "message_action": "firstline_help_with_message",
    }
    message = {"type": "message", "user": ADA, "text": "VPN error", "ts": "1.1"}
    channel = {"id": "C0OTHER", "name": "other"}
    fields = {"callback_id": callback[kind], "message": message, "channel": channel}
    await office.slack.interactive(kind, ADA, **fields)
    await told_directly(office, "That did not work just now.")


async def test_a_quoted_message_that_slack_says_nothing_of_opens_the_window_in_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.slack.asking.feature.LOOK_SECONDS", 0.2)
    office.slack.fail("chat.getPermalink", seconds=30)
    message = {"type": "message", "user": ADA, "text": "VPN error", "ts": "1.1"}
    fields = {"message": message, "channel": {"id": "C0OTHER", "name": "other"}}
    await office.slack.interactive(
        "message_action", ADA, callback_id="firstline_help_with_message", **fields
    )
    (opened,) = await office.slack.wait_for("views.open")
    assert "VPN error" in str(opened["view"])


async def test_a_command_that_fails_after_got_it_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(later, "PATIENCE_SECONDS", 0.3)
    office.slack.fail("conversations.open", seconds=1.5, status=503)
    await office.slack.command(ADA, "/ithelp", "my laptop hangs", REQUESTS)
    await told_directly(office, "Something went wrong on our side")
    assert await office.conversations() == []


async def test_a_command_that_was_not_begun_is_not_called_taken(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(later, "MOST_WAITING", 0)
    await office.slack.command(ADA, "/ithelp", "my laptop hangs", REQUESTS)
    await office.slack.until(office.slack.is_all_acknowledged, "an answer")
    assert "That did not work" in str(office.slack.acks[-1])


@pytest.mark.parametrize("method", ["chat.getPermalink", "views.publish"])
async def test_a_command_that_was_taken_is_not_said_to_have_failed(
    office: Office, method: str
) -> None:
    office.slack.fail(method, error="internal_error", times=9)
    await office.slack.command(ADA, "/ithelp", "my laptop hangs", REQUESTS)
    await office.slack.until(office.slack.is_all_acknowledged, "an answer")
    assert "Got it." in str(office.slack.acks[-1])
    await asyncio.sleep(0.1)
    await office.nothing_under_way()
    assert len(await office.conversations()) == 1
    assert not any("went wrong" in post["text"] for post in office.slack.posts)
