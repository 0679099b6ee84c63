"""Pictures, documents and everything else that is no text, both ways."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.channel import Upload
from bot.conversations.models import Message
from bot.handoff.service import Reply
from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import ANNA, FakeTelegram
from tests.connectors.telegram.test_commands import agent_of, claimed, epoch_of, status_of
from tests.connectors.telegram.test_delivery import deliveries
from tests.files import JPEG, PDF, png
from tests.server import Server

pytestmark = pytest.mark.asyncio


def photo(fake: FakeTelegram, name: str, content: bytes) -> list[dict[str, Any]]:
    fake.files[name] = content
    size = {"file_id": name, "file_unique_id": name, "width": 40, "height": 30}
    return [{**size, "file_size": len(content)}]


def document(
    fake: FakeTelegram, name: str, content: bytes, size: int | None = None
) -> dict[str, Any]:
    fake.files[name] = content
    return {
        "file_id": name,
        "file_unique_id": name,
        "file_name": f"{name}.pdf",
        "file_size": size or len(content),
    }


async def carried(server: Server) -> list[tuple[str, list[str]]]:
    """(words, names of files) of each customer's message that has files."""
    async with server.app.state.parts.db.read() as session:
        found = await session.scalars(
            select(Message).where(Message.author_kind == "customer").order_by(Message.seq)
        )
        return [(m.text, [f["name"] for f in m.attachments]) for m in found if m.attachments]


