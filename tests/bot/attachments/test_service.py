"""Files from upload to message to download, on the real database and a real folder."""

import os
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.attachments.errors import (
    FileEmpty,
    FileGone,
    FileNotKept,
    FilesOff,
    FileTooLarge,
    NoSuchFile,
    NotScanned,
    TooManyFiles,
)
from bot.attachments.models import StoredFile
from bot.attachments.service import MOST_UNUSED
from bot.channel import Attachment, EmptyText, Upload
from bot.clock import now
from bot.conversations.state import Status
from bot.errors import BadSetting
from tests import files
from tests.desk import TestDesk, open_desk

pytestmark = pytest.mark.asyncio


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]


async def upload(
    desk: TestDesk, content: bytes, *, name: str = "photo.jpg", thread: str = "t1", key: str = "k1"
) -> Attachment:
    wish = Upload("web", thread, key, name)
    return await desk.parts.frontdesk.receive_file(wish, pieces(content))


async def read(desk: TestDesk, url: str) -> bytes:
    served = await desk.parts.attachments.open(url.removeprefix("/files/"))
    return b"".join([piece async for piece in served.pieces])


async def count(desk: TestDesk) -> int:
    async with desk.db.read() as session:
        return await session.scalar(select(func.count()).select_from(StoredFile)) or 0


def on_disk(folder: Path) -> list[Path]:
    return [path for path in (folder / "attachments").rglob("*") if path.is_file()]


