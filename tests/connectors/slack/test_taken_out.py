"""Who was taken out of the agents' channel does nothing there any more, and hears why."""

import json

import pytest
import pytest_asyncio

from connectors.slack import tell
from tests.connectors.slack.agents import (
    asks_for_human,
    card,
    elements,
    hire,
    olas_case,
    press,
    submit,
    words,
)
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.office import BOB, OLA, Office
from tests.connectors.slack.test_submissions import OLAS_MESSAGES, window

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def office(triage: Office) -> Office:
    return triage


@pytest.mark.parametrize("name", ["reply", "assign"])
async def test_who_was_taken_out_of_the_channel_sends_and_changes_nothing(
    office: Office, name: str
) -> None:
    piotr = await hire(office, "Piotr")
    ts, post = await olas_case(office)
    view = await window(office, post, name)
    office.slack.channels["G0TRIAGE"]["members"].remove(OLA)
    value = {"value": "I am gone", "selected_option": {"value": piotr.id}}
    answered = await submit(office, OLA, view, value)
    assert answered["response_action"] == "errors"
    assert "not in the agents' channel any more" in answered["errors"]["value"]
    await office.nothing_under_way()
    assert "I am gone" not in json.dumps(office.slack.in_thread(ts))
    assert "Ola has it" in words(post)
    office.slack.channels["G0TRIAGE"]["members"].append(OLA)
    assert await submit(office, OLA, view, value) == {}


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("reply", ""),
        ("assign", ""),
        ("snooze", "hour"),
        ("close", ""),
        ("more", "release"),
        ("more", "return_to_bot"),
        ("more", "not_a_request"),
    ],
)
async def test_the_cards_buttons_do_nothing_for_who_was_taken_out_of_the_channel(
    office: Office, name: str, choice: str
) -> None:
    ts, post = await olas_case(office)
    said = len(office.slack.in_thread(ts))
    office.slack.channels["G0TRIAGE"]["members"].remove(OLA)
    button = elements(post)[f"triage.{name}"]
    chosen = {"selected_option": {"value": choice}} if choice else {}
    await office.slack.press(OLA, dict(post), button | chosen)
    (told,) = await office.slack.wait_for("chat.postMessage", channel=OLAS_MESSAGES)
    assert "not in the agents' channel any more" in told["text"]
    await office.nothing_under_way()
    (conversation,) = await office.conversations()
    assert (conversation.status, conversation.agent_name) == ("with_agent", "Ola")
    assert office.slack.called("views.open") == []
    assert len(office.slack.in_thread(ts)) == said


async def test_who_was_taken_out_of_the_channel_takes_nothing(office: Office) -> None:
    await asks_for_human(office)
    post = await card(office)
    office.slack.channels["G0TRIAGE"]["members"].remove(OLA)
    await press(office, OLA, post, "claim")
    (told,) = await office.slack.wait_for("chat.postMessage", channel=OLAS_MESSAGES)
    assert "not in the agents' channel any more" in told["text"]
    await office.nothing_under_way()
    assert (await office.conversations())[0].status == "queued"


@pytest.mark.parametrize("may_open", [True, False])
async def test_what_arrived_though_slack_did_not_say_so_is_told_once_if_one_may_look(
    office: Office, monkeypatch: pytest.MonkeyPatch, may_open: bool
) -> None:
    monkeypatch.setattr(tell, "PAUSES", (0.01,) * 4)
    await asks_for_human(office)
    post = await card(office)
    office.slack.channels["G0TRIAGE"]["members"].remove(OLA)
    if not may_open:
        office.slack.fail("conversations.open", error="missing_scope")
    office.slack.fail("chat.postMessage", status=503, done_first=True)
    await press(office, OLA, post, "claim")
    await office.slack.wait_for("conversations.history")
    await office.nothing_under_way()
    told = [post["text"] for post in office.slack.posts if post["channel"] == OLAS_MESSAGES]
    assert len(told) == (1 if may_open else 2)
    assert all("not in the agents' channel any more" in words for words in told)


async def test_the_prefix_of_somebody_who_was_taken_out_sends_nothing_and_they_hear_of_it(
    office: Office,
) -> None:
    ts, post = await olas_case(office)
    office.slack.channels["G0TRIAGE"]["members"].remove(OLA)
    await office.slack.post(OLA, "G0TRIAGE", "!! I am gone", thread_ts=post["ts"])
    (said,) = await office.slack.wait_for("chat.postMessage", channel=OLAS_MESSAGES)
    assert "Not sent to the customer" in said["text"]
    assert "not in the agents' channel any more" in said["text"]
    await office.nothing_under_way()
    assert "I am gone" not in json.dumps(office.slack.in_thread(ts))


async def test_a_member_on_a_later_page_of_a_large_channel_is_one(office: Office) -> None:
    ts, post = await olas_case(office)
    view = await window(office, post, "reply")

    def pages(slack: FakeSlack, said: Json) -> Json:
        last = said.get("cursor") == "second"
        cursor = {"next_cursor": "" if last else "second"}
        return {"ok": True, "members": [OLA if last else BOB], "response_metadata": cursor}

    office.slack.methods["conversations.members"] = pages
    assert await submit(office, OLA, view, {"value": "Here I am"}) == {}
    await office.slack.until(lambda: "Here I am" in json.dumps(office.slack.in_thread(ts)), "")
    assert "triage.reply" in elements(post)
