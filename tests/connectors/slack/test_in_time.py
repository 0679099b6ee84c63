"""Slack has its answer within a second, however long work takes; what is told is not lost."""

import asyncio
import time
from pathlib import Path

import pytest

from connectors.slack import later, tell
from tests.connectors.slack.agents import AGENTS, asks_for_human, card, elements, hire, shows
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.office import (
    ADA,
    BOB,
    OLA,
    REQUESTS,
    TRIAGE,
    Office,
    actions_of,
    open_office,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.real_patience]
SLOW = 6.0  # seconds
SOON = 4.0  # a second, and what a busy machine takes


async def answered_after(slack: FakeSlack, began: float) -> float:
    """How long Slack waited for the newest envelope's answer."""
    key = slack.sent[-1]
    await slack.until(lambda: slack.acked(key), "an answer")
    return time.monotonic() - began


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried soon."""
    monkeypatch.setattr(tell, "PAUSES", (0.01,) * 4)


async def test_a_post_is_acknowledged_before_the_bot_has_an_answer(office: Office) -> None:
    office.engine.at_once = None
    began = time.monotonic()
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    assert await answered_after(office.slack, began) < SOON
    await office.until(lambda: len(office.engine.asked) == 1)
    assert office.slack.in_thread(ts) == []


async def test_a_press_under_an_answer_is_acknowledged_and_done_though_the_desk_is_slow(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    post = (await office.slack.wait_for_posts(ts, 2))[-1]
    real = office.parts.frontdesk.receive_customer_message

    async def slowly(inbound):  # type: ignore[no-untyped-def]
        await asyncio.sleep(SLOW)
        return await real(inbound)

    monkeypatch.setattr(office.parts.frontdesk, "receive_customer_message", slowly)
    began = time.monotonic()
    await office.slack.press(ADA, dict(post), actions_of(post)["Solved"])
    assert await answered_after(office.slack, began) < SOON
    assert (await office.conversations())[0].status == "bot", "not yet"
    await office.nothing_under_way()
    assert (await office.conversations())[0].status == "closed"


async def test_a_cards_button_is_acknowledged_though_slack_opens_its_window_slowly(
    slack: FakeSlack, tmp_path: Path
) -> None:
    async with open_office(slack, tmp_path, desks=AGENTS) as office:
        await hire(office, "Ola")
        await asks_for_human(office)
        post = await card(office)
        await slack.press(OLA, dict(post), elements(post)["triage.claim"])
        await shows(office, post, "reply")
        slack.fail("conversations.replies", seconds=SLOW, status=503)
        began = time.monotonic()
        await slack.press(OLA, dict(post), elements(post)["triage.reply"])
        assert await answered_after(slack, began) < SOON
        await slack.wait_for("views.open")


async def test_a_press_is_told_that_it_failed_though_slack_does_not_say_whose_it_was(
    slack: FakeSlack, tmp_path: Path
) -> None:
    async with open_office(slack, tmp_path, desks=AGENTS) as office:
        await hire(office, "Ola")
        await asks_for_human(office)
        post = await card(office)
        office.server.app.state.slack.slack.people.forget("T0FIRST", OLA)
        slack.fail("users.info", seconds=SLOW, status=503)
        began = time.monotonic()
        await slack.press(OLA, dict(post), elements(post)["triage.claim"])
        assert await answered_after(slack, began) < SOON
        (told,) = await slack.wait_for("chat.postEphemeral", user=OLA)
        assert (told["text"][:18], told["thread_ts"]) == ("That did not work ", post["ts"])
        assert (await office.conversations())[0].status == "queued"
        await slack.press(OLA, dict(post), elements(post)["triage.claim"])
        await shows(office, post, "reply")


async def test_a_slow_command_is_acknowledged_and_its_words_come_by_another_way(
    office: Office,
) -> None:
    office.slack.fail("chat.postMessage", passes=True)  # its thread's first post
    office.slack.fail("chat.getPermalink", seconds=SLOW, status=503)
    began = time.monotonic()
    await office.slack.command(ADA, "/ithelp", "my laptop hangs", REQUESTS)
    assert await answered_after(office.slack, began) < SOON
    assert not (office.slack.acks[-1].get("payload") or {}).get("text")
    (said,) = await office.slack.wait_for("response_url")
    assert said["text"]
    assert said["response_type"] == "ephemeral"
    assert (await office.said(1))[0] == ("customer", "my laptop hangs")


async def fails(office: Office, method: str) -> None:
    office.slack.fail(method, status=429, retry_after=0.05)
    office.slack.fail(method, status=502, body="<html>")
    office.slack.fail(method, error="internal_error")


@pytest.mark.usefixtures("soon")
async def test_eyes_a_whisper_and_a_question_come_though_slack_is_too_busy(office: Office) -> None:
    await fails(office, "reactions.add")
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for("reactions.add", 4, timestamp=ts)
    posts = await office.slack.wait_for_posts(ts, 2)
    await fails(office, "chat.postEphemeral")
    await office.slack.press(BOB, dict(posts[1]), actions_of(posts[1])["Solved"])
    await office.slack.wait_for("chat.postEphemeral", 4, user=BOB)
    await fails(office, "chat.postMessage")
    ts = await office.slack.post(ADA, REQUESTS, ":wave:")
    (post,) = await office.slack.wait_for_posts(ts)
    assert post["text"].startswith("How can I help?")


@pytest.mark.usefixtures("soon")
async def test_who_has_no_account_is_told_so_though_slack_is_slow_and_then_too_busy(
    triage: Office,
) -> None:
    await asks_for_human(triage)
    post = await card(triage)
    triage.slack.fail("chat.postEphemeral", seconds=SLOW, status=503)
    await fails(triage, "chat.postEphemeral")
    began = time.monotonic()
    await triage.slack.post(BOB, TRIAGE, "Let me see", thread_ts=post["ts"])
    assert await answered_after(triage.slack, began) < SOON
    told = await triage.slack.wait_for("chat.postEphemeral", 5, user=BOB)
    assert "there is no account for bob@acme.example" in told[-1]["text"]
    await triage.nothing_under_way()
    assert len(triage.slack.called("chat.postEphemeral")) == 5


@pytest.mark.usefixtures("soon")
async def test_a_question_that_arrived_though_slack_did_not_say_so_is_not_repeated(
    office: Office,
) -> None:
    office.slack.fail("chat.postMessage", status=503, done_first=True)
    ts = await office.slack.post(ADA, REQUESTS, ":wave:")
    await office.slack.wait_for("conversations.replies", ts=ts)
    await office.nothing_under_way()
    assert len(office.slack.in_thread(ts)) == 1


@pytest.mark.usefixtures("soon")
async def test_what_slack_refuses_is_said_once(office: Office) -> None:
    office.slack.fail("reactions.add", error="already_reacted")
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)
    await office.nothing_under_way()
    assert len(office.slack.called("reactions.add", timestamp=ts)) == 1


def in_pane(office: Office) -> list[Json]:
    return office.slack.called("assistant.threads.setStatus")


async def test_the_pane_shows_that_the_bot_is_at_work_and_nothing_else_does(
    slack: FakeSlack, tmp_path: Path
) -> None:
    async with open_office(slack, tmp_path, desks=AGENTS) as office:
        office.engine.at_once = None
        await slack.post(OLA, "D0OLA", "Drukarka", thread_ts="1700000001.000100")
        (shown,) = await slack.wait_for("assistant.threads.setStatus")
        assert shown["channel_id"] == "D0OLA"
        assert shown["thread_ts"] == "1700000001.000100"
        assert shown["status"] == "szuka odpowiedzi…"
        await slack.post(ADA, "D0ADA", "No pane")
        await slack.post(ADA, REQUESTS, "No pane either")
        await office.until_asked(3)
        await slack.until(slack.is_all_acknowledged, "all")
        assert len(in_pane(office)) == 1
        assert TRIAGE not in str(in_pane(office))


async def opens_home(office: Office) -> str:
    """Ada; the key of the envelope."""
    await office.slack.event(
        {"type": "app_home_opened", "tab": "home", "user": ADA, "channel": "D0ADA"}
    )
    return office.slack.sent[-1]


async def test_an_opened_home_page_is_acknowledged_though_slack_takes_it_late(
    office: Office,
) -> None:
    held = asyncio.Event()
    office.slack.fail("views.publish", held=held)
    key = await opens_home(office)
    await office.slack.until(lambda: office.slack.acked(key), "an answer")
    held.set()
    await office.nothing_under_way()
    assert len(office.slack.called("views.publish", user_id=ADA)) == 1


async def test_a_home_page_that_slack_refuses_at_once_is_drawn_when_the_event_comes_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(later, "PRESS_SECONDS", 10.0)  # however slow this machine is
    office.slack.again_after = 0.1
    office.slack.fail("views.publish", status=503)
    key = await opens_home(office)
    await office.slack.until(lambda: office.slack.acked(key), "an answer")
    assert len(office.slack.called("views.publish", user_id=ADA)) >= 2
    assert key in office.slack.sent_again
