"""What the widget's protocol refuses, in words, without losing anything."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import time_machine
from websockets.exceptions import ConnectionClosed

from bot.clock import now
from tests.desk import answer
from tests.server import Browser, Server, open_server

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("raw", "code", "says"),
    [
        ("{not json", "bad_json", "not valid JSON"),
        ("[" * 30000, "bad_json", "not valid JSON"),
        ('["a list"]', "bad_frame", "JSON object"),
        ('{"type": "shout", "id": "x"}', "unknown_type", "shout"),
        ('{"type": "message", "id": "x"}', "bad_frame", "text"),
        ('{"type": "message", "id": 7, "text": "a"}', "bad_frame", "id"),
        ('{"type": "message", "id": "", "text": "a"}', "bad_frame", "id"),
        ('{"type": "message", "id": "x", "text": "\\ud800"}', "bad_frame", "not text"),
        ('{"type": "fetch", "after": -1}', "bad_frame", "after"),
        ('{"type": "fetch", "after": true}', "bad_frame", "after"),
        ('{"type": "typing", "on": "yes"}', "bad_frame", "on"),
        ('{"type": "message", "id": "x", "text": ""}', "empty_text", "empty"),
        ('{"type": "message", "id": "x", "text": " \\n\\t "}', "empty_text", "empty"),
    ],
)
async def test_a_bad_frame_is_explained_and_the_socket_goes_on(
    server: Server, raw: str, code: str, says: str
) -> None:
    async with server.browser() as browser:
        await browser.connection.send(raw)
        error = await browser.wait_for("error")
        assert error["code"] == code
        assert says in error["message"]
        await browser.write("Still here?")
        await browser.wait_for_message("bot")


async def test_a_too_long_text_is_refused_with_the_limit(server: Server) -> None:
    async with server.browser(language="pl") as browser:
        key = await browser.write("x" * 4001)
        error = await browser.wait_for("error", id=key)
        assert error["code"] == "too_long"
        assert error["limit"] == 4000
        assert "4000" in error["message"]
        assert "za długa" in error["message"]
        key = await browser.write("x" * 4000)
        await browser.wait_for("ack", id=key)


async def test_a_huge_frame_closes_the_socket_with_1009(server: Server) -> None:
    async with server.browser() as browser:
        await browser.connection.send("x" * 70_000)
        with pytest.raises(ConnectionClosed) as closed:
            await browser.wait_for("error")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


async def test_binary_is_refused_with_1003(server: Server) -> None:
    async with server.socket() as socket:
        browser = Browser(socket, await server.token())
        await browser.say_hello()
        await socket.send(b"\x00\x01")
        assert (await browser.wait_for("error"))["code"] == "binary"
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1003


@pytest.mark.parametrize("first", ['{"type": "ping"}', "nonsense", '{"type": "hello"}'])
async def test_without_hello_nothing_is_served(server: Server, first: str) -> None:
    async with server.socket() as socket:
        await socket.send(first)
        error = json.loads(await socket.recv())
        assert error["code"] in ("hello_first", "bad_json", "bad_frame")
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008


async def test_a_forged_token_is_refused(server: Server) -> None:
    good = await server.token()
    visitor, stamp, signature = good.split(".")
    forged = ".".join(("0" * len(visitor), stamp, signature))
    # The signature's last characters carry spare bits: another spelling of them may be right.
    for token in (forged, "nonsense", f"{visitor}.{stamp}.{signature[::-1]}"):
        async with server.socket() as socket:
            with pytest.raises(ConnectionClosed) as closed:
                await Browser(socket, token).say_hello()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008
            assert closed.value.rcvd.reason == "bad_token"


async def test_an_expired_token_is_refused_and_a_new_one_is_a_new_visitor(server: Server) -> None:
    with time_machine.travel(now() - timedelta(days=91)):
        old = await server.token()
    async with server.socket() as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await Browser(socket, old).say_hello()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.reason == "bad_token"
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        wish = {"desk": "customer-care", "token": old}
        renewed = (await http.post("/widget/session", json=wish)).json()["token"]
        assert renewed.split(".")[0] != old.split(".")[0]
        kept = (await http.post("/widget/session", json=wish | {"token": renewed})).json()["token"]
        assert kept.split(".")[0] == renewed.split(".")[0]


async def test_someone_elses_conversation_cannot_be_read(server: Server) -> None:
    async with server.browser() as victim:
        await victim.write("My secret")
        reply = await victim.wait_for_message("bot")
    stolen = reply["conversation"]
    async with server.browser(conversation=stolen, last_seq=0) as thief:
        assert thief.welcome["conversation"] is None
        await thief.send(type="fetch", after=0, conversation=stolen)
        assert (await thief.wait_for("error"))["code"] == "not_found"
        assert not any(frame["type"] == "message" for frame in thief.received)


async def test_an_unknown_desk_is_named(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        response = await http.post("/widget/session", json={"desk": "moon"})
        assert response.status_code == 404
        assert "moon" in response.json()["error"]["message"]
    async with server.socket() as socket:
        with pytest.raises(ConnectionClosed):
            await Browser(socket, await server.token()).say_hello(desk="moon")


async def test_forty_messages_at_once_are_slowed_down_and_none_is_lost(tmp_path: Path) -> None:
    # A desk on a full machine may need twenty seconds for them all: they are too many all the same.
    limits = {"messages_burst": 36, "messages_per_second": 0.2}
    async with open_server(tmp_path, **limits) as server:
        server.engine.at_once = answer("ok")
        async with server.browser() as browser:
            waiting = {await browser.write(f"message {n}"): n for n in range(40)}
            refused = 0
            while waiting:
                frame = await browser.wait_for_ack_or_error()
                if frame["type"] == "ack":
                    waiting.pop(frame["id"])
                else:
                    assert frame["code"] == "rate_limited"
                    refused += 1
                    await asyncio.sleep(frame["retry_after"])
                    await browser.write(f"message {waiting[frame['id']]}", id=frame["id"])
            assert refused > 0
            await browser.send(type="fetch", after=0)
            history = await browser.wait_for("history")
        said = [m["text"] for m in history["messages"] if m["author"]["kind"] == "customer"]
        assert sorted(said) == sorted(f"message {n}" for n in range(40))
