"""Each kind of message as telegram-test-api's client merges it, in private chats, groups and
topics: the emulator sends it on as it is, with what it adds and leaves out."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.telegram.recording import Tap, tap
from tests.connectors.telegram.test_emulators import (
    EMULATORS,
    NODE_CLIENT,
    TOKEN,
    test_api,
    until,
)
from tests.databases import SQLITE_ONLY
from tests.desk import answer
from tests.processes import Running
from tests.server import open_server

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120), SQLITE_ONLY]
__all__ = ["tap", "test_api"]  # the fixtures
# `Any`: JSON.
Json = dict[str, Any]
OFFICE = {"chatId": -1001500, "type": "supergroup", "chatTitle": "Office"}
FORUM = {"chatId": -1001600, "type": "supergroup", "chatTitle": "Forum"}
US = {"id": 4242, "is_bot": True, "first_name": "Desk", "username": "desk_bot"}
JAN = {"id": 9, "is_bot": False, "first_name": "Jan"}
CLOCK = 1764316800
MENTION = {"entities": [{"type": "mention", "offset": 0, "length": 9}]}


def before(who: Json, chat: Json, words: str) -> Json:
    """What a message replies to."""
    there = {"id": chat["chatId"], "type": chat["type"], "title": chat.get("chatTitle", "")}
    return {"message_id": 3, "from": who, "chat": there, "date": CLOCK, "text": words}


def file(identity: str, **fields: Any) -> Json:
    return {"file_id": identity, "file_unique_id": identity, "file_size": 9000, **fields}


PRIVATE = {"chatId": 5, "type": "private"}
# Name, words, what is merged into the message, and where.
MESSAGES: list[tuple[str, str, Json, Json]] = [
    ("reply", "and to Germany?", {"reply_to_message": before(US, PRIVATE, "Two days.")}, PRIVATE),
    ("location", "", {"location": {"latitude": 52.229676, "longitude": 21.012229}}, PRIVATE),
    (
        "venue",
        "",
        {
            "location": {"latitude": 52.2297, "longitude": 21.0122},
            "venue": {
                "location": {"latitude": 52.2297, "longitude": 21.0122},
                "title": "Pasaż",
                "address": "Marszałkowska 1",
            },
        },
        PRIVATE,
    ),
    (
        "contact_own",
        "",
        {"contact": {"phone_number": "48600100200", "first_name": "Anna", "user_id": 5}},
        PRIVATE,
    ),
    (
        "contact_of_somebody",
        "",
        {"contact": {"phone_number": "48601000000", "first_name": "Jan"}},
        PRIVATE,
    ),
    (
        "document",
        "",
        {"document": file("D1", file_name="faktura żółta.pdf", mime_type="application/pdf")},
        PRIVATE,
    ),
    (
        "document_with_caption",
        "",
        {"document": file("D2", file_name="scan.pdf"), "caption": "the invoice"},
        PRIVATE,
    ),
    ("voice", "", {"voice": file("V1", duration=3, mime_type="audio/ogg")}, PRIVATE),
    ("audio", "", {"audio": file("A1", duration=3, file_name="song.mp3")}, PRIVATE),
    ("video", "", {"video": file("VI1", width=9, height=9, duration=3)}, PRIVATE),
    ("video_note", "", {"video_note": file("VN1", length=9, duration=3)}, PRIVATE),
    (
        "sticker",
        "",
        {
            "sticker": file(
                "S1", type="regular", width=9, height=9, is_animated=False, is_video=False
            )
        },
        PRIVATE,
    ),
    (
        "photo",
        "",
        {"photo": [file("P90", width=90, height=90), file("P800", width=800, height=600)]},
        PRIVATE,
    ),
    ("dice", "", {"dice": {"emoji": "🎲", "value": 4}}, PRIVATE),
    (
        "text_formatted",
        "bold 🎉 link",
        {
            "entities": [
                {"type": "bold", "offset": 0, "length": 4},
                {"type": "text_link", "offset": 8, "length": 4, "url": "https://shop.example/"},
            ]
        },
        PRIVATE,
    ),
    (
        "forwarded",
        "Order 10482 was sent",
        {"forward_origin": {"type": "hidden_user", "sender_user_name": "Shop", "date": CLOCK}},
        PRIVATE,
    ),
    ("text_in_polish", "Gdzie jest paczka?", {"from": {"language_code": "pl"}}, PRIVATE),
    ("group_unaddressed", "lunch?", {}, OFFICE),
    ("group_mention", "@desk_bot how long is delivery?", MENTION, OFFICE),
    (
        "group_reply_to_us",
        "and to Germany?",
        {"reply_to_message": before(US, OFFICE, "Two days.")},
        OFFICE,
    ),
    (
        "group_reply_to_another",
        "at one",
        {"reply_to_message": before(JAN, OFFICE, "lunch?")},
        OFFICE,
    ),
    ("group_member_joined", "", {"new_chat_members": [JAN]}, OFFICE),
    ("group_migrated", "", {"migrate_to_chat_id": -1001700}, OFFICE),
    (
        "topic_mention",
        "@desk_bot vpn?",
        {
            **MENTION,
            "message_thread_id": 12,
            "is_topic_message": True,
            "chat": {"is_forum": True},
            "reply_to_message": {
                **before(US, FORUM, ""),
                "forum_topic_created": {"name": "IT", "icon_color": 7322096},
            },
        },
        FORUM,
    ),
    (
        "topic_unaddressed",
        "anybody there?",
        {"message_thread_id": 12, "is_topic_message": True, "chat": {"is_forum": True}},
        FORUM,
    ),
]
COMMANDS: list[tuple[str, str, Json, Json]] = [
    ("group_command_for_us", "/help@desk_bot", {}, OFFICE),
    ("group_command_bare", "/help", {}, OFFICE),
]


async def test_every_kind_that_telegram_test_api_sends_is_what_is_recorded_of_it(
    test_api: Running, tmp_path: Path, tap: Tap
) -> None:
    settings: Json = {"telegram_token": TOKEN, "telegram_api_url": test_api.url}
    sent: list[list[Any]] = [["Message", *rest] for _, *rest in MESSAGES]
    sent += [["Command", *rest] for _, *rest in COMMANDS]
    async with open_server(tmp_path, **settings) as server:
        server.engine.at_once = answer("Two days.")
        with_node = [sys.executable, "-m", "scripts.with_node", "node", "-e", NODE_CLIENT]
        given = [test_api.url.rpartition(":")[2], TOKEN, *map(json.dumps, sent)]
        client = await asyncio.create_subprocess_exec(
            *(*with_node, *given),
            env={**os.environ, "NODE_PATH": str(EMULATORS / "node_modules")},
        )
        assert await client.wait() == 0

        async def came() -> int:
            return len(tap.came)

        await until(came, lambda number: number >= len(sent))
    tap.compare("test_api", *(name for name, *_ in [*MESSAGES, *COMMANDS]))
