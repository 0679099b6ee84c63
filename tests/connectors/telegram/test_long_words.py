"""What the channel itself says may be longer than a message of Telegram's."""

from pathlib import Path

import pytest

from connectors.telegram import rich
from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import FakeTelegram
from tests.connectors.telegram.test_form import DESKS
from tests.connectors.telegram.test_receipt import HANDOFF
from tests.server import Server

pytestmark = pytest.mark.asyncio
PARAGRAPHS = [f"{number}. {'We keep what you write. ' * 60}".strip() for number in range(1, 5)]


async def test_a_consent_in_several_pieces_has_its_button_under_the_last_and_is_given(
    tmp_path: Path, open_telegram: Open, fake: FakeTelegram
) -> None:
    desks = tmp_path / "desks.toml"
    consent = "\\n\\n".join(PARAGRAPHS)
    assert len(consent) > 4096
    desks.write_text(DESKS.replace("We keep what you write.", consent), "utf-8")
    async with open_telegram(desks_file=desks):
        await fake.says("where is my parcel?")
        await fake.wait_for("Your e-mail")
        await fake.says("anna@example.com")
        await fake.presses(await fake.wait_for("Your phone"), "Skip")
        await fake.presses(await fake.wait_for("Topic"), "An order")
        last = await fake.wait_for("4. We keep")
        pieces = [call for call in fake.sent() if "We keep" in call.text]
        assert "\n\n".join(call.text for call in pieces) == "\n\n".join(PARAGRAPHS)
        assert [bool(call.keys) for call in pieces] == [False] * (len(pieces) - 1) + [True]
        await fake.presses(last, "I agree")
        await fake.wait_for("Two working days.")


async def test_all_of_what_was_passed_on_is_shown(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rich, "MOST_TEXT", 80)  # many facts, in the place of which a few will do
    server.engine.at_once = HANDOFF
    await fake.says("where is order 10482?")
    place = await fake.wait_for("Your place in the queue: 1")
    await fake.presses(place, "📋 What we passed on")
    last = await fake.wait_for("E-mail: anna@example.com")
    first = await fake.wait_for("What we passed on\n")
    assert "Your question: where is order 10482?" in first.text
    assert first.keys == []
    last.key("✏️ Order number")
