"""A small Slack of our own: Web API, Socket Mode and HTTP events, in Slack's documented shapes.

It keeps channels, members and posts, records every call, and can be told to fail: too fast (429),
broken (5xx, HTML), slow, or with one of Slack's own error words. Events reach the app through its
sockets (each envelope on one of them, or on all) or as signed requests.
"""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
from aiohttp import WSMsgType, web
from slack_sdk.signature import SignatureVerifier

from tests.connectors.slack import fake_methods
from tests.connectors.slack.fake_methods import BOT, BOT_USER, TEAM

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-fake", "xapp-fake", "shh-signing"
PATIENCE_SECONDS = 15.0
# `Any`: JSON.
Json = dict[str, Any]


@dataclass
class Call:
    """One call of the Web API, with its arguments as Python values."""

    method: str
    arguments: Json
    token: str
    at: float


@dataclass
class Fault:
    """How the next calls of a method go wrong."""

    status: int = 200
    error: str = ""
    retry_after: float | None = None
    body: str | None = None  # in the place of JSON
    seconds: float = 0.0  # nothing is said for so long
    done_first: bool = False  # it is done all the same: only the answer is lost
    times: int = 1


@dataclass
class FakeSlack:
    """The whole of it. Time stamps count up from 1700000000.000100."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    posts: list[Json] = field(default_factory=list)
    users: dict[str, Json] = field(default_factory=dict)
    channels: dict[str, Json] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, Json] = field(default_factory=dict)
    scopes: str = "chat:write,reactions:write,users:read"
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    acks: list[Json] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)  # envelopes
    to_all_sockets: bool = False
    again_after: float | None = None  # seconds until an envelope without answer comes again
    tokens: dict[str, Json] = field(default_factory=dict)
    _faults: dict[str, list[Fault]] = field(default_factory=dict)
    ts_count: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _runner: web.AppRunner | None = None
    chaos: Callable[[str], Fault | None] | None = None  # asked before every answer
    methods: dict[str, Callable[["FakeSlack", Json], Json]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tokens = {
            BOT_TOKEN: {"team_id": TEAM, "team": "Acme", "user_id": BOT_USER, "bot_id": BOT}
        }
        self.add_user(BOT_USER, "Firstline", is_bot=True)

    # -- what is there ------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def add_user(self, user: str, name: str, **fields: Any) -> str:
        profile = {"real_name": name, "display_name": name.split()[0]}
        profile["email"] = f"{name.split()[0].lower()}@acme.example"
        self.users[user] = {
            "id": user,
            "team_id": TEAM,
            "name": name.split()[0].lower(),
            "real_name": name,
            "tz": "Europe/Warsaw",
            "locale": "en-US",
            "profile": profile,
            "deleted": False,
            "is_bot": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
        } | fields
        return user

    def add_channel(self, channel: str, name: str, **fields: Any) -> str:
        self.channels[channel] = {
            "id": channel,
            "name": name,
            "is_member": True,
            "is_archived": False,
            "is_private": False,
            "members": [BOT_USER],
        } | fields
        return channel

    def next_ts(self) -> str:
        return f"17{next(self.ts_count):08d}.000100"

    def fail(self, method: str, **fields: Any) -> None:
        """The next calls of the method go wrong like this (see Fault)."""
        self._faults.setdefault(method, []).append(Fault(**fields))

    def called(self, method: str, **wanted: Any) -> list[Json]:
        """The arguments of every call of the method with these ones."""
        return [
            call.arguments
            for call in self.calls
            if call.method == method and wanted.items() <= call.arguments.items()
        ]

    def in_thread(self, ts: str) -> list[Json]:
        """What the app posted in this thread."""
        return [post for post in self.posts if post.get("thread_ts") == ts and post.get("bot_id")]

    async def wait_for(self, method: str, count: int = 1, **wanted: Any) -> list[Json]:
        """Until the method was called so often with these arguments, however it went."""
        await self.until(lambda: len(self.called(method, **wanted)) >= count, method)
        return self.called(method, **wanted)

    async def wait_for_posts(self, ts: str, count: int = 1) -> list[Json]:
        """Until the app has posted so much in the thread."""
        await self.until(lambda: len(self.in_thread(ts)) >= count, f"posts in {ts}")
        return self.in_thread(ts)

    async def until(self, true: Callable[[], bool], what: str = "") -> None:
        """Looks again after each call, socket and answer."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._changed:
                await self._changed.wait_for(true)
        except TimeoutError:
            seen = [call.method for call in self.calls][-30:]
            raise AssertionError(f"not in {PATIENCE_SECONDS} s: {what}; calls: {seen}") from None

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # -- what happens in it: events for the app -------------------------------------------------

    async def post(self, user: str, channel: str, text: str, **fields: Any) -> str:
        """Somebody writes; the time stamp of the post."""
        event = self.message(user, channel, text, **fields)
        self.posts.append(event)
        await self.event(event)
        return str(event["ts"])

    def message(self, user: str, channel: str, text: str, **fields: Any) -> Json:
        """A message event, not sent yet."""
        kind = "im" if channel.startswith("D") else "channel"
        return {
            "type": "message",
            "user": user,
            "text": text,
            "ts": self.next_ts(),
            "team": TEAM,
            "channel": channel,
            "channel_type": kind,
            "client_msg_id": f"c{next(self.ids)}",
        } | fields

    async def event(self, event: Json, *, event_id: str | None = None, times: int = 1) -> str:
        """An Events API envelope, delivered so many times."""
        key = event_id or f"Ev{next(self.ids):08d}"
        body = {
            "token": "legacy",
            "team_id": TEAM,
            "api_app_id": "A0APP",
            "event": event,
            "type": "event_callback",
            "event_id": key,
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        }
        for _ in range(times):
            await self.envelope("events_api", body)
        return key

    async def press(
        self, user: str, post: Json, action: Json, *, value: str | None = None, times: int = 1
    ) -> Json:
        """Somebody presses a button of a post."""
        body = {
            "type": "block_actions",
            "user": {"id": user, "team_id": TEAM, "username": user.lower()},
            "team": {"id": TEAM, "domain": "acme"},
            "api_app_id": "A0APP",
            "trigger_id": f"trigger{next(self.ids)}",
            "container": {
                "type": "message",
                "message_ts": post["ts"],
                "channel_id": post["channel"],
                "thread_ts": post.get("thread_ts"),
                "is_ephemeral": False,
            },
            "channel": {"id": post["channel"], "name": "it-help"},
            "message": post,
            "response_url": f"http://127.0.0.1:{self.port}/respond/{next(self.ids)}",
            "actions": [
                {
                    "type": "button",
                    "action_id": action["action_id"],
                    "block_id": action.get("block_id", "b"),
                    "text": action.get("text", {"type": "plain_text", "text": "?"}),
                    "value": action.get("value", "") if value is None else value,
                    "action_ts": self.next_ts(),
                }
                | {k: v for k, v in action.items() if k.startswith("selected_")}
            ],
        }
        for _ in range(times):
            await self.envelope("interactive", body)
        return body

    async def interactive(self, kind: str, user: str, **fields: Any) -> Json:
        """`view_submission`, `view_closed`, `shortcut`, `message_action`, …"""
        body = {
            "type": kind,
            "user": {"id": user, "team_id": TEAM},
            "team": {"id": TEAM, "domain": "acme"},
            "api_app_id": "A0APP",
            "trigger_id": f"trigger{next(self.ids)}",
        } | fields
        await self.envelope("interactive", body)
        return body

    async def command(self, user: str, command: str, text: str, channel: str) -> None:
        """A slash command."""
        body = {
            "command": command,
            "text": text,
            "user_id": user,
            "user_name": user.lower(),
            "team_id": TEAM,
            "channel_id": channel,
            "trigger_id": f"trigger{next(self.ids)}",
            "response_url": f"http://127.0.0.1:{self.port}/respond/{next(self.ids)}",
            "api_app_id": "A0APP",
        }
        await self.envelope("slash_commands", body)

    async def envelope(self, kind: str, payload: Json, **fields: Any) -> str:
        """Through an open socket (or all of them), and again when nobody acknowledges it."""
        await self.until(lambda: bool(self._open()), "an open socket")
        key = f"env{next(self.ids)}"
        self.sent.append(key)
        body = {"envelope_id": key, "type": kind, "payload": payload, "retry_attempt": 0} | fields
        body["accepts_response_payload"] = kind != "events_api"
        sockets = (
            self._open()
            if self.to_all_sockets
            else [self._open()[next(self.ids) % len(self._open())]]
        )
        for socket in sockets:
            with contextlib.suppress(ConnectionError):
                await socket.send_json(body)
        if self.again_after is not None:
            asyncio.get_running_loop().create_task(self._send_again(key, body))
        return key

    async def _send_again(self, key: str, body: Json) -> None:
        for attempt in range(1, 12):
            await asyncio.sleep((self.again_after or 1.0) * attempt)
            if any(ack.get("envelope_id") == key for ack in self.acks):
                return
            for socket in self._open()[:1]:
                with contextlib.suppress(ConnectionError):
                    await socket.send_json(body | {"retry_attempt": attempt})

    def acked(self, key: str) -> bool:
        """Whether the envelope was acknowledged."""
        return any(ack.get("envelope_id") == key for ack in self.acks)

    def is_all_acknowledged(self) -> bool:
        """Whether nothing that happened here is still on its way."""
        return set(self.sent) <= {str(ack.get("envelope_id")) for ack in self.acks}

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Asks every socket to open another one, as Slack does about once an hour."""
        for socket in self._open():
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}}
            )

    async def cut(self) -> None:
        """Every socket breaks, without a word."""
        for socket in self._open():
            await socket.close(code=1006)

    def _open(self) -> list[web.WebSocketResponse]:
        return [socket for socket in self.sockets if not socket.closed]

    async def send_http(
        self,
        app_url: str,
        body: Json,
        *,
        secret: str = SECRET,
        age: float = 0,
        headers: Json | None = None,
    ) -> httpx.Response:
        """The body as a signed request; anything but an event goes as a form, as Slack does it."""
        is_event = body.get("type") in ("event_callback", "url_verification")
        raw = json.dumps(body) if is_event else urlencode({"payload": json.dumps(body)})
        at = str(int(time.time() - age))
        sign = SignatureVerifier(secret).generate_signature(timestamp=at, body=raw)
        kind = "application/json" if is_event else "application/x-www-form-urlencoded"
        signed = {"x-slack-request-timestamp": at, "x-slack-signature": sign or ""}
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as http:
            return await http.post(
                f"{app_url}/slack/events",
                content=raw,
                headers={"content-type": kind, **signed, **(headers or {})},
            )

    # -- the server -------------------------------------------------------------------------------

    async def start(self) -> None:
        """Listens on a free port of this machine; after a stop, on the same one."""
        app = web.Application(client_max_size=64 << 20)
        app.router.add_get("/socket", self._serve_socket)
        app.router.add_post("/upload/{id}", self._take_upload)
        app.router.add_get("/files/{id}", self._give_file)
        app.router.add_post("/respond/{id}", self._respond)
        app.router.add_route("*", "/api/{method}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Nothing listens any more, and all sockets are cut."""
        for socket in self._open():
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve_socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": len(self._open())})
        await self._tell()
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                self.acks.append(json.loads(frame.data))
                await self._tell()
        return socket

    async def _respond(self, request: web.Request) -> web.Response:
        self.calls.append(Call("response_url", await request.json(), "", time.monotonic()))
        await self._tell()
        return web.Response(text="ok")

    async def _take_upload(self, request: web.Request) -> web.Response:
        content = await request.read()
        if "multipart" in request.content_type:
            part = await (await request.multipart()).next() if not content else None
            content = await part.read() if part is not None else content  # type: ignore[union-attr]
        self.files[request.match_info["id"]] = content
        return web.Response(text=f"OK - {len(content)}")

    async def _give_file(self, request: web.Request) -> web.Response:
        if request.headers.get("authorization") != f"Bearer {BOT_TOKEN}":
            return web.Response(text="<!DOCTYPE html>sign in", content_type="text/html")
        content = self.files.get(request.match_info["id"])
        return web.Response(status=404) if content is None else web.Response(body=content)

    async def _serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        arguments = {name: _value(raw) for name, raw in (await request.post()).items()}
        arguments |= {name: _value(raw) for name, raw in request.query.items()}
        if request.content_type == "application/json":
            arguments |= await request.json()
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.calls.append(Call(method, arguments, token, time.monotonic()))
        fault = self._next_fault(method)
        answer = self._answer(method, token, arguments) if fault is None or fault.done_first else {}
        await self._tell()
        if fault is not None:
            return await self._go_wrong(fault)
        headers = {"x-oauth-scopes": self.scopes} if method == "auth.test" else {}
        return web.json_response(answer, headers=headers)

    def _next_fault(self, method: str) -> Fault | None:
        if self.chaos is not None and (fault := self.chaos(method)) is not None:
            return fault
        waiting = self._faults.get(method) or self._faults.get("*")
        if not waiting:
            return None
        fault = waiting[0]
        fault.times -= 1
        if fault.times <= 0:
            waiting.pop(0)
        return fault

    async def _go_wrong(self, fault: Fault) -> web.Response:
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        if fault.body is not None:
            return web.Response(
                text=fault.body, status=fault.status, headers=headers, content_type="text/html"
            )
        error = fault.error or ("ratelimited" if fault.status == 429 else "internal_error")
        return web.json_response(
            {"ok": False, "error": error}, status=fault.status, headers=headers
        )

    def _answer(self, method: str, token: str, arguments: Json) -> Json:
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                return {"ok": False, "error": "invalid_auth"}
            return {
                "ok": True,
                "url": f"ws://127.0.0.1:{self.port}/socket?ticket={next(self.ids)}",
            }
        if method in self.methods:
            return self.methods[method](self, arguments)
        if method != "oauth.v2.access" and token not in self.tokens:
            return {"ok": False, "error": "invalid_auth"}
        if method == "auth.test":
            return {"ok": True, "url": "https://acme.slack.com/"} | self.tokens[token]
        known = fake_methods.METHODS.get(method)
        return {"ok": True} if known is None else known(self, arguments)

    def find(self, channel: str, ts: str) -> Json | None:
        return next((p for p in self.posts if (p["channel"], p["ts"]) == (channel, ts)), None)


# `Any`: a form's field, which is text, or JSON as text.
def _value(raw: Any) -> Any:
    if isinstance(raw, str) and raw[:1] in "[{":
        with contextlib.suppress(ValueError):
            return json.loads(raw)
    return raw


@asynccontextmanager
async def fake_slack() -> AsyncIterator[FakeSlack]:
    """One that runs until the block ends."""
    slack = FakeSlack()
    await slack.start()
    try:
        yield slack
    finally:
        await slack.stop()
