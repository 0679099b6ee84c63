"""The connector against Telegrams that others wrote: telemelya (webhook, photos), telegram-test-api
(polling, buttons)."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.conversations.models import Message
from tests.connectors.telegram.recording import Tap, tap
from tests.databases import SQLITE_ONLY
from tests.desk import answer
from tests.files import JPEG
from tests.processes import Running, free_port, running
from tests.server import Server, open_server

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120), SQLITE_ONLY]
TOKEN = "123456789:ABCDefGhIjKlMnOpQrStUvWxYz"
SECRET = "s" * 32
PATIENCE_SECONDS = 20.0
__all__ = ["tap"]  # the fixture
EMULATORS = Path(__file__).parents[2] / "emulators"
NODE_SERVER = """
const Server = require('telegram-test-api');
new Server({port: Number(process.argv[1]), host: '127.0.0.1'}).start();
"""
# Its own client makes the updates: argv is the port, the token, and each as [kind, words, options],
# with a chat where it is not the private one.
NODE_CLIENT = """
const Server = require('telegram-test-api');
const [port, token, ...all] = process.argv.slice(1);
const who = {userId: 5, chatId: 5, firstName: 'Anna', userName: 'anna'};
const server = new Server({port: Number(port), host: '127.0.0.1'});
const make = {Message: 'makeMessage', Command: 'makeCommand', Callback: 'makeCallbackQuery'};
(async () => {
  for (const [kind, words, options, chat] of all.map(JSON.parse)) {
    const client = server.getClient(token, {...who, ...chat});
    await client['send' + kind](client[make[kind]](words, options));
  }
})();
"""


@pytest.fixture(scope="module")
def telemelya(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    port = free_port()
    command = [sys.executable, "-m", "tests.connectors.telegram.telemelya_server", str(port)]
    log = tmp_path_factory.mktemp("telemelya") / "log"
    with running(command, port=port, ready="/", log=log, env={"AUTH_KEYS": ""}) as started:
        yield started


@asynccontextmanager
async def relay(port: int, target: str) -> AsyncIterator[str]:
    """telemelya does not show the secret that it was given: somebody has to."""

    async def bring(request: Request) -> Response:
        async with httpx.AsyncClient() as http:
            headers = {"x-telegram-bot-api-secret-token": SECRET}
            done = await http.post(target, content=await request.body(), headers=headers)
        return Response(done.content, done.status_code)

    app = Starlette(routes=[Route("/hook", bring, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}/hook"
    finally:
        server.should_exit = True
        await serving


async def until(ask: Any, holds: Any) -> Any:
    """What `ask` gives once it holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = await ask()
        if holds(found):
            return found
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.05)


@asynccontextmanager
async def at_telemelya(
    telemelya: Running, folder: Path, *, session: str
) -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
    """A desk with its webhook there, and the emulator's own side of it."""
    port = free_port()
    settings: dict[str, Any] = {
        "telegram_token": TOKEN,
        "telegram_api_url": telemelya.url,
        "telegram_webhook_url": f"http://127.0.0.1:{port}/hook",
        "telegram_webhook_secret": SECRET,
    }
    headers = {"Authorization": "Bearer x", "X-Test-Session": session}
    base = f"{telemelya.url}/api/v1/test"
    async with (
        open_server(folder, **settings) as server,
        relay(port, f"{server.url}/telegram/webhook"),
        httpx.AsyncClient(base_url=base, headers=headers, timeout=20) as http,
    ):
        yield server, http


async def test_telemelya_brings_words_buttons_and_photos_by_webhook(
    telemelya: Running, tmp_path: Path
) -> None:
    async with at_telemelya(telemelya, tmp_path, session="one") as (server, http):
        button = {"title": "Cost", "payload": "/care_delivery_cost"}
        server.engine.at_once = answer(replies=[{"text": "Two **days**.", "buttons": [button]}])

        async def send(**update: Any) -> None:
            params = {"bot_token": TOKEN}
            body = {"chat_id": 5, **update}

            async def post() -> httpx.Response:
                return await http.post("/send_update", params=params, json=body)

            done = await until(post, lambda response: response.status_code == 200)
            assert done.json()["delivery"]["status_code"] == 200

        async def responses() -> list[dict[str, Any]]:
            kept: list[dict[str, Any]] = (await http.get("/responses")).json()["responses"]
            return kept

        await send(text="How long is delivery?")
        found = await until(responses, lambda r: any("Two" in (x["text"] or "") for x in r))
        said = next(one for one in found if "Two" in (one["text"] or ""))
        assert said["text"] == "Two **days**."  # the bot's own words are plain
        key = said["reply_markup"]["inline_keyboard"][0][0]
        server.engine.at_once = answer("Free.")
        await send(callback_data=key["callback_data"], callback_message_id=said["message_id"])
        await until(responses, lambda r: any(x["text"] == "Free." for x in r))
        files = {"file": ("broken.jpg", JPEG, "image/jpeg")}
        kept = (await http.post("/upload_media", files=files)).json()["file_id"]
        await send(photo_file_id=kept, photo_caption="look")

        async def carried() -> list[Any]:
            async with server.app.state.parts.db.read() as session:
                found = await session.scalars(select(Message).where(Message.text == "look"))
                return [m.attachments for m in found]

        assert (await until(carried, bool))[0][0]["size"] == len(JPEG)


