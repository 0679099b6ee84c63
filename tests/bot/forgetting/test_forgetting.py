"""Who leaves is forgotten: their words, files and names; the numbers stay."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.channel import Attachment, Upload
from bot.conversations.models import Customer
from bot.handoff.service import Reply
from tests.desk import TestDesk, answer, open_desk

pytestmark = pytest.mark.asyncio
WORDS = (
    "niebieski",
    "Kowalska",
    "kasia@shop.example",
    "zielony rower",
    "600100200",
    "internal gossip",
    "t1",
)


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def everything(desk: TestDesk) -> str:
    """All that the database holds, as text."""
    held = []
    async with desk.db.read() as session:
        for table in _tables():
            rows = await session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - ours
            held += [f"{table}: {row}" for row in rows]
    return "\n".join(held)


def _tables() -> list[str]:
    from bot.tables import metadata

    return [name for name in metadata.tables if name not in ("agents", "sessions", "pictures")]


async def upload(desk: TestDesk, key: str) -> Attachment:
    door = desk.parts.frontdesk
    return await door.receive_file(Upload("web", "t1", key, "zielony rower.txt"), pieces(b"rower"))


async def test_nothing_that_was_said_or_known_is_left(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        agent = await desk.add_agent()
        desk.engine.at_once = answer(
            "Zapisane: zielony rower.",
            slots={"phone": "600100200"},
            entities=[{"entity": "thing", "value": "zielony rower"}],
        )
        file, unsent = await upload(desk, "one"), await upload(desk, "two")
        await desk.customer_says("niebieski rower", external_id="m1")
        await desk.parts.edits.edited("web", "m1", "rower")
        first = await desk.customer_says(
            "zielony rower, kasia@shop.example",
            customer_name="Kasia Kowalska",
            context={"page": "https://shop.example/Kowalska"},
            attachments=(file.id,),
        )
        await desk.customer_asks_for_human()
        await desk.customer_says("600100200")
        there = first.conversation
        epoch = (await desk.conversation(there)).epoch
        await desk.handoffs.claim(agent, there, epoch=epoch)
        await desk.handoffs.note(agent, there, "internal gossip")
        epoch = (await desk.conversation(there)).epoch
        await desk.handoffs.reply(agent, there, Reply("Pani Kowalska?", epoch, "k"))
        await desk.settle()
        held = await everything(desk)
        assert [word for word in WORDS if word not in held] == []

        assert await desk.parts.forgetting.forget("web", "t1") == 1
        await desk.settle()

        held = await everything(desk)
        assert [row for row in held.splitlines() if any(word in row for word in WORDS)] == []
        assert file.id not in held
        assert unsent.id not in held
        assert not [path for path in (tmp_path / "attachments").rglob("*") if path.is_file()]
        conversation = await desk.conversation(there)
        assert conversation.status == "closed"
        assert "forgotten" in await desk.events(there)
        assert {message.text for message in await desk.messages(there)} == {"…"}


async def test_the_same_person_is_a_new_customer_and_others_are_not_touched(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        desk.engine.at_once = answer("Yes.")
        first = await desk.customer_says("one")
        other = await desk.customer_says("two", thread="t2")
        await desk.parts.forgetting.forget("web", "t1")
        again = await desk.customer_says("three")
        assert again.conversation != first.conversation
        assert (await desk.messages(other.conversation))[0].text == "two"
        async with desk.db.read() as session:
            known = (await desk.conversation(again.conversation)).customer_id
            assert (await session.get_one(Customer, known)).external_id == "t1"


async def test_somebody_unknown_is_forgotten_without_a_fault(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        assert await desk.parts.forgetting.forget("web", "nobody") == 0
