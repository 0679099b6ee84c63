"""`firstline telegram check` names what is wrong and how to mend it."""

from datetime import UTC, datetime
from time import time
from types import SimpleNamespace

import pytest

from connectors.telegram.check import Finding, _webhook, check
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
        ({"url": PUBLIC, "last_error_message": "SSL error"}, PUBLIC, "SSL error"),
    ],
)
async def test_the_webhooks_state(
    fake: FakeTelegram, there: dict[str, str], wanted: str, says: str
) -> None:
    fake.webhook = there
    assert says in (await look(fake, webhook_url=wanted))["webhook"].says


@pytest.mark.parametrize(("minutes", "is_fine"), [(5, False), (180, True)])
async def test_a_failure_is_wrong_while_it_is_fresh_and_a_note_later(
    fake: FakeTelegram, minutes: int, is_fine: bool
) -> None:
    at = int(time()) - minutes * 60
    fake.webhook = {"url": PUBLIC, "last_error_message": "SSL error", "last_error_date": at}
    found = (await look(fake, webhook_url=PUBLIC))["webhook"]
    assert found.fine is is_fine
    assert "SSL error" in found.says
    assert f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC" in found.says
    assert bool(found.mend) is not is_fine


async def test_a_webhook_without_tls_is_wrong_at_telegram_itself() -> None:
    there = SimpleNamespace(url="", last_error_message=None, last_error_date=None)
    (found,) = _webhook(there, Connection(TOKEN, "", "http://help.example.com/telegram/webhook"))
    assert not found.fine
    assert "is no https address" in found.says
    assert "TLS proxy" in found.mend


async def test_a_bot_that_cannot_join_groups_is_told_and_not_wrong(fake: FakeTelegram) -> None:
    fake.me["can_join_groups"] = False
    found = (await look(fake))["groups"]
    assert found.fine
    assert "/setjoingroups" in found.says


async def test_a_telegram_that_fails_midway_is_told_in_its_own_words(fake: FakeTelegram) -> None:
    fake.refuse("getWebhookInfo", 500, "Internal Server Error")
    found = await look(fake)
    assert found["token"].fine
    assert not found["answers"].fine
    assert "Internal Server Error" in found["answers"].says
    assert "Run it again" in found["answers"].mend