@pytest.fixture(scope="module")
def test_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    if not (EMULATORS / "node_modules" / "telegram-test-api").is_dir():
        pytest.skip("telegram-test-api is not there: make setup SETUP_ARGS=--dev")
    port = free_port()
    log = tmp_path_factory.mktemp("test-api") / "log"
    node = [sys.executable, "-m", "scripts.with_node", "node", "-e"]
    command = [*node, NODE_SERVER, str(port)]
    env = {"NODE_PATH": str(EMULATORS / "node_modules")}
    ready = f"/bot{TOKEN}/getMe"
    with running(command, port=port, ready=ready, log=log, env=env) as started:
        yield started


async def test_telegram_test_api_is_asked_for_updates_and_its_buttons_are_pressed(
    test_api: Running, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"telegram_token": TOKEN, "telegram_api_url": test_api.url}
    person = {"id": 5, "first_name": "Anna", "username": "anna", "is_bot": False}
    common = {
        "botToken": TOKEN,
        "date": int(time.time()),
        "from": person,
        "chat": {"id": 5, "type": "private", "first_name": "Anna"},
    }
    async with (
        open_server(tmp_path, **settings) as server,
        httpx.AsyncClient(base_url=test_api.url, timeout=20) as http,
    ):
        button = {"title": "Cost", "payload": "/care_delivery_cost"}
        server.engine.at_once = answer(replies=[{"text": "Two days.", "buttons": [button]}])

        async def said() -> list[dict[str, Any]]:
            history = (await http.post("/getUpdatesHistory", json={"token": TOKEN})).json()
            return [one for one in history["result"] if "chat_id" in one.get("message", {})]

        def has(words: str) -> Any:
            return lambda all_said: any(one["message"]["text"] == words for one in all_said)

        await http.post("/sendMessage", json={**common, "text": "How long is delivery?"})
        offer = next(
            one
            for one in await until(said, has("Two days."))
            if one["message"]["text"] == "Two days."
        )
        key = offer["message"]["reply_markup"]["inline_keyboard"][0][0]
        server.engine.at_once = answer("Free.")
        message = {**common, "message_id": offer["messageId"], "text": "Two days."}
        press = {**common, "message": message, "data": key["callback_data"]}
        await http.post("/sendCallback", json=press)
        await until(said, has("Free."))
        await http.post("/sendMessage", json={**common, "text": "thanks"})

        def twice(all_said: list[dict[str, Any]]) -> bool:
            return len([one for one in all_said if one["message"]["text"] == "Free."]) == 2

        await until(said, twice)
        assert len(server.engine.requests) == 3


async def test_what_telemelya_sends_is_what_is_recorded_of_it(
    telemelya: Running, tmp_path: Path, tap: Tap
) -> None:
    anna = {"id": 6, "first_name": "Anna", "username": "anna"}
    async with at_telemelya(telemelya, tmp_path, session="two") as (server, http):
        server.engine.at_once = answer("Two days.")

        async def send(way: str = "/send_update", **body: Any) -> None:
            async def post() -> httpx.Response:
                update = {"chat_id": 6, **body}
                return await http.post(way, params={"bot_token": TOKEN}, json=update)

            done = await until(post, lambda response: response.status_code == 200)
            assert done.json()["delivery"]["status_code"] == 200

        files = {"file": ("broken.jpg", JPEG, "image/jpeg")}
        photo = (await http.post("/upload_media", files=files)).json()["file_id"]
        await send(text="How long is delivery?")
        await send(text="Zażółć gęślą jaźń 🎉", from_user=anna)
        await send(command="/start")
        await send(command="/start it-help__password", from_user=anna)
        await send(command="frobnicate")
        await send(callback_data="l:pl", callback_message_id=3)
        await send(photo_file_id=photo)
        await send(photo_file_id=photo, photo_caption="look", from_user=anna)
        await send("/send_inline_query", query="delivery", from_user=anna)
    tap.compare(
        "telemelya",
        *("text", "text_with_username", "command", "command_with_argument", "command_unknown"),
        *("callback", "photo", "photo_with_caption", "inline_query"),
    )


async def test_what_telegram_test_api_sends_is_what_is_recorded_of_it(
    test_api: Running, tmp_path: Path, tap: Tap
) -> None:
    settings: dict[str, Any] = {"telegram_token": TOKEN, "telegram_api_url": test_api.url}
    sent: list[list[Any]] = [
        ["Message", "How long is delivery?", {}],
        ["Command", "/start", {}],
        ["Command", "/start it-help__password", {}],
        ["Callback", "l:pl", {}],  # its message has no number, which Telegram's always have
        ["Callback", "l:en", {"message": {"message_id": 3, "text": "Which language?"}}],
    ]
    async with open_server(tmp_path, **settings) as server:
        server.engine.at_once = answer("Two days.")
        with_node = [sys.executable, "-m", "scripts.with_node", "node", "-e", NODE_CLIENT]
        given = [test_api.url.rpartition(":")[2], TOKEN, *map(json.dumps, sent)]
        client = await asyncio.create_subprocess_exec(
            *(*with_node, *given),
            env={**os.environ, "NODE_PATH": str(EMULATORS / "node_modules")},
        )
        assert await client.wait() == 0

        async def came() -> int:
            return len(tap.came)

        await until(came, lambda number: number >= len(sent))
    tap.compare(
        "test_api",
        *("message", "command", "command_with_argument", "callback", "callback_with_message"),
    )
