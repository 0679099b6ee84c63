"""Slack's payloads, one file each, and what we make of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.slack.buttons import read_press
from connectors.slack.parse import Changed, Deleted, Ignored, Posted, read_message
from connectors.slack.place import Place
from connectors.slack.requests import place_of

PAYLOADS = Path(__file__).parent / "payloads"
TS, THREAD_TS, FOLLOW_UP = "1764350001.000100", "1764350001.000100", "1764350009.000900"

POSTED: dict[str, dict[str, Any]] = {
    "message_plain": {"text": "My laptop hangs", "user": "U0ADA", "ts": TS, "thread": None},
    "message_polish": {"text": "Nie działa mi drukarka na 3. piętrze, proszę o pomoc"},
    "message_private_channel": {"channel": "G0SECRET", "is_direct": False},
    "message_direct": {"channel": "D0ADA", "is_direct": True},
    "message_direct_of_several": {"is_direct": False, "is_group": True},
    "message_in_thread": {"thread": THREAD_TS, "thread_by": "U0ADA", "ts": FOLLOW_UP},
    "message_first_of_thread": {"thread": None},
    "message_thread_broadcast": {"thread": THREAD_TS, "text": "Solved for all"},
    "message_me": {"text": "waves"},
    "message_file_share": {"text": "Look"},
    "message_only_file": {"text": ""},
    "message_file_to_be_asked_for": {"text": "Shared"},
    "message_file_gone": {"text": "Gone"},
    "message_two_files": {"text": "Two"},
    "message_mention": {"text": "<@U0BOT> my mouse is dead"},
    "message_channel_call": {
        "text": "<!channel> is the network down? <https://status.acme.example|status>"
    },
    "message_code": {"text": "```\nif a &lt; b &amp;&amp; c:\n    pass\n```"},
    "message_forwarded": {"forwarded": ("Bob Stone: VPN is down for me",), "text": "Same here"},
    "message_forwarded_alone": {"forwarded": ("Bob Stone: VPN is down for me",), "text": ""},
    "message_link_unfurled_in_it": {"forwarded": ()},
    "message_slack_connect": {"user": "U0STRANGER", "from_team": "T0OTHER"},
    "app_mention": {"channel": "C0RANDOM", "thread": None},
    "app_mention_in_thread": {"channel": "C0RANDOM", "thread": THREAD_TS},
    "odd_files": {"text": "Odd"},
}
FILES = {
    "message_file_share": [("screen.png", 48211, False)],
    "message_two_files": [("screen.png", 48211, False), ("log.txt", 12, False)],
    "message_file_to_be_asked_for": [("file", 0, False)],
    "message_file_gone": [("file", 0, True), ("file", 0, True)],
    "odd_files": [("file", 0, True), ("file", 0, True), ("file", 0, True), ("file", 0, False)],
}
CHANGED = {
    "message_changed": Changed(Posted("T0FIRST", "C0ITHELP", "U0ADA", TS, "My laptop hangs")),
    "message_changed_in_thread": Changed(
        Posted("T0FIRST", "C0ITHELP", "U0ADA", FOLLOW_UP, "Still, yes", THREAD_TS, "U0ADA")
    ),
    "message_changed_to_tombstone": Deleted("T0FIRST", "C0ITHELP", TS),
    "message_deleted": Deleted("T0FIRST", "C0ITHELP", TS),
    "message_deleted_in_thread": Deleted("T0FIRST", "C0ITHELP", FOLLOW_UP, THREAD_TS),
}
IGNORED = {
    "message_changed_by_unfurl": "not its words",
    "message_changed_of_bot": "by a bot",
    "message_deleted_of_bot": "by a bot",
    "message_of_our_bot": "by a bot",
    "message_of_another_bot": "by a bot",
    "message_of_workflow": "subtype bot_message",
    "message_of_webhook": "subtype bot_message",
    "message_of_slackbot": "by nobody",
    "channel_join": "subtype channel_join",
    "channel_leave": "subtype channel_leave",
    "channel_topic": "subtype channel_topic",
    "channel_purpose": "subtype channel_purpose",
    "channel_name": "subtype channel_name",
    "channel_archive": "subtype channel_archive",
    "channel_unarchive": "subtype channel_unarchive",
    "pinned_item": "subtype pinned_item",
    "reminder_add": "subtype reminder_add",
    "reply_broadcast_old": "subtype reply_broadcast",
    "message_replied": "subtype message_replied",
    "bot_add": "subtype bot_add",
    "assistant_app_thread": "subtype assistant_app_thread",
    "huddle_thread": "subtype huddle_thread",
    "file_comment": "subtype file_comment",
    "ekm_access_denied": "subtype ekm_access_denied",
    "reaction_added": "not a message",
    "member_joined_channel": "not a message",
    "no_event": "no event",
    "no_user": "by nobody",
    "no_channel": "not a message",
    "wrong_types": "by nobody",
}
PRESSES = {
    "press_of_message": ("solved", Place("T0FIRST", "C0ITHELP", THREAD_TS)),
    "press_in_direct_message": ("reply:0", Place("T0FIRST", "D0ADA")),
    "press_of_static_select": ("triage.snooze", Place("T0FIRST", "G0TRIAGE", "1764350001.000300")),
    "press_of_overflow": ("triage.more", Place("T0FIRST", "G0TRIAGE", "1764350001.000300")),
    "press_of_users_select": ("owner", Place("T0FIRST", "G0TRIAGE", "1764350001.000300")),
    "press_of_home": None,
    "press_of_nothing": None,
}


def payload(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    return read


def test_every_file_is_read_by_a_test_and_there_are_enough_of_them() -> None:
    files = {file.stem for file in PAYLOADS.glob("*.json")}
    assert files == {*POSTED, *CHANGED, *IGNORED, *PRESSES}
    assert len(files) >= 40


@pytest.mark.parametrize("name", POSTED)
def test_what_people_post(name: str) -> None:
    found = read_message(payload(name))
    assert isinstance(found, Posted)
    assert {field: getattr(found, field) for field in POSTED[name]} == POSTED[name]
    assert [(f.name, f.size, f.is_gone) for f in found.files] == FILES.get(
        name, [("screen.png", 48211, False)] if name == "message_only_file" else []
    )


@pytest.mark.parametrize("name", CHANGED)
def test_what_people_edit_and_delete(name: str) -> None:
    assert read_message(payload(name)) == CHANGED[name]


@pytest.mark.parametrize("name", IGNORED)
def test_what_is_nothing_for_us(name: str) -> None:
    assert read_message(payload(name)) == Ignored(IGNORED[name])


@pytest.mark.parametrize("name", PRESSES)
def test_presses(name: str) -> None:
    found = read_press(payload(name))
    assert (found and (found.action, found.place)) == PRESSES[name]


def test_a_thread_is_its_first_post_and_a_direct_message_is_one() -> None:
    places = {
        "message_plain": "T0FIRST:C0ITHELP:1764350001.000100",
        "message_in_thread": "T0FIRST:C0ITHELP:1764350001.000100",
        "message_direct": "T0FIRST:D0ADA",
    }
    for name, key in places.items():
        found = read_message(payload(name))
        assert isinstance(found, Posted)
        assert place_of(found).key == key
        assert Place.of(key) == place_of(found)
