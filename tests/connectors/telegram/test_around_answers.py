"""What surrounds an answer: typing, “Was this helpful?”, opening hours, each kind of message."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import now
from bot.feedback.models import Feedback
from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import FakeTelegram
from tests.connectors.telegram.test_commands import MARYSIA, status_of
from tests.connectors.telegram.test_media import carried
from tests.desk import answer
from tests.files import GIF, MP4, WEBP
from tests.server import Server

pytestmark = pytest.mark.asyncio
ANSWER = answer("Two working days.", answered="utter_care_delivery_time")


async def opinions(server: Server) -> list[bool]:
    async with server.app.state.parts.db.read() as session:
        return [one.helpful for one in await session.scalars(select(Feedback))]


async def test_after_an_answer_it_is_asked_whether_it_helped_and_a_press_counts_once(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = ANSWER
    await fake.says("delivery?")
    asked = await fake.wait_for("Was this helpful?")
    assert [call.text for call in fake.sent()] == ["Two working days.", "Was this helpful?"]
    assert [key["text"] for key in asked.keys] == ["Yes", "No"]
    await fake.presses(asked, "Yes")
    await fake.wait_for("Thank you, good to know.")
    await fake.presses(asked, "Yes")
    await fake.wait_for_call("answerCallbackQuery", times=2)
    assert await opinions(server) == [True]
    assert len(server.engine.requests) == 1


async def test_who_was_not_helped_is_offered_a_person_in_polish_too(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = ANSWER
    await fake.says("dostawa?", who=MARYSIA)
    await fake.presses(await fake.wait_for("Czy to pomogło?"), "Nie", who=MARYSIA)
    sorry = await fake.wait_for("Przepraszam.")
    await fake.presses(sorry, "Porozmawiaj z człowiekiem", who=MARYSIA)
    await fake.until(lambda: len(fake.sent(88)) > 3, "the queue")
    assert (await status_of(server, "88")).status == "queued"


async def test_typing_is_shown_while_the_bot_thinks(server: Server, fake: FakeTelegram) -> None:
    server.engine.at_once = None
    await fake.says("a hard one")
    typing = await fake.wait_for_call("sendChatAction")
    assert typing.given["action"] == "typing"
    assert fake.sent() == []
    server.engine.reply(0, answer("Thought through."))
    await fake.wait_for("Thought through.")


async def test_when_nobody_is_there_the_hours_are_told_at_the_start_in_status_and_in_the_queue(
    tmp_path: Path, open_telegram: Open, fake: FakeTelegram
) -> None:
    desks = tmp_path / "desks.toml"
    another_day = (now() + timedelta(days=3)).strftime("%A").lower()
    desks.write_text(
        '[customer-care]\nname = { en = "Care", pl = "Obsługa" }\n'
        f'[customer-care.hours]\n{another_day} = ["8:00-9:00"]\n'
    )
    async with open_telegram(desks_file=desks):
        await fake.says("/start")
        await fake.wait_for("Opens on")
        await fake.says("/status")
        await fake.wait_for("Opens on", times=2)
        await fake.says("/human", who=MARYSIA)
        await fake.wait_for("otwieramy", chat=88)


@pytest.mark.parametrize(
    ("kind", "content", "fields", "name"),
    [
        ("video", MP4, {"width": 9, "height": 9, "duration": 2}, "video.mp4"),
        ("video_note", MP4, {"length": 9, "duration": 2}, "video_note.mp4"),
        ("sticker", WEBP, {"type": "regular", "width": 9, "height": 9}, "sticker.webp"),
        ("animation", GIF, {"width": 9, "height": 9, "duration": 2}, "wave.gif"),
    ],
)
async def test_what_the_desk_takes_reaches_the_agent_as_a_file(
    tmp_path: Path,
    open_telegram: Open,
    fake: FakeTelegram,
    kind: str,
    content: bytes,
    fields: dict[str, Any],
    name: str,
) -> None:
    desks = tmp_path / "desks.toml"
    desks.write_text(
        '[customer-care]\nname = { en = "Care", pl = "Obsługa" }\n'
        f'[customer-care.telegram]\ntakes = ["{kind}"]\n'
    )
    fake.files["F"] = content
    file = {"file_id": "F", "file_unique_id": "F", "file_size": len(content), **fields}
    if kind == "animation":
        file["file_name"] = name
    if kind == "sticker":
        file |= {"is_animated": False, "is_video": False}
    everything = {"desks_file": desks, "attachment_types": "images, audio, video"}
    async with open_telegram(**everything) as server:
        sent: dict[str, Any] = {kind: file}
        await fake.says(**sent)
        await fake.wait_for("I cannot open files")
        assert await carried(server) == [("", [name])]
        await fake.says(document={**file, "file_name": "a.pdf"})
        await fake.wait_for("This cannot be sent here: a document.")


async def test_somebody_elses_contact_reaches_the_agent_in_words(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says(contact={"phone_number": "48600100200", "first_name": "Jan"})
    await fake.wait_for("I cannot make use of it myself")
    conversation = (await status_of(server)).conversation
    desk = server.app.state.parts.frontdesk
    found = await desk.messages_after("telegram", "77", conversation, 0)
    assert found[0].text == "Contact: Jan, +48600100200"
