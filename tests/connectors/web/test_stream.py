"""A visit without a socket: what is its own beside the frames (see test_protocol)."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from connectors.web import stream as stream_module
from tests.desk import DESK, answer
from tests.server import Browser, Server, open_server
from tests.streams import StreamClosed, open_stream

pytestmark = pytest.mark.asyncio


async def test_a_tab_with_a_socket_and_one_without_are_one_conversation(server: Server) -> None:
    token = await server.token()
    async with server.browser(token) as socket, open_stream(server.url) as line:
        browser = Browser(line, token)
        await browser.say_hello()
        key = await socket.write("From the socket")
        assert (await browser.wait_for("message", id=key))["seq"] == 1
        await socket.wait_for("message", seq=2)
        key = await browser.write("From the stream")
        await browser.wait_for("ack", id=key)
        assert (await socket.wait_for("message", id=key))["seq"] == 3


async def test_a_full_desk_has_no_room_for_a_stream_either(tmp_path: Path) -> None:
    async with (
        open_server(tmp_path, max_sockets=1) as server,
        server.browser(),
        open_stream(server.url) as line,
    ):
        await line.send(json.dumps(hello(await server.token())))
        frame = json.loads(await line.recv())
        assert (frame["type"], frame["code"], frame["id"]) == ("error", "busy", None)
        assert 5 <= frame["retry_after"] <= 15
        with pytest.raises(StreamClosed) as closed:
            await line.recv()
        assert closed.value.code == 1013


async def test_a_browser_that_goes_makes_room(tmp_path: Path) -> None:
    async with open_server(tmp_path, max_sockets=1) as server:
        for _ in range(3):
            async with asyncio.timeout(60):
                while not await is_welcome(server):  # until the one before has been missed
                    await asyncio.sleep(0.05)


async def is_welcome(server: Server) -> bool:
    """A visit's first answer; it leaves at once."""
    async with open_stream(server.url) as line:
        await line.send(json.dumps(hello(await server.token())))
        frame = json.loads(await line.recv())
        assert frame["type"] == "welcome" or frame["code"] == "busy"
        return bool(frame["type"] == "welcome")


@pytest.mark.parametrize("token", ["", "nonsense", "0" * 32 + ".abc.def"])
async def test_a_forged_token_gets_neither_stream_nor_frames(server: Server, token: str) -> None:
    async with open_stream(server.url) as line:
        await line.send(json.dumps(hello(token)))
        error = json.loads(await line.recv())
        assert error["code"] == ("bad_token" if token else "bad_frame")
        with pytest.raises(StreamClosed) as closed:
            await line.recv()
        assert (closed.value.code, closed.value.reason) == (1008, error["code"])
        answered = await line.post('{"type": "message", "id": "a", "text": "Let me in"}')
        assert answered["close"] == {"code": 1008, "reason": error["code"]}
        assert [frame["type"] for frame in answered["frames"]] == ["error"]
    async with server.browser() as someone:
        assert someone.welcome["conversation"] is None


async def test_the_token_is_no_part_of_the_body_or_the_address(server: Server) -> None:
    token = await server.token()
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        body = {"hello": hello(token), "frame": {"type": "ping"}}
        said = (await http.post("/widget/frames", json=body)).json()
        assert said["close"]["reason"] == "bad_frame"
        address = f"/widget/stream?desk={DESK}&token={token}"
        assert "welcome" not in (await http.get(address)).text


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{not json", "bad_json"),
        (b"\xff\xfe", "bad_json"),
        (b"[" * 30000, "bad_json"),
        (b"[]", "bad_frame"),
        (b'{"hello": {}, "frame": 7}', "bad_frame"),
        (b'{"frame": {"type": "ping"}}', "bad_frame"),
    ],
)
async def test_a_body_that_cannot_be_read_is_explained(
    server: Server, raw: bytes, code: str
) -> None:
    headers = {"authorization": f"Bearer {await server.token()}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60) as http:
        said = (await http.post("/widget/frames", content=raw)).json()
        assert said["frames"][0]["code"] == code
        assert said["frames"][0]["message"]
        huge = await http.post("/widget/frames", content=b"x" * 70_000)
        assert huge.status_code == 413


async def test_a_site_elsewhere_may_ask(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        for path in ("/widget/stream", "/widget/frames"):
            preflight = await http.options(path)
            assert preflight.headers["access-control-allow-origin"] == "*"
            assert "authorization" in preflight.headers["access-control-allow-headers"]


async def test_someone_elses_conversation_stays_theirs(server: Server) -> None:
    async with server.browser() as victim:
        await victim.write("My secret")
        stolen = (await victim.wait_for_message("bot"))["conversation"]
    async with open_stream(server.url) as line:
        thief = Browser(line, await server.token())
        await thief.say_hello(conversation=stolen)
        assert thief.welcome["conversation"] is None
        for frame in ({"type": "fetch", "after": 0}, {"type": "seen", "seq": 2}):
            await thief.send(**frame, conversation=stolen)
            assert (await thief.wait_for("error"))["code"] == "not_found"


async def test_a_message_that_comes_too_fast_is_told_when_to_come_again(tmp_path: Path) -> None:
    limits = {"messages_burst": 1, "messages_per_second": 0.1}
    async with open_server(tmp_path, **limits) as server, open_stream(server.url) as line:
        server.engine.at_once = answer("ok")
        browser = Browser(line, await server.token())
        await browser.say_hello()
        await browser.wait_for("ack", id=await browser.write("One"))
        key = await browser.write("Two")
        refused = await browser.wait_for("error", id=key)
        assert refused["code"] == "rate_limited"
        await asyncio.sleep(refused["retry_after"])
        await browser.write("Two", id=key)
        assert not (await browser.wait_for("ack", id=key))["duplicate"]


async def test_an_idle_stream_is_heard(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "HEARTBEAT_SECONDS", 0.05)
    async with open_stream(server.url) as line:
        await Browser(line, await server.token()).say_hello()
        beats = line.beats
        async with asyncio.timeout(30):
            while line.beats <= beats + 3:
                await asyncio.sleep(0.01)


async def test_a_desk_that_stops_ends_its_streams_at_once_and_says_why(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        async with open_server(tmp_path) as server:
            line = await stack.enter_async_context(open_stream(server.url))
            await Browser(line, await server.token()).say_hello()
        with pytest.raises(StreamClosed) as closed:
            await line.recv()
        assert closed.value.code == 1012


def hello(token: str) -> dict[str, object]:
    return {
        "type": "hello",
        "v": 1,
        "token": token,
        "desk": DESK,
        "language": "en",
        "conversation": None,
        "last_seq": 0,
    }
