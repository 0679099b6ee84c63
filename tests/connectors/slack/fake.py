"""A small Slack of our own: Web API, Socket Mode and HTTP events, in Slack's documented shapes.

It keeps channels, members and posts, records every call, and can be told to fail: too fast (429),
broken (5xx, HTML), slow, held back until a test says so, or with one of Slack's own error words.
Events reach the app through its sockets (each envelope on one of them, or on all) or as signed
requests.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from tests.connectors.slack import fake_methods, fake_scopes
from tests.connectors.slack.fake_events import Events
from tests.connectors.slack.fake_world import APP_TOKEN, BOT_TOKEN, SECRET, Call, Fault, Json

__all__ = ["APP_TOKEN", "BOT_TOKEN", "SECRET", "FakeSlack", "Fault", "Json", "fake_slack"]


class FakeSlack(Events):
    """The whole of it."""

    _runner: web.AppRunner | None = None
    _soon: set[asyncio.Task[object]]

    def __post_init__(self) -> None:
        super().__post_init__()
        self._soon = set()

    def soon(self, happens: Coroutine[Any, Any, object]) -> None:
        """It happens while this goes on; it ends with the fake."""
        self._soon.add(asyncio.create_task(happens))

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
        for task in self._soon:
            task.cancel()
        for socket in self.open_sockets():
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _serve_socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": len(self.open_sockets())})
        await self.tell()
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                ack = json.loads(frame.data)
                self.acks.append(ack)
                self.acked_at.setdefault(str(ack.get("envelope_id")), time.monotonic())
                await self.tell()
        return socket

    async def _respond(self, request: web.Request) -> web.Response:
        self.calls.append(Call("response_url", await request.json(), "", time.monotonic()))
        await self.tell()
        return web.Response(text="ok")

    async def _take_upload(self, request: web.Request) -> web.Response:
        content = await request.read()
        if "multipart" in request.content_type:
            part = await (await request.multipart()).next() if not content else None
            content = await part.read() if part is not None else content  # type: ignore[union-attr]
        key = request.match_info["id"]
        self.calls.append(Call("upload", {"id": key}, "", time.monotonic()))
        fault = self.next_fault("upload")
        if fault is None or fault.done_first:
            self.files[key] = content
        await self.tell()
        if fault is not None:
            return await self._go_wrong(fault)
        return web.Response(text=f"OK - {len(content)}")

    async def _give_file(self, request: web.Request) -> web.StreamResponse:
        key = request.match_info["id"]
        token = self.file_tokens.get(key, BOT_TOKEN)
        if request.headers.get("authorization") != f"Bearer {token}":
            return web.Response(text="<!DOCTYPE html>sign in", content_type="text/html")
        if (fault := await self.fault_of("file")) is not None:
            return await self._go_wrong(fault)
        if key in self.moved:
            return web.Response(status=302, headers={"Location": self.moved[key]})
        content = self.files.get(key)
        if content is not None and self.dripping:
            return await self._drip(request, content)
        return web.Response(status=404) if content is None else web.Response(body=content)

    async def _drip(self, request: web.Request, content: bytes) -> web.StreamResponse:
        slow = web.StreamResponse(headers={"Content-Length": str(len(content))})
        await slow.prepare(request)
        for piece in range(0, len(content), len(content) // 5):
            await asyncio.sleep(self.dripping)
            await slow.write(content[piece : piece + len(content) // 5])
        return slow

    async def _serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        arguments = {name: _value(raw) for name, raw in (await request.post()).items()}
        arguments |= {name: _value(raw) for name, raw in request.query.items()}
        if request.content_type == "application/json":
            arguments |= await request.json()
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.calls.append(Call(method, arguments, token, time.monotonic()))
        fault = await self.fault_of(method)
        answer = self._answer(method, token, arguments) if fault is None or fault.done_first else {}
        await self.tell()
        if self.echoes and method == "chat.postMessage" and answer.get("ok"):
            self.soon(self.echo(dict(answer["message"])))
        if fault is not None:
            return await self._go_wrong(fault)
        headers = {"x-oauth-scopes": self.scopes} if method == "auth.test" else {}
        return web.json_response(answer, headers=headers)

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
        if token in self.tokens and (scope := fake_scopes.missing(self, method, arguments)):
            return {"ok": False, "error": "missing_scope", "needed": scope, "provided": self.scopes}
        if method in self.methods:
            return self.methods[method](self, arguments)
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                return {"ok": False, "error": "invalid_auth"}
            return {
                "ok": True,
                "url": f"ws://127.0.0.1:{self.port}/socket?ticket={next(self.ids)}",
            }
        if method != "oauth.v2.access" and token not in self.tokens:
            return {"ok": False, "error": "invalid_auth"}
        if method == "auth.test":
            return {"ok": True, "url": "https://acme.slack.com/"} | self.tokens[token]
        known = fake_methods.METHODS.get(method)
        return {"ok": True} if known is None else known(self, arguments)


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
