"""A small Telegram on loopback, for what emulators of others cannot do: errors on demand,
groups, files, exact offsets, two who ask at once. Shapes as the Bot API documents them."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic, time
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

TOKEN = "4242:test-token"
BOT = {"id": 4242, "is_bot": True, "first_name": "Desk", "username": "desk_bot"}
ANNA: dict[str, Any] = {"id": 77, "is_bot": False, "first_name": "Anna", "language_code": "en"}
GROUP = -100123
PATIENCE_SECONDS = 60.0
MOST_TEXT = 4096  # UTF-16 units
WORDS = ("sendMessage", "editMessageText")
HANG_UP, STALL = "hang up", "stall"
# `Any`: JSON.
Json = dict[str, Any]


@dataclass
class Call:
    """A method that the bot called, with what it gave."""

    method: str
    given: Json
    files: dict[str, bytes] = field(default_factory=dict)
    at: float = field(default_factory=monotonic)  # when it came

    @property
    def text(self) -> str:
        return str(self.given.get("text") or self.given.get("caption") or "")

    @property
    def keys(self) -> list[Json]:
        """The inline buttons, in order."""
        rows = (self.given.get("reply_markup") or {}).get("inline_keyboard", [])
        return [key for row in rows for key in row]

    def key(self, title: str) -> Json:
        return next(key for key in self.keys if key["text"] == title)


class FakeTelegram:
    """One bot's world. `refuse` queues answers for a method's next calls."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.updates: list[Json] = []
        self.files: dict[str, bytes] = {}
        self.webhook: Json = {"url": ""}
        self.me: Json = {**BOT, "can_join_groups": True, "can_read_all_group_messages": False}
        self.commands: dict[str, list[Json]] = {}
        self.asked: list[int | None] = []  # the offsets of getUpdates
        self.polls = 0
        self.port = 0
        self._refusals: defaultdict[str, list[tuple[int, Any]]] = defaultdict(list)
        self._held: list[tuple[str, str, asyncio.Event]] = []
        self._news = asyncio.Condition()
        self._is_over = False
        self._ids = {"update": 1000, "message": 0}
        self._date = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def refuse(self, method: str, status: int, description: str, **parameters: Any) -> None:
        body = {"ok": False, "error_code": status, "description": description}
        self._refusals[method].append((status, {**body, "parameters": parameters}))

    def break_down(self, method: str, status: int = 502) -> None:
        """Not even JSON."""
        self._refusals[method].append((status, None))

    def hang_up(self, method: str) -> None:
        """The connection is reset in the middle of an answer."""
        self._refusals[method].append((200, HANG_UP))

    def stall(self, method: str) -> None:
        """Does nothing, and does not answer until its caller has enough of that."""
        self._refusals[method].append((200, STALL))

    def hold(self, method: str, part: str = "") -> asyncio.Event:
        """The next call of it that says `part` has its answer once the event is set."""
        go_on = asyncio.Event()
        self._held.append((method, part, go_on))
        return go_on

    # -- what people do

    async def send(self, **update: Any) -> Json:
        """An update for the bot."""
        self._ids["update"] += 1
        made = {"update_id": self._ids["update"], **update}
        await self.send_raw(made)
        return made

    async def send_raw(self, *updates: Json) -> None:
        async with self._news:
            self.updates += updates
            self._news.notify_all()

    def message(self, text: str = "", *, who: Json = ANNA, **fields: Any) -> Json:
        """A message in the private chat, or wherever `chat` says."""
        self._ids["message"] += 1
        chat = {"id": who["id"], "type": "private", "first_name": who.get("first_name", "")}
        made: Json = {
            "message_id": self._ids["message"],
            "from": who,
            "chat": chat,
            "date": self._now(),
        }
        if text:
            made["text"] = text
            if text.startswith("/"):
                length = len(text.split(" ")[0])
                made["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return {**made, **fields}

    def _now(self) -> int:
        """Each message has a second of its own, so that tests can tell them apart."""
        self._date = max(self._date + 1, int(time()))
        return self._date

    def number_from_one(self) -> None:
        """As another bot does, and an emulator that was started again."""
        self._ids["message"] = 0

    async def migrates(self, before: int, after: int) -> None:
        """A group becomes a supergroup, whose messages have numbers of their own."""
        chat = {"id": before, "type": "group", "title": "Office"}
        await self.says(chat=chat, migrate_to_chat_id=after)
        self.number_from_one()

    async def says(self, text: str = "", **fields: Any) -> Json:
        message = self.message(text, **fields)
        await self.send(message=message)
        return message

    async def presses(self, sent: Call, title: str, *, who: Json = ANNA) -> Json:
        """A button under a message of the bot's."""
        return await self.press_data(sent, sent.key(title)["callback_data"], who=who)

    async def press_data(self, sent: Call, data: str, *, who: Json = ANNA) -> Json:
        chat = sent.given["chat_id"]
        kind = "supergroup" if int(chat) < 0 else "private"
        message = {
            "message_id": sent.given["message_id"],
            "from": BOT,
            "chat": {"id": int(chat), "type": kind},
            "date": sent.given.get("date", 1764300000),
            "text": sent.text or "…",
        }
        self._ids["update"] += 1
        query = {
            "id": str(self._ids["update"]),
            "from": who,
            "message": message,
            "chat_instance": "1",
            "data": data,
        }
        return await self.send(callback_query=query)

    # -- what the bot did

    def sent(self, chat: int | None = None) -> list[Call]:
        """Messages that arrived, in order."""
        return [
            call
            for call in self.calls
            if call.method in ("sendMessage", "sendPhoto", "sendDocument")
            and (chat is None or int(call.given["chat_id"]) == chat)
        ]

    async def wait_for(self, part: str, *, chat: int | None = None, times: int = 1) -> Call:
        """The message that says it; the test fails when it does not come."""
        await self.until(
            lambda: sum(part in call.text for call in self.sent(chat)) >= times, f"{part!r}"
        )
        return [call for call in self.sent(chat) if part in call.text][times - 1]

    async def wait_for_call(self, method: str, *, times: int = 1) -> Call:
        await self.until(lambda: len(self.called(method)) >= times, method)
        return self.called(method)[times - 1]

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    async def until(self, holds: Any, what: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not holds():
                    await asyncio.sleep(0.005)
        assert holds(), (
            f"{what} did not come; there were {[(c.method, c.text) for c in self.calls]}"
        )

    async def until_confirmed(self) -> None:
        """Until the bot has confirmed everything that it was sent."""
        await self.until(lambda: not self.updates, "the confirmation")

    # -- the API

    async def answer(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != TOKEN:
            return self._error(401, "Unauthorized")
        given, files = await _read(request)
        if self._refusals[method]:
            status, body = self._refusals[method].pop(0)
            self.calls.append(Call(f"refused:{method}", given, files))
            if body == HANG_UP:
                return _CutOff()
            if body == STALL:
                while not await request.is_disconnected():
                    await asyncio.sleep(0.01)
            if body is None:
                return Response("<html>Bad Gateway</html>", status)
            return JSONResponse(body, status)
        if method == "getUpdates":
            return await self._get_updates(given)
        if method in WORDS and not given.get("parse_mode") and _units(given) > MOST_TEXT:
            self.calls.append(Call(f"refused:{method}", given, files))
            return self._error(400, "Bad Request: message is too long")
        call = Call(method, given, files)
        self.calls.append(call)
        await self._hold_back(call)
        return JSONResponse({"ok": True, "result": self._result(method, call)})

    async def _hold_back(self, call: Call) -> None:
        for held in self._held:
            method, part, go_on = held
            if method == call.method and part in call.text:
                self._held.remove(held)
                await go_on.wait()
                return

    def _result(self, method: str, call: Call) -> Any:
        given = call.given
        match method:
            case "getMe":
                return self.me
            case "getWebhookInfo":
                return {"has_custom_certificate": False, "pending_update_count": 0, **self.webhook}
            case "setWebhook":
                self.webhook = {"url": given["url"], "secret_token": given.get("secret_token")}
            case "deleteWebhook":
                self.webhook = {"url": ""}
            case "setMyCommands":
                self.commands[given.get("language_code", "")] = given["commands"]
            case "getMyCommands":
                return self.commands.get(given.get("language_code", ""), [])
            case "getFile":
                return {
                    "file_id": given["file_id"],
                    "file_unique_id": given["file_id"],
                    "file_path": f"files/{given['file_id']}",
                }
            case "sendMessage" | "sendPhoto" | "sendDocument" | "editMessageText":
                return self._message_of(call)
        return True

    def _message_of(self, call: Call) -> Json:
        self._ids["message"] += 1
        call.given.setdefault("message_id", self._ids["message"])
        call.given.setdefault("date", self._now())
        chat = int(call.given["chat_id"])
        return {
            "message_id": int(call.given["message_id"]),
            "from": BOT,
            "chat": {"id": chat, "type": "supergroup" if chat < 0 else "private"},
            "date": call.given["date"],
            "text": call.text,
        }

    async def _get_updates(self, given: Json) -> Response:
        if self.webhook.get("url"):
            return self._conflict(given, "can't use getUpdates method while webhook is active")
        offset = given.get("offset")
        self.asked.append(offset)
        if offset is not None:
            self.updates = [one for one in self.updates if one["update_id"] >= int(offset)]
        self.polls += 1
        mine = self.polls
        async with self._news:
            self._news.notify_all()
            with suppress(TimeoutError):
                async with asyncio.timeout(float(given.get("timeout") or 0)):
                    await self._news.wait_for(
                        lambda: bool(self.updates) or self.polls > mine or self._is_over
                    )
        if self.polls > mine:
            return self._conflict(given, "terminated by other getUpdates request")
        found = self.updates[: int(given.get("limit") or 100)]
        return JSONResponse({"ok": True, "result": found})

    async def end(self) -> None:
        """Nobody waits for updates any more."""
        async with self._news:
            self._is_over = True
            self._news.notify_all()

    def _conflict(self, given: Json, words: str) -> Response:
        self.calls.append(Call("refused:getUpdates", given))
        return self._error(409, f"Conflict: {words}")

    async def file(self, request: Request) -> Response:
        return Response(self.files[request.path_params["id"]])

    def _error(self, status: int, description: str) -> Response:
        body = {"ok": False, "error_code": status, "description": description}
        return JSONResponse(body, status)


def _units(given: Json) -> int:
    return len(str(given.get("text", "")).encode("utf-16-le")) // 2


class _CutOff(Response):
    """Fewer bytes than it promised: the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"100"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def _read(request: Request) -> tuple[Json, dict[str, bytes]]:
    given: Json = {}
    files: dict[str, bytes] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            with suppress(ValueError):
                given[name] = json.loads(value)
                continue
            given[name] = value
        else:
            files[name] = await value.read()
    for name in ("text", "caption"):
        if name in given:
            given[name] = str((await request.form())[name])
    await request.close()
    return given, files


@asynccontextmanager
async def fake_telegram() -> AsyncIterator[FakeTelegram]:
    """The server, on a free port."""
    fake = FakeTelegram()
    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", fake.answer, methods=["GET", "POST"]),
            Route("/file/bot{token}/files/{id}", fake.file),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    fake.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        await fake.end()
        server.should_exit = True
        await serving
