"""Whatever people and engines send, both databases take it: no NUL and no length is an error."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import Undeliverable
from tests.desk import answer, open_desk
from tests.inbox import open_office

pytestmark = pytest.mark.asyncio


async def test_long_names_from_an_engine_do_not_lose_its_answer(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        desk.engine.at_once = answer(
            intent="i" * 500,
            answered="a" * 500,
            model_id="m" * 500,
            replies=[{"text": "Here you are", "image": f"https://shop.example/{'x' * 5000}"}],
        )
        receipt = await desk.customer_says("Hello", customer_name="N" * 500)
        (turn,) = await desk.turns(receipt.conversation)
        assert (turn.status, turn.intent, turn.model_id) == ("answered", "i" * 100, "m" * 100)
        said = await desk.messages(receipt.conversation)
        assert [(message.text, message.image) for message in said[:2]] == [
            ("Hello", None),
            ("Here you are", None),
        ]


async def test_a_long_reason_of_a_channel_is_a_dead_letter_all_the_same(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        desk.sender.failures = [Undeliverable("w" * 5000)]
        desk.engine.at_once = answer("Hi")
        await desk.customer_says("Hello")
        await desk.parts.outbox._write()
        (delivery,) = await desk.deliveries()
        assert (delivery.status, delivery.problem) == ("dead", "w" * 300)


async def test_nul_in_forms_and_addresses_is_no_servers_fault(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        http = office.browser()
        origin = {"origin": "http://desk.test"}
        form = {"email": "a\0b@example.com", "password": "\0"}
        refused = await http.post("/inbox/sign-in", data=form, headers=origin)
        assert refused.status_code == 401
        anna = await office.hire()
        assert (await anna.http.get("/inbox/conversations/%00")).status_code == 404
        conversation = await office.customer_says("Hello")
        epoch = await office.epoch(conversation)
        await anna.act(conversation, "claim", epoch=epoch)
        sent = await anna.act(conversation, "reply", epoch=epoch + 1, text="He\0llo", key="\0")
        assert sent.status_code < 400
        noted = await anna.act(conversation, "notes", epoch=epoch + 1, text="No\0te")
        assert noted.status_code < 500


async def test_what_people_wrote_does_not_stand_in_an_errors_text(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        nowhere = text("SELECT * FROM nowhere WHERE word = :word")

        async def asked(session: AsyncSession) -> None:
            await session.execute(nowhere, {"word": "my password is fish"})

        async def read() -> None:
            async with desk.parts.db.read() as session:
                await asked(session)

        async def write() -> None:
            async with desk.parts.db.write() as tx:
                await asked(tx.session)

        for failing in (read, write):
            with pytest.raises(DBAPIError) as refused:
                await failing()
            assert "nowhere" in str(refused.value)
            assert "fish" not in str(refused.value)
