"""Posts that are edited or deleted, before and after the bot has answered."""

import asyncio

import pytest

from tests.connectors.slack.fake import Json
from tests.connectors.slack.office import ADA, REQUESTS, Office
from tests.desk import answer

pytestmark = pytest.mark.asyncio


def edit(event: Json, text: str) -> Json:
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": event["channel"],
        "ts": "1799999999.000100",
        "hidden": True,
        "message": {**event, "text": text, "edited": {"user": event["user"], "ts": "1.0"}},
        "previous_message": event,
    }


def deletion(event: Json) -> Json:
    return {
        "type": "message",
        "subtype": "message_deleted",
        "channel": event["channel"],
        "ts": "1799999999.000200",
        "hidden": True,
        "deleted_ts": event["ts"],
        "previous_message": event,
    }


async def test_an_edit_before_the_answer_is_read_anew_and_answered_once(office: Office) -> None:
    office.engine.at_once = None
    event = office.slack.message(ADA, REQUESTS, "My lptp hngs")
    await office.slack.event(event)
    await office.until(lambda: len(office.engine.asked) == 1)
    await office.slack.event(edit(event, "My laptop hangs"))
    await office.until(lambda: len(office.engine.asked) == 2)
    assert [request.text for request in office.engine.requests] == [
        "My lptp hngs",
        "My laptop hangs",
    ]
    keys = {request.key for request in office.engine.requests}
    assert len(keys) == 2  # what the engine did for the first words is not what it says now
    office.engine.reply(0, answer("To the typo."))
    office.engine.reply(0, answer("To the right words."))
    posts = await office.slack.wait_for_posts(event["ts"], 1)
    await office.nothing_under_way()
    assert [post["text"] for post in posts] == ["To the right words."]
    assert (await office.messages())[0] == ("customer", "My laptop hangs")


async def test_an_edit_after_the_answer_is_only_seen_by_agents(office: Office) -> None:
    event = office.slack.message(ADA, REQUESTS, "My laptop hangs")
    await office.slack.event(event)
    await office.slack.wait_for_posts(event["ts"], 2)
    await office.slack.event(edit(event, "My laptop hangs, the new one"))
    for _ in range(2000):
        if (await office.messages())[0][1].endswith("the new one"):
            break
        await asyncio.sleep(0.005)
    assert (await office.messages())[0][1] == "My laptop hangs, the new one"
    assert len(office.engine.requests) == 1


async def test_a_deleted_post_is_withdrawn_and_not_answered(office: Office) -> None:
    office.engine.at_once = None
    event = office.slack.message(ADA, REQUESTS, "My password is hunter2")
    await office.slack.event(event)
    await office.until(lambda: len(office.engine.asked) == 1)
    await office.slack.event(deletion(event))
    while (await office.conversations())[0].status != "closed":
        await asyncio.sleep(0.005)
    office.engine.reply(0, answer("Too late."))
    await office.nothing_under_way()
    assert (await office.messages())[0] == ("customer", "")
    assert "Too late." not in [post.get("text") for post in office.slack.posts]


async def test_an_edit_and_a_deletion_may_overtake_their_posts(office: Office) -> None:
    early, gone = (office.slack.message(ADA, REQUESTS, words) for words in ("Frst", "Gone"))
    await office.slack.event(edit(early, "First"))
    await office.slack.event(deletion(gone))
    await office.nothing_under_way()
    await office.slack.event(early)
    await office.slack.event(gone)
    await office.slack.wait_for_posts(early["ts"], 1)
    await office.nothing_under_way()
    assert [request.text for request in office.engine.requests] == ["First"]
    assert office.slack.in_thread(gone["ts"]) == []