async def test_a_file_travels_with_its_message_and_can_be_fetched_by_its_address(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as desk:
        kept = await upload(desk, files.JPEG, name="Mój paragon.jpg")
        assert (kept.name, kept.type, kept.size) == (
            "Mój paragon.jpg",
            "image/jpeg",
            len(files.JPEG),
        )
        receipt = await desk.customer_says("Here it is", attachments=(kept.id,))
        found = await desk.parts.frontdesk.messages_after("web", "t1", receipt.conversation, 0)
        assert found[0].attachments == (kept,)
        assert await read(desk, kept.url) == files.JPEG


async def test_an_upload_that_no_message_carries_has_no_address(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        kept = await upload(desk, files.JPEG)
        with pytest.raises(NoSuchFile):
            await read(desk, kept.url)
        with pytest.raises(NoSuchFile):
            await desk.parts.attachments.open("guessed")


async def test_the_same_upload_again_is_the_same_file(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        first = await upload(desk, files.JPEG)
        (stored,) = on_disk(tmp_path)
        stored.unlink()  # as if the desk had died between the row and the bytes
        assert await upload(desk, files.JPEG) == first
        await desk.customer_says("Look", attachments=(first.id,))
        assert await upload(desk, files.JPEG) == first  # the answer was lost, the message was not
        assert (await count(desk), await read(desk, first.url)) == (1, files.JPEG)


async def test_another_file_under_a_used_key_is_refused(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        first = await upload(desk, files.JPEG)
        with pytest.raises(FileGone):
            await upload(desk, files.PDF, name="bill.pdf")
        await desk.customer_says("Look", attachments=(first.id,))
        assert await read(desk, first.url) == files.JPEG


async def test_a_second_file_gets_another_answer_than_the_first(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        for key in ("k1", "k2"):
            kept = await upload(desk, files.JPEG, key=key)
            receipt = await desk.customer_says("", attachments=(kept.id,))
        said = [message.text for message in await desk.messages(receipt.conversation)]
        assert said[1].startswith("Thank you. I cannot open files")
        assert said[3].startswith("This has arrived as well")


async def test_what_a_killed_process_was_taking_in_is_swept_up(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await upload(desk, files.JPEG)
        incoming = tmp_path / "attachments" / "incoming"
        for name, age in (("old", 7200), ("new", 0)):
            (incoming / name).write_bytes(b"half a file")
            os.utime(incoming / name, times=(time.time() - age, time.time() - age))
        await desk.parts.attachments.clean()
        assert [path.name for path in incoming.iterdir()] == ["new"]


async def test_a_file_alone_is_answered_honestly_and_asks_no_engine(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        kept = await upload(desk, files.JPEG)
        receipt = await desk.customer_says("", attachments=(kept.id,), language="pl")
        said = await desk.messages(receipt.conversation)
        assert [message.author_kind for message in said] == ["customer", "bot"]
        assert "Nie potrafię otwierać plików" in said[1].text
        assert desk.engine.requests == []
        await desk.customer_presses(receipt, said[1].buttons[0]["title"])
        assert (await desk.conversation(receipt.conversation)).status is Status.QUEUED


async def test_words_with_a_file_are_answered_as_words(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        kept = await upload(desk, files.JPEG)
        receipt = await desk.customer_says("Is this covered?", attachments=(kept.id,))
        await desk.bot_answers("For two years.")
        said = [message.text for message in await desk.messages(receipt.conversation)]
        assert said[1].startswith("Thank you. I cannot open files")
        assert said[2] == "For two years."
        assert desk.engine.requests[0].text == "Is this covered?"


async def test_with_an_agent_a_file_is_just_shown(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        agent = await desk.add_agent()
        receipt = await desk.customer_asks_for_human()
        await desk.handoffs.claim(agent, receipt.conversation, epoch=2)
        await desk.settle()
        before = len(await desk.messages(receipt.conversation))
        kept = await upload(desk, files.JPEG)
        await desk.customer_says("", attachments=(kept.id,))
        assert len(await desk.messages(receipt.conversation)) == before + 1


async def test_in_the_queue_a_file_is_no_contact_and_asks_for_none_again(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        receipt = await desk.customer_asks_for_human()
        kept = await upload(desk, files.JPEG)
        before = len(await desk.messages(receipt.conversation))
        await desk.customer_says("", attachments=(kept.id,))
        assert len(await desk.messages(receipt.conversation)) == before + 1


async def test_only_the_senders_own_unused_files_can_be_sent(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        mine, other = await upload(desk, files.JPEG), await upload(desk, files.PDF, thread="t2")
        for wrong in (other.id, "no-such-file"):
            with pytest.raises(FileGone):
                await desk.customer_says("Look", attachments=(mine.id, wrong))
        receipt = await desk.customer_says("Look", attachments=(mine.id,))
        with pytest.raises(FileGone):  # used
            await desk.customer_says("And again", attachments=(mine.id,))
        said = await desk.messages(receipt.conversation)
        assert [message.author_kind for message in said] == ["customer", "bot"]


async def test_a_message_that_comes_twice_takes_its_files_once(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        kept = await upload(desk, files.JPEG)
        first = await desk.customer_says("Look", attachments=(kept.id,), external_id="t1:same")
        again = await desk.customer_says("Look", attachments=(kept.id,), external_id="t1:same")
        assert (again.seq, again.duplicate) == (first.seq, True)


async def test_without_words_and_without_files_nothing_is_sent(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        with pytest.raises(EmptyText):
            await desk.customer_says(" ")


async def test_what_is_not_taken_leaves_nothing_behind(tmp_path: Path) -> None:
    async with open_desk(
        tmp_path, attachment_max_mb=1, virus_scan="command:/no/such {file}"
    ) as desk:
        for content, refusal in (
            (b"", FileEmpty),
            (files.JPEG + bytes(1 << 20), FileTooLarge),
            (files.JPEG, NotScanned),
        ):
            with pytest.raises(refusal):
                await upload(desk, content)
        assert (await count(desk), on_disk(tmp_path)) == (0, [])


async def test_a_sender_who_hangs_up_leaves_nothing_behind(tmp_path: Path) -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield files.JPEG
        raise ConnectionResetError

    async with open_desk(tmp_path) as desk:
        wish = Upload("web", "t1", "k1", "photo.jpg")
        with pytest.raises(FileNotKept):
            await desk.parts.frontdesk.receive_file(wish, cut())
        assert (await count(desk), on_disk(tmp_path)) == (0, [])


async def test_nobody_can_fill_the_disk_with_files_that_no_message_carries(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        ids = [(await upload(desk, files.JPEG, key=f"k{n}")).id for n in range(MOST_UNUSED)]
        with pytest.raises(TooManyFiles):
            await upload(desk, files.JPEG, key="one more")
        with pytest.raises(TooManyFiles):
            await desk.customer_says("Look", attachments=tuple(ids[:6]))
        await desk.customer_says("Look", attachments=tuple(ids[:5]))
        await upload(desk, files.JPEG, key="one more")


async def test_what_no_message_took_within_a_day_is_forgotten(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        sent, unused = await upload(desk, files.JPEG), await upload(desk, files.PDF, key="k2")
        await desk.customer_says("Look", attachments=(sent.id,))
        assert await desk.parts.attachments.clean() == 0
        async with desk.db.write() as tx:
            old = update(StoredFile).values(created_at=now() - timedelta(hours=25))
            await tx.session.execute(old)
        assert await desk.parts.attachments.clean() == 1
        assert [path.name for path in on_disk(tmp_path)] == [sent.id]
        with pytest.raises(FileGone):
            await desk.customer_says("Look", attachments=(unused.id,))


async def test_files_can_be_turned_off(tmp_path: Path) -> None:
    async with open_desk(tmp_path, attachment_max_mb=0) as desk:
        assert desk.parts.frontdesk.file_limits is None
        with pytest.raises(FilesOff):
            await upload(desk, files.JPEG)


async def test_a_card_number_in_a_files_name_is_hidden(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        kept = await upload(desk, files.JPEG, name="card 4111 1111 1111 1111.jpg")
        assert "4111" not in kept.name
        assert kept.name.endswith(".jpg")


@pytest.mark.parametrize(
    ("setting", "wrong"),
    [("attachment_types", "images, programs"), ("attachment_types", ""), ("virus_scan", "clamav")],
)
async def test_a_setting_that_cannot_be_is_named(tmp_path: Path, setting: str, wrong: str) -> None:
    settings: dict[str, Any] = {setting: wrong}
    with pytest.raises(BadSetting, match=f"FIRSTLINE_{setting.upper()}"):
        async with open_desk(tmp_path, **settings):
            pass
