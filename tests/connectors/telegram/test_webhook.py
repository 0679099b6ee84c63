"""Updates that Telegram brings itself."""

from pathlib import Path

import httpx
import pytest

from tests.connectors.telegram.conftest import HEADER, PUBLIC, SECRET, Open
from tests.connectors.telegram.fake import FakeTelegram

pytestmark = pytest.mark.asyncio


async def test_an_update_with_the_secret_is_taken_and_answered_once(
    open_telegram: Open, fake: FakeTelegram
) -> None:
    async with (
        open_telegram(telegram_webhook_url=PUBLIC, telegram_webhook_secret=SECRET) as server,
        httpx.AsyncClient(base_url=server.url, timeout=60) as http,
    ):
        assert fake.webhook == {"url": PUBLIC, "secret_token": SECRET}
        update = {"update_id": 1, "message": fake.message("hello")}
        for _ in range(2):
            answer = await http.post("/telegram/webhook", json=update, headers={HEADER: SECRET})
            assert answer.status_code == 200
        await fake.wait_for("Two working days.")
        assert len(server.engine.requests) == 1
        assert fake.asked == []


@pytest.mark.parametrize("headers", [{}, {HEADER: "x" * 40}, {HEADER: ""}])
async def test_nobody_else_gets_in(
    open_telegram: Open, fake: FakeTelegram, headers: dict[str, str]
) -> None:
    async with (
        open_telegram(telegram_webhook_url=PUBLIC) as server,
        httpx.AsyncClient(base_url=server.url, timeout=60) as http,
    ):
        update = {"update_id": 1, "message": fake.message("hello")}
        answer = await http.post("/telegram/webhook", json=update, headers=headers)
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "wrong_secret"
        assert server.engine.requests == []


async def test_what_is_no_update_is_refused_or_passed_by(
    open_telegram: Open, fake: FakeTelegram
) -> None:
    async with (
        open_telegram(telegram_webhook_url=PUBLIC, telegram_webhook_secret=SECRET) as server,
        httpx.AsyncClient(base_url=server.url, headers={HEADER: SECRET}, timeout=60) as http,
    ):
        assert (await http.post("/telegram/webhook", content=b"{")).status_code == 400
        assert (await http.post("/telegram/webhook", content=b"x" * 2_000_000)).status_code == 413
        assert (await http.post("/telegram/webhook", json=[1])).status_code == 200


async def test_without_webhook_there_is_no_such_address(
    tmp_path: Path, open_telegram: Open, fake: FakeTelegram
) -> None:
    fake.webhook = {"url": "https://old.example/hook"}
    async with (
        open_telegram() as server,
        httpx.AsyncClient(base_url=server.url, timeout=60) as http,
    ):
        assert (await http.post("/telegram/webhook", json={})).status_code == 404
        await fake.says("hello")  # the old webhook is gone, so we may ask
        await fake.wait_for("Two working days.")