async def test_a_photo_with_words_reaches_the_agent_and_the_words_the_bot(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says(photo=photo(fake, "P1", JPEG), caption="broken, see the picture")
    await fake.wait_for("I cannot open files")
    await fake.wait_for("Two working days.")
    assert await carried(server) == [("broken, see the picture", ["photo.jpg"])]


async def test_an_album_is_one_message_also_when_it_comes_again(
    server: Server, fake: FakeTelegram
) -> None:
    parts = [
        fake.message(photo=photo(fake, f"A{n}", JPEG + bytes([n])), media_group_id="77")
        for n in range(3)
    ]
    parts[0]["caption"] = "all three"
    updates = [{"update_id": 70 + n, "message": part} for n, part in enumerate(parts)]
    await fake.send_raw(*updates)
    await fake.wait_for("Two working days.")
    await fake.until_confirmed()
    await fake.send_raw(*[{**one, "update_id": 80 + n} for n, one in enumerate(updates)])
    await fake.until_confirmed()
    await fake.send_raw({**updates[1], "update_id": 90})  # one of them alone
    await fake.until_confirmed()
    assert await carried(server) == [("all three", ["photo.jpg"] * 3)]


async def test_a_large_album_is_as_many_messages_as_it_takes(
    server: Server, fake: FakeTelegram
) -> None:
    for n in range(7):
        await fake.says(photo=photo(fake, f"A{n}", JPEG), media_group_id="8")
    await fake.until_confirmed()
    assert [len(names) for _, names in await carried(server)] == [5, 2]


@pytest.mark.parametrize(
    ("size", "says"),
    [(20 * 1024 * 1024, "at most 10 MB"), (11 * 1024 * 1024, "at most 10 MB")],
)
async def test_a_file_that_is_too_large_is_refused_before_it_is_fetched(
    server: Server, fake: FakeTelegram, size: int, says: str
) -> None:
    await fake.says(document=document(fake, "D1", PDF, size))
    await fake.wait_for(says)
    assert not fake.called("getFile")
    assert await carried(server) == []


async def test_a_file_without_a_size_is_measured_while_it_is_fetched(
    server: Server, fake: FakeTelegram
) -> None:
    """Telegram's `file_size` may be absent."""
    sent = document(fake, "D1", PDF + bytes(11 * 1024 * 1024))
    del sent["file_size"]
    await fake.says(document=sent)
    await fake.wait_for("at most 10 MB")
    assert fake.called("getFile")
    assert await carried(server) == []


async def test_a_file_that_telegram_does_not_give_out_is_told(
    server: Server, fake: FakeTelegram
) -> None:
    fake.refuse("getFile", 400, "Bad Request: file is too big")
    await fake.says(document=document(fake, "D1", PDF))
    await fake.wait_for("Telegram does not give us this file")


async def test_a_network_that_fails_while_fetching_is_tried_again(
    server: Server, fake: FakeTelegram
) -> None:
    fake.break_down("getFile", 502)
    await fake.says(document=document(fake, "D1", PDF))
    await fake.wait_for("I cannot open files")
    assert await carried(server) == [("", ["D1.pdf"])]


@pytest.mark.parametrize("status", [502, 429])
async def test_a_file_that_telegram_does_not_give_for_long_costs_nobody_their_words(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr("connectors.telegram.intake.FIRST_PAUSE_SECONDS", 0.01)
    for _ in range(30):
        fake.refuse("getFile", status, "Too Many Requests: retry after 0", retry_after=0)
    await fake.says(document=document(fake, "D1", PDF), caption="look at this")
    await fake.wait_for("Two working days.")
    assert [request.text for request in server.engine.requests] == ["look at this"]
    (told,) = [call.text for call in fake.sent() if "did not give us this file" in call.text]
    assert told.endswith("Please send it again.")
    assert not [call for call in fake.sent() if "could not read" in call.text]


async def test_what_is_no_picture_is_refused_and_its_words_are_read(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says(photo=photo(fake, "X", b"MZ\x90\x00" * 50), caption="look")
    await fake.wait_for("Two working days.")
    assert await carried(server) == []
    assert len(fake.sent()) == 2  # the refusal, and the answer


async def test_voice_reaches_the_agent_where_audio_is_taken(
    open_telegram: Open, fake: FakeTelegram
) -> None:
    fake.files["V"] = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead" + bytes(100)
    voice = {"file_id": "V", "file_unique_id": "V", "duration": 2, "file_size": 140}
    async with open_telegram(attachment_types="images, audio") as server:
        await fake.says(voice=voice)
        await fake.wait_for("I cannot open files")
        assert await carried(server) == [("", ["voice.ogg"])]


async def test_kinds_that_the_desk_does_not_take_are_named(
    server: Server, fake: FakeTelegram
) -> None:
    sticker = {
        **{"file_id": "S", "file_unique_id": "S", "type": "regular", "width": 9, "height": 9},
        **{"is_animated": False, "is_video": False},
    }
    await fake.says(sticker=sticker)
    await fake.wait_for("This cannot be sent here: a sticker.")
    await fake.says(dice={"emoji": "🎲", "value": 3})
    await fake.wait_for("I cannot read this kind of message.")


async def test_a_voice_message_that_the_desk_does_not_keep_is_refused_in_words(
    server: Server, fake: FakeTelegram
) -> None:
    """`takes` has voice, and FIRSTLINE_ATTACHMENT_TYPES has no audio: as it is set up at first."""
    fake.files["V"] = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead" + bytes(100)
    said = await fake.says(
        voice={"file_id": "V", "file_unique_id": "V", "duration": 2, "file_size": 140}
    )
    refused = await fake.wait_for("Files of the kind “.ogg” are not accepted here.")
    assert refused.given["reply_parameters"]["message_id"] == said["message_id"]
    await fake.until_confirmed()
    assert len(fake.sent()) == 1
    assert await carried(server) == []
    assert server.engine.requests == []


async def test_a_place_reaches_people_and_the_bot_offers_one(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says(location={"latitude": 52.229676, "longitude": 21.012229})
    offer = await fake.wait_for("I cannot make use of it myself")
    assert server.engine.requests == []
    there = (await status_of(server)).conversation
    (kept,) = await server.app.state.parts.frontdesk.messages_after("telegram", "77", there, 0)
    assert kept.text == (
        "Location: 52.229676,21.012229\n"
        "https://www.openstreetmap.org/?mlat=52.229676&mlon=21.012229"
    )
    await fake.presses(offer, "Talk to a person")
    await fake.wait_for("queue")
    assert (await status_of(server)).status == "queued"


async def test_a_place_is_refused_in_words_where_none_is_taken(
    tmp_path: Path, open_telegram: Open, fake: FakeTelegram
) -> None:
    desks = tmp_path / "desks.toml"
    desks.write_text(
        '[customer-care]\nname = { en = "Care", pl = "Obsługa" }\n'
        '[customer-care.telegram]\ntakes = ["photo"]\n'
    )
    async with open_telegram(desks_file=desks) as server:
        await fake.says(location={"latitude": 52.229676, "longitude": 21.012229})
        await fake.wait_for("This cannot be sent here: a location.")
        assert await status_of(server) is None


async def test_an_agents_files_arrive_with_their_name(server: Server, fake: FakeTelegram) -> None:
    parts, agent = server.app.state.parts, await agent_of(server)
    there = await claimed(server, fake, agent)

    async def pieces(content: bytes) -> AsyncIterator[bytes]:
        yield content

    shot, paper = png(), PDF
    ids = []
    for name, content in (("shot.png", shot), ("invoice żółta.pdf", paper)):
        upload = Upload("inbox", agent.id, name, name)
        ids.append((await parts.attachments.receive(upload, pieces(content))).id)
    epoch = await epoch_of(server, there)
    await parts.handoffs.reply(agent, there, Reply("", epoch, "k", tuple(ids)))
    sent = await fake.wait_for_call("sendPhoto")
    assert sent.given["caption"] == "<b>Ola</b>"
    assert sent.files["photo"] == shot
    sent = await fake.wait_for_call("sendDocument")
    assert sent.files["document"] == paper
    assert int(sent.given["chat_id"]) == ANNA["id"]


async def test_an_agents_picture_that_telegram_shows_no_photo_of_goes_as_a_document(
    server: Server, fake: FakeTelegram
) -> None:
    parts, agent = server.app.state.parts, await agent_of(server)
    there = await claimed(server, fake, agent)
    shot = png()

    async def pieces() -> AsyncIterator[bytes]:
        yield shot

    upload = Upload("inbox", agent.id, "k", "far-wider-than-high.png")
    file = await parts.attachments.receive(upload, pieces())
    fake.refuse("sendPhoto", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    epoch = await epoch_of(server, there)
    await parts.handoffs.reply(agent, there, Reply("Look", epoch, "k", (file.id,)))
    sent = await fake.wait_for_call("sendDocument")
    assert sent.files["document"] == shot


async def test_what_the_desk_fails_at_after_the_words_does_not_bring_the_words_again(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, agent = server.app.state.parts, await agent_of(server)
    there = await claimed(server, fake, agent)

    async def pieces() -> AsyncIterator[bytes]:
        yield PDF

    file = await parts.attachments.receive(Upload("inbox", agent.id, "k", "a.pdf"), pieces())
    opens, fails = parts.attachments.open, iter([True, True])

    async def fails_twice(secret: str) -> object:
        if next(fails, False):
            raise OSError("the disk is away for a moment")
        return await opens(secret)

    monkeypatch.setattr(parts.attachments, "open", fails_twice)
    monkeypatch.setattr("bot.outbox.worker.backoff", lambda attempts: 0.01)
    epoch = await epoch_of(server, there)
    await parts.handoffs.reply(agent, there, Reply("word " * 700, epoch, "one", (file.id,)))
    await fake.wait_for_call("sendDocument")
    said = [call.text for call in fake.sent() if call.text.startswith("<b>Ola</b>")]
    assert len(said) == 1, said
    assert next(fails, None) is None


async def test_an_agents_file_that_is_lost_is_told_to_the_agent_and_holds_up_nothing(
    server: Server, fake: FakeTelegram
) -> None:
    parts, agent = server.app.state.parts, await agent_of(server)
    there = await claimed(server, fake, agent)

    async def pieces() -> AsyncIterator[bytes]:
        yield PDF

    file = await parts.attachments.receive(Upload("inbox", agent.id, "k", "a.pdf"), pieces())
    await parts.attachments.destroy([file.id])
    epoch = await epoch_of(server, there)
    await parts.handoffs.reply(agent, there, Reply("Look", epoch, "one", (file.id,)))
    await parts.handoffs.reply(agent, there, Reply("Still there?", epoch, "two"))
    await fake.wait_for("Still there?")
    while ("dead", "refused") not in await deliveries(server):
        await asyncio.sleep(0.02)
