"""`firstline telegram check` names what is wrong and how to mend it."""

import pytest

from connectors.telegram.check import Finding, check
from connectors.telegram.client import make_bot
from connectors.telegram.commands import set_menu
from connectors.telegram.connector import Connection
from tests.connectors.telegram.fake import TOKEN, FakeTelegram

pytestmark = pytest.mark.asyncio
PUBLIC = "https://help.example.com/telegram/webhook"


async def look(fake: FakeTelegram, token: str = TOKEN, webhook_url: str = "") -> dict[str, Finding]:
    connection = Connection(token, fake.url, webhook_url)
    return {found.name: found for found in await check(connection)}


async def test_all_is_well_after_the_desk_has_run(fake: FakeTelegram) -> None:
    bot = make_bot(TOKEN, api_url=fake.url)
    await set_menu(bot)
    await bot.disconnect()
    found = await look(fake)
    assert all(one.fine for one in found.values())
    assert found["token"].says == "This is @desk_bot (Desk)."
    assert "Privacy mode is on" in found["groups"].says


async def test_a_wrong_token(fake: FakeTelegram) -> None:
    found = await look(fake, token="4242:wrong")
    assert not found["token"].fine
    assert "@BotFather" in found["token"].mend


async def test_a_telegram_that_is_not_there() -> None:
    found = await check(Connection(TOKEN, "http://127.0.0.1:9"))
    assert "cannot be reached" in found[0].says
    assert "FIRSTLINE_TELEGRAM_API_URL" in found[0].mend


async def test_what_another_program_left_or_does(fake: FakeTelegram) -> None:
    fake.webhook = {"url": "https://old.example/hook", "pending_update_count": 500}
    fake.me["can_read_all_group_messages"] = True
    found = await look(fake)
    assert "https://old.example/hook" in found["updates"].says
    assert not found["waiting"].fine
    assert "/setprivacy" in found["groups"].mend
    assert "Start the desk" in found["commands"].mend
    fake.webhook = {"url": ""}
    fake.refuse("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    assert "another program" in (await look(fake))["updates"].mend


@pytest.mark.parametrize(
    ("there", "wanted", "says"),
    [
        ({"url": PUBLIC}, PUBLIC, "Telegram brings updates to"),
        ({"url": ""}, PUBLIC, "brings updates to nowhere"),
        ({"url": PUBLIC}, "https://help.example.com/bot", "does not end in /telegram/webhook"),
        (
            {"url": PUBLIC, "last_error_message": "SSL error", "last_error_date": 1764300000},
            PUBLIC,
            "SSL error",
        ),
    ],
)
async def test_the_webhooks_state(
    fake: FakeTelegram, there: dict[str, str], wanted: str, says: str
) -> None:
    fake.webhook = there
    assert says in (await look(fake, webhook_url=wanted))["webhook"].says
