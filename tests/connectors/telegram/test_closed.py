"""Outside opening hours, when nobody is there to wait for."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import now
from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import Call, FakeTelegram
from tests.connectors.telegram.test_afterwards import reply_to
from tests.connectors.telegram.test_commands import MARYSIA, status_of
from tests.connectors.telegram.test_leaving import LEAVE, customer_of

pytestmark = pytest.mark.asyncio


@pytest.fixture
def closed_now(tmp_path: Path) -> Path:
    """desks.toml of a desk that opens in three days."""
    desks = tmp_path / "desks.toml"
    another_day = (now() + timedelta(days=3)).strftime("%A").lower()
    desks.write_text(
        '[customer-care]\nname = { en = "Care", pl = "Obsługa" }\n'
        f'[customer-care.hours]\n{another_day} = ["8:00-9:00"]\n',
        "utf-8",
    )
    return desks


async def leave(fake: FakeTelegram, under: Call) -> None:
    """An address, by the button under a message."""
    await fake.presses(under, LEAVE)
    asked = await fake.wait_for("Where can we reach you?")
    assert asked.given["reply_markup"]["force_reply"] is True
    await fake.says("anna@example.com", **reply_to(asked))
    await fake.wait_for("We will get back to you at anna@example.com")


async def test_an_address_is_left_while_the_desk_is_closed(
    open_telegram: Open, closed_now: Path, fake: FakeTelegram
) -> None:
    async with open_telegram(desks_file=closed_now) as server:
        await fake.says("/human")
        await fake.wait_for("We are closed now; we open")
        await fake.says("/status")
        status = await fake.wait_for("Your conversation waits for a person.")
        assert "Opens on" in status.text
        await leave(fake, status)
        assert (await customer_of(server)).email == "anna@example.com"
        assert (await status_of(server)).status == "queued"
        assert server.engine.requests == []


async def test_the_button_stands_under_the_place_in_the_queue_too(
    open_telegram: Open, closed_now: Path, fake: FakeTelegram
) -> None:
    async with open_telegram(desks_file=closed_now) as server:
        await fake.says("/human")
        await leave(fake, await fake.wait_for("Your place in the queue: 1"))
        assert (await customer_of(server)).email == "anna@example.com"


async def test_in_polish_what_is_simply_written_is_where_they_are_reached(
    open_telegram: Open, closed_now: Path, fake: FakeTelegram
) -> None:
    async with open_telegram(desks_file=closed_now) as server:
        await fake.says("/human", who=MARYSIA)
        await fake.wait_for("otwieramy")
        place = await fake.wait_for("Miejsce w kolejce")
        assert "✉️ Zostaw adres e-mail lub numer" in [key["text"] for key in place.keys]
        await fake.says("marysia@example.com", who=MARYSIA)
        await fake.wait_for("marysia@example.com")
        assert (await customer_of(server)).email == "marysia@example.com"
        assert (await status_of(server, "88")).status == "queued"
