"""Slack's whole envelopes, of every kind beside posts, through the real app: what comes of each."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from connectors.slack.manifest import EVENTS
from tests.connectors.slack.fake import Json
from tests.connectors.slack.office import ON_MENTION, REQUESTS, Office

pytestmark = pytest.mark.asyncio
NOT_ASKED_FOR = {"member_joined_channel", "message.mpim", "reaction_added"}
PAYLOADS = Path(__file__).parent / "payloads" / "whole"


def envelope(name: str) -> Json:
    read: Json = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    return read


async def sent(office: Office, name: str) -> Json:
    """What the app answers."""
    recorded = envelope(name)
    key = await office.slack.envelope(recorded["type"], recorded["payload"])
    await office.slack.until(lambda: office.slack.acked(key), f"an answer to {name}")
    answers = [ack for ack in office.slack.acks if ack["envelope_id"] == key]
    await office.nothing_under_way()
    return answers[-1].get("payload") or {}


async def draws_the_home_page(office: Office, _: Json) -> None:
    (said,) = await office.slack.wait_for("views.publish", user_id="U0ADA")
    assert "You have no open request" in json.dumps(said["view"])


async def greets_in_the_pane(office: Office, _: Json) -> None:
    await office.slack.wait_for("chat.postMessage", thread_ts="1764350006.000100")


async def is_a_request(office: Office, answered: Json) -> None:
    said = await office.said(1)
    assert said[0] == ("customer", "my laptop & its dock hang")
    assert "The answer comes here" in answered["text"]


async def opens_the_window(office: Office, _: Json) -> None:
    (said,) = await office.slack.wait_for("views.open")
    assert said["view"]["callback_id"] == "asking.new"


async def opens_the_window_about_it(office: Office, _: Json) -> None:
    (said,) = await office.slack.wait_for("views.open")
    assert "VPN error 809" in json.dumps(said["view"])


async def becomes_a_request(office: Office, answered: Json) -> None:
    said = await office.said(1)
    assert (said[0], answered) == (("customer", "My screen is black"), {})


async def does_nothing(office: Office, answered: Json) -> None:
    assert answered == {}
    assert office.engine.requests == []
    assert {call.method for call in office.slack.calls} <= {
        *("auth.test", "apps.connections.open", "conversations.info")
    }


async def leaves_the_window(office: Office, answered: Json) -> None:
    """With what was typed in it, under a note that it cannot be sent."""
    assert answered["response_action"] == "push"
    assert office.engine.requests == []


async def is_looked_at_at_once(office: Office, answered: Json) -> None:
    """The watch, which looks first 20 seconds after the start, does so now."""
    assert answered == {}
    for channel in (REQUESTS, ON_MENTION):
        await office.slack.wait_for("conversations.info", channel=channel)


COMES_OF: dict[str, Callable[[Office, Json], Awaitable[None]]] = {
    "app_home_opened": draws_the_home_page,
    "app_home_opened_on_messages": does_nothing,
    # Of the workspace of the configured token nothing is stored: the next call learns of it.
    "app_uninstalled": does_nothing,
    "tokens_revoked_of_bot": does_nothing,
    "tokens_revoked_of_people": does_nothing,
    "assistant_thread_started": greets_in_the_pane,
    "assistant_thread_context_changed": does_nothing,
    "channel_archive": is_looked_at_at_once,
    "channel_unarchive": is_looked_at_at_once,
    "channel_deleted": is_looked_at_at_once,
    "channel_left": is_looked_at_at_once,
    "group_archive": is_looked_at_at_once,
    "group_unarchive": is_looked_at_at_once,
    "group_deleted": is_looked_at_at_once,
    "group_left": is_looked_at_at_once,
    "slash_command": is_a_request,
    "slash_command_without_words": opens_the_window,
    "global_shortcut": opens_the_window,
    "message_shortcut": opens_the_window_about_it,
    "view_submission": becomes_a_request,
    # Of a channel that is no desk's triage channel; test_choices.py sends it from one that is.
    "view_submission_of_files": leaves_the_window,
    "view_closed": does_nothing,
}


@pytest.mark.parametrize("name", COMES_OF)
async def test_what_comes_of_it(office: Office, name: str) -> None:
    await COMES_OF[name](office, await sent(office, name))


async def test_every_recorded_envelope_has_an_outcome() -> None:
    assert {file.stem for file in PAYLOADS.glob("*.json")} == set(COMES_OF)


async def test_every_event_that_the_manifest_asks_for_has_a_file() -> None:
    kinds = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
    found = set()
    for file in PAYLOADS.parent.rglob("*.json"):
        recorded = json.loads(file.read_text("utf-8"))
        event = (recorded.get("payload") or recorded).get("event")
        if not isinstance(event, dict):
            continue
        kind, where = event.get("type"), event.get("channel_type")
        if kind == "message":
            found |= {f"message.{kinds[where]}"} if where in kinds else set()
        elif isinstance(kind, str):
            found.add(kind)
    assert found - NOT_ASKED_FOR == set(EVENTS)
    assert found >= NOT_ASKED_FOR, "what comes all the same is read by a test, too"
