"""Buttons under the bot's words, and what a press does."""

import pytest

from tests.connectors.slack.office import ADA, REQUESTS, Office, actions_of
from tests.desk import answer

pytestmark = pytest.mark.asyncio


async def asked(office: Office) -> tuple[str, list[dict[str, object]]]:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    return ts, await office.slack.wait_for_posts(ts, 2)


async def test_solved_is_an_opinion_and_ends_the_conversation_once(office: Office) -> None:
    ts, posts = await asked(office)
    await office.slack.press(ADA, posts[1], actions_of(posts[1])["Solved"], times=3)
    await office.slack.wait_for("chat.update", ts=posts[1]["ts"])
    # Thanks, that it is closed, and how it went.
    await office.slack.wait_for_posts(ts, len(posts) + 3)
    await office.nothing_under_way()
    (conversation,) = await office.conversations()
    assert (conversation.status, conversation.closed_as) == ("closed", "by_customer")
    assert len(office.slack.in_thread(ts)) == len(posts) + 3, "each of them once"
    updated = office.slack.find(REQUESTS, str(posts[1]["ts"]))
    assert updated is not None
    assert actions_of(updated) == {}
    assert updated["blocks"][-1]["elements"][0]["text"] == "✓ Solved"


async def test_still_stuck_gets_another_try(office: Office) -> None:
    ts, posts = await asked(office)
    await office.slack.press(ADA, posts[1], actions_of(posts[1])["Still stuck"])
    again = await office.slack.wait_for_posts(ts, 3)
    assert "Talk to a person" in actions_of(again[2])
    assert (await office.conversations())[0].status == "bot"


async def test_a_person_is_one_press_away_and_the_queue_is_told_in_the_thread(
    office: Office,
) -> None:
    ts, posts = await asked(office)
    await office.slack.press(ADA, posts[1], actions_of(posts[1])["Talk to a person"], times=2)
    again = await office.slack.wait_for_posts(ts, 3)
    (conversation,) = await office.conversations()
    assert conversation.status == "queued"
    assert "colleague" in again[2]["text"]
    assert [words for who, words in await office.messages() if who == "customer"] == [
        "My laptop hangs",
        "I would like to talk to a person.",
    ]


async def test_quick_replies_are_buttons_and_send_what_they_stand_for(office: Office) -> None:
    choices = [
        {"title": "Windows", "payload": '/os{"os":"windows"}'},
        {"title": "macOS", "payload": "/mac"},
    ]
    office.engine.at_once = answer("", replies=[{"text": "Which system?", "buttons": choices}])
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    (post,) = await office.slack.wait_for_posts(ts, 1)
    assert list(actions_of(post)) == ["Windows", "macOS", "Talk to a person"]
    await office.slack.press(ADA, post, actions_of(post)["Windows"], times=2)
    await office.until_asked(2)
    assert office.engine.requests[1].payload == '/os{"os":"windows"}'
    assert [words for who, words in await office.messages() if who == "customer"][1] == "Windows"
    await office.slack.wait_for("chat.update", ts=post["ts"])


async def test_a_post_too_old_to_edit_keeps_its_buttons_which_count_once(office: Office) -> None:
    ts, posts = await asked(office)
    office.slack.fail("chat.update", error="edit_window_closed", times=9)
    still_stuck = actions_of(posts[1])["Still stuck"]
    for time in (1, 2, 3):
        await office.slack.press(ADA, posts[1], still_stuck)
        await office.slack.wait_for("chat.update", min(time, 1), ts=posts[1]["ts"])
        await office.slack.wait_for_posts(ts, 3)
    await office.slack.until(office.slack.is_all_acknowledged, "an answer to each press")
    await office.nothing_under_way()
    assert "Still stuck" in actions_of(posts[1]), "Slack did not let us take them away"
    said = [words for who, words in await office.messages() if who == "customer"]
    assert said[0] == "My laptop hangs"
    assert len(said) == 2, "pressed three times, said once"
    assert len(office.slack.in_thread(ts)) == 3, "and answered once"
