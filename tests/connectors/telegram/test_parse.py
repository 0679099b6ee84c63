"""Updates, and what we make of each.

payloads/: written by hand in the shapes that the Bot API documents. payloads/recorded/: what
telemelya and telegram-test-api really sent (test_emulators.py, test_recorded_kinds.py). None is
from Telegram itself.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from connectors.telegram.channel import Me
from connectors.telegram.fields import BadUpdate
from connectors.telegram.parse import (
    Contact,
    FileRef,
    Ignored,
    Location,
    Moved,
    Person,
    Press,
    Said,
    parse_update,
)
from connectors.telegram.places import Place

FOLDER = Path(__file__).parent / "payloads"
DOCUMENTED = {path.stem: path for path in FOLDER.glob("*.json")}
RECORDED = {f"recorded/{path.stem}": path for path in (FOLDER / "recorded").glob("*.json")}
PAYLOADS = DOCUMENTED | RECORDED
# Presses that lack what Telegram's always have: the library does not take them, and we do.
SHORT = {"recorded/test_api_callback", "recorded/test_api_callback_with_message"}
US = Me(4242, "desk_bot")
OFFICE = Place(-1001500, is_group=True)
SAID: dict[str, dict[str, Any]] = {
    "text": {"text": "Gdzie jest moja paczka?", "is_addressed": True, "command": None},
    "text_with_emoji_and_text_link": {
        "text": "👩‍👧 see our returns page (https://shop.example/returns)"
    },
    "text_with_many_entities": {
        "text": "mail me at anna@shop.example or https://shop.example, #order $PLN"
    },
    "text_formatted": {"text": "bold italic code"},
    "text_zalgo": {"text": "h̵̢̛e̶l̷l̸o̵"},
    "text_rtl": {"text": "أين طلبي؟ ‏(10482)"},
    "command_start": {"command": "start", "argument": ""},
    "command_start_link": {"command": "start", "argument": "it-help__password"},
    "command_unknown_command": {"command": "frobnicate", "argument": "now"},
    "command_in_caption": {"command": "help"},
    "photo_with_caption": {
        "text": "It arrived like this",
        "files": (FileRef("photo", "P1280", "photo.jpg", 120034),),
    },
    "album_first": {"album": "13900000000", "text": "three pictures"},
    "album_second": {"album": "13900000000", "text": ""},
    "document": {"files": (FileRef("document", "D1", "faktura żółta.pdf", 64000),)},
    "document_without_name": {"files": (FileRef("document", "D2", "document", None),)},
    "document_20_mb": {"files": (FileRef("document", "D3", "scan.pdf", 20971520),)},
    "voice": {"files": (FileRef("voice", "V1", "voice.ogg", 9000),)},
    "audio": {"files": (FileRef("audio", "AU1", "song.mp3", 900000),)},
    "video": {"files": (FileRef("video", "VI1", "video.mp4", 700000),), "text": "see the noise"},
    "video_note": {"files": (FileRef("video_note", "VN1", "video_note.mp4", 300000),)},
    "animation": {"files": (FileRef("animation", "AN1", "animation.mp4", 40000),)},
    "sticker": {"files": (FileRef("sticker", "S1", "sticker.webp", 20000),)},
    "sticker_animated": {"files": (FileRef("sticker", "S2", "sticker.tgs", 20000),)},
    "location": {"location": Location(52.229676, 21.012229)},
    "venue": {"location": Location(52.2297, 21.0122, "Pasaż")},
    "contact_own": {"contact": Contact("+48600100200", "Anna Nowak", is_own=True)},
    "contact_of_somebody": {"contact": Contact("+48601000000", "Jan", is_own=False)},
    "poll": {"unreadable": "poll"},
    "dice": {"unreadable": "dice"},
    "forwarded": {"text": "Order 10482 was sent"},
    "edited_text": {"is_edit": True, "text": "Gdzie jest paczka 10482?"},
    "edited_caption": {"is_edit": True, "text": "It was like this"},
    "user_without_a_name": {"text": "hello"},
    "user_with_a_username_only": {"text": "hello"},
    "group_unaddressed": {"is_addressed": False},
    "group_mention": {"is_addressed": True, "text": "how long is delivery?"},
    "group_text_mention": {"is_addressed": True, "text": "🎉 hello"},
    "group_reply_to_us": {"is_addressed": True, "text": "and to Germany?"},
    "group_reply_to_another": {"is_addressed": False},
    "forum_topic_mention": {"is_addressed": True, "text": "vpn?"},
    "forum_topic_unaddressed": {"is_addressed": False},
    "group_command_for_us": {"is_addressed": True, "command": "help"},
    "group_command_for_another": {"is_addressed": False, "command": None},
    "recorded/telemelya_text": {"text": "How long is delivery?", "command": None},
    "recorded/telemelya_text_with_username": {"text": "Zażółć gęślą jaźń 🎉"},
    "recorded/telemelya_command": {"command": "start", "argument": ""},
    "recorded/telemelya_command_with_argument": {
        "command": "start",
        "argument": "it-help__password",
    },
    "recorded/telemelya_command_unknown": {"command": "frobnicate", "argument": ""},
    "recorded/telemelya_photo": {"text": "", "album": None},
    "recorded/telemelya_photo_with_caption": {"text": "look"},
    "recorded/test_api_message": {"text": "How long is delivery?", "command": None},
    "recorded/test_api_command": {"command": "start", "argument": ""},
    "recorded/test_api_command_with_argument": {
        "command": "start",
        "argument": "it-help__password",
    },
    "recorded/test_api_reply": {"text": "and to Germany?", "replies_to": 3},
    "recorded/test_api_location": {"location": Location(52.229676, 21.012229), "text": ""},
    "recorded/test_api_venue": {"location": Location(52.2297, 21.0122, "Pasaż")},
    "recorded/test_api_contact_own": {"contact": Contact("+48600100200", "Anna", is_own=True)},
    "recorded/test_api_contact_of_somebody": {
        "contact": Contact("+48601000000", "Jan", is_own=False)
    },
    "recorded/test_api_document": {
        "files": (FileRef("document", "D1", "faktura żółta.pdf", 9000),),
        "text": "",
    },
    "recorded/test_api_document_with_caption": {
        "files": (FileRef("document", "D2", "scan.pdf", 9000),),
        "text": "the invoice",
    },
    "recorded/test_api_voice": {"files": (FileRef("voice", "V1", "voice.ogg", 9000),)},
    "recorded/test_api_audio": {"files": (FileRef("audio", "A1", "song.mp3", 9000),)},
    "recorded/test_api_video": {"files": (FileRef("video", "VI1", "video.mp4", 9000),)},
    "recorded/test_api_video_note": {
        "files": (FileRef("video_note", "VN1", "video_note.mp4", 9000),)
    },
    "recorded/test_api_sticker": {"files": (FileRef("sticker", "S1", "sticker.webp", 9000),)},
    "recorded/test_api_photo": {"files": (FileRef("photo", "P800", "photo.jpg", 9000),)},
    "recorded/test_api_dice": {"unreadable": "dice"},
    "recorded/test_api_text_formatted": {"text": "bold 🎉 link (https://shop.example/)"},
    "recorded/test_api_forwarded": {"text": "Order 10482 was sent"},
    "recorded/test_api_text_in_polish": {
        "who": Person(5, "Anna", "anna", "pl"),
        "text": "Gdzie jest paczka?",
    },
    "recorded/test_api_group_unaddressed": {"is_addressed": False, "place": OFFICE},
    "recorded/test_api_group_mention": {
        "is_addressed": True,
        "place": OFFICE,
        "text": "how long is delivery?",
        "who": Person(5, "Anna", "anna", None),
    },
    "recorded/test_api_group_reply_to_us": {"is_addressed": True, "replies_to": 3},
    "recorded/test_api_group_reply_to_another": {"is_addressed": False, "replies_to": None},
    "recorded/test_api_topic_mention": {
        "is_addressed": True,
        "place": Place(-1001600, 12, is_group=True),
        "text": "vpn?",
        "replies_to": None,  # what a topic began with is no message that was replied to
    },
    "recorded/test_api_topic_unaddressed": {
        "is_addressed": False,
        "place": Place(-1001600, 12, is_group=True),
    },
    "recorded/test_api_group_command_for_us": {"is_addressed": True, "command": "help"},
    "recorded/test_api_group_command_bare": {"is_addressed": False, "command": "help"},
}
OTHERS = {
    "another_bot": Ignored("another_bot"),
    "group_anonymous_admin": Ignored("not_a_person"),
    "group_migrated": Moved(-500, -1001500),
    "group_member_joined": Ignored("service_message"),
    "channel_post": Ignored("channel_post"),
    "callback_game": Ignored("game"),
    "my_chat_member": Ignored("my_chat_member"),
    "message_reaction": Ignored("message_reaction"),
    "recorded/telemelya_inline_query": Ignored("inline_query"),
    "recorded/test_api_group_member_joined": Ignored("service_message"),
    "recorded/test_api_group_migrated": Moved(-1001500, -1001700),
}
PRESSES = {
    "callback": ("b:0123456789abcdef0123456789abcdef:4:0", 505),
    "callback_of_an_inaccessible_message": ("l:pl", 3),
    "callback_inline": ("x", None),
    "recorded/telemelya_callback": ("l:pl", 3),
    "recorded/test_api_callback": ("l:pl", None),
    "recorded/test_api_callback_with_message": ("l:en", 3),
}


def payload(name: str) -> Any:
    return json.loads(PAYLOADS[name].read_text("utf-8"))


def test_every_payload_has_its_meaning_here_and_there_are_many() -> None:
    assert set(PAYLOADS) == {*SAID, *OTHERS, *PRESSES}
    assert len(DOCUMENTED) >= 30
    assert len(RECORDED) >= 30


@pytest.mark.parametrize("name", sorted(PAYLOADS.keys() - SHORT))
def test_a_payload_is_one_that_the_vendors_library_takes_and_gives_back(name: str) -> None:
    update = Update.de_json(payload(name), None)
    assert update is not None
    assert type(parse_update(update.to_dict(), US)) is type(parse_update(payload(name), US))


@pytest.mark.parametrize("name", sorted(SHORT))
def test_a_press_that_is_shorter_than_telegrams_is_one_all_the_same(name: str) -> None:
    with pytest.raises((KeyError, TypeError)):
        Update.de_json(payload(name), None)
    assert isinstance(parse_update(payload(name), US), Press)


@pytest.mark.parametrize("name", ["photo", "photo_with_caption"])
def test_a_recorded_picture_is_one_file(name: str) -> None:
    said = parse_update(payload(f"recorded/telemelya_{name}"), US)
    assert isinstance(said, Said)
    assert [(file.kind, file.name, file.size) for file in said.files] == [
        ("photo", "photo.jpg", None)
    ]


@pytest.mark.parametrize("name", sorted(SAID))
def test_what_was_said(name: str) -> None:
    said = parse_update(payload(name), US)
    assert isinstance(said, Said)
    assert {field: getattr(said, field) for field in SAID[name]} == SAID[name]


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_what_is_no_message_for_us(name: str) -> None:
    assert parse_update(payload(name), US) == OTHERS[name]


@pytest.mark.parametrize("name", sorted(PRESSES))
def test_what_was_pressed(name: str) -> None:
    press = parse_update(payload(name), US)
    assert isinstance(press, Press)
    assert (press.data, press.message) == PRESSES[name]


def test_who_wrote_and_where() -> None:
    said = parse_update(payload("forum_topic_mention"), US)
    assert isinstance(said, Said)
    assert (said.place.chat, said.place.topic, said.place.is_group) == (-1001600, 12, True)
    assert (said.who.id, said.who.name, said.who.language) == (77001, "Anna Nowak", "pl")
    nameless = parse_update(payload("user_without_a_name"), US)
    quiet = parse_update(payload("user_with_a_username_only"), US)
    assert isinstance(nameless, Said)
    assert isinstance(quiet, Said)
    assert (nameless.who.name, quiet.who.name) == (None, "@quiet")


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        "text",
        {},
        {"update_id": "7"},
        {"update_id": 7, "message": []},
        {"update_id": 7, "message": {"message_id": 1}},
        {"update_id": 7, "message": {"message_id": 1, "chat": {"id": 1, "type": 5}}},
        {"update_id": 7, "message": {"message_id": True, "chat": {"id": 1, "type": "private"}}},
        {"update_id": 7, "callback_query": {"from": {"id": 1}, "id": 2, "data": "x"}},
    ],
)
def test_what_cannot_be_an_update_is_named(broken: Any) -> None:
    with pytest.raises(BadUpdate, match="must be"):
        parse_update(broken, US)


@pytest.mark.parametrize("name", sorted(PAYLOADS))
def test_no_damage_to_a_payload_is_anything_but_a_bad_update(name: str) -> None:
    """Every value in turn is something else: never a crash, never half a message."""
    whole = payload(name)
    for path in _paths(whole):
        values: list[Any] = [None, [], {}, "text", 5, True, -1.5]
        for value in values:
            damaged = json.loads(json.dumps(whole))
            _put(damaged, path, value)
            try:
                parse_update(damaged, US)
            except BadUpdate:
                continue


def test_text_that_no_database_takes_is_replaced() -> None:
    raw = payload("text")
    raw["message"]["text"] = "a\ud83d \x00b"
    said = parse_update(raw, US)
    assert isinstance(said, Said)
    assert said.text == "a� �b"


def _paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, one in inner:
        found.append((*before, key))
        if isinstance(one, dict | list):
            found += _paths(one, (*before, key))
    return found


def _put(whole: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        whole = whole[key]
    whole[path[-1]] = value
