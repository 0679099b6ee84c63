"""The widget's protocol over a real socket to the real service (docs/widget-protocol.md)."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import time_machine
from sqlalchemy import select
from websockets.exceptions import ConnectionClosed

from bot.accounts.models import Agent
from bot.clock import now
from bot.handoff.service import Handoffs
from connectors.web import socket as socket_module
from tests.desk import DESK, answer
from tests.server import Browser, Server, open_server

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with open_server(tmp_path) as running:
        running.engine.at_once = answer("Two working days.")
        yield running


async def test_a_question_is_acknowledged_then_answered(server: Server) -> None:
    async with server.browser() as browser:
        assert browser.welcome["conversation"] is None
        assert browser.welcome["limits"] == {"text": 4000}
        key = await browser.write("How long does delivery take?")
        ack = await browser.wait_for("ack", id=key)
        assert (ack["seq"], ack["duplicate"]) == (1, False)
        reply = await browser.wait_for_message("bot")
        assert (reply["seq"], reply["text"]) == (2, "Two working days.")
        assert reply["conversation"] == ack["conversation"]


async def test_the_same_message_sent_twice_is_received_once(server: Server) -> None:
    async with server.browser() as browser:
        key = await browser.write("Hello?")
        first = await browser.wait_for("ack", id=key)
        await browser.wait_for_message("bot")
        await browser.write("Hello?", id=key)
        again = await browser.wait_for("ack", id=key)
        assert again["duplicate"]
        assert again["seq"] == first["seq"]
        await browser.send(type="fetch", after=0)
        history = await browser.wait_for("history")
        assert [message["seq"] for message in history["messages"]] == [1, 2]


async def test_a_browser_that_was_away_gets_exactly_what_it_missed(server: Server) -> None:
    token = await server.token()
    async with server.browser(token) as browser:
        await browser.write("One")
        reply = await browser.wait_for_message("bot")
        conversation = reply["conversation"]
    async with server.browser(token) as other:
        await other.write("Two")
        await other.wait_for("message", seq=4)
    async with server.browser(token, conversation=conversation, last_seq=2) as back:
        assert back.welcome["last_seq"] == 4
        assert (await back.wait_for("message"))["seq"] == 3
        assert (await back.wait_for("message"))["seq"] == 4
    async with server.browser(token) as reloaded:
        await reloaded.wait_for("message", seq=4)
        numbers = [f["seq"] for f in reloaded.received if f["type"] == "message"]
        assert numbers == [1, 2, 3, 4]


async def test_the_end_of_a_conversation_is_not_lost_when_another_has_begun(
    server: Server,
) -> None:
    token = await server.token()
    async with server.browser(token) as browser:
        await browser.write("One")
        before = await browser.wait_for_message("bot")
    agent = await hire(server)
    old = before["conversation"]
    async with server.browser(token) as other:
        await other.send(type="human", id="h1")
        await other.wait_for("status", status="queued")
        handoffs: Handoffs = server.app.state.parts.handoffs
        await handoffs.claim(agent, old, epoch=2)
        await handoffs.close(agent, old, epoch=3)
        await other.wait_for("status", status="closed")
        await other.write("Again")
        await other.wait_for("conversation")
        told = [frame for frame in other.received if frame["type"] == "message"]
    lacked = [frame["seq"] for frame in told if frame["conversation"] == old]
    assert lacked == list(range(1, lacked[-1] + 1))
    async with server.browser(token, conversation=old, last_seq=before["seq"]) as back:
        # Before the welcome: the page is still in the old one then.
        messages = [frame for frame in back.received if frame["type"] == "message"]
        assert [frame["seq"] for frame in messages] == lacked[before["seq"] :]
        assert {frame["conversation"] for frame in messages} == {old}
        assert back.welcome["conversation"] != old
        assert (await back.wait_for("message", seq=1))["text"] == "Again"


async def test_a_message_of_an_earlier_conversation_that_is_repeated_leads_nobody_back(
    server: Server,
) -> None:
    token = await server.token()
    async with server.browser(token) as browser:
        key = await browser.write("One")
        old = (await browser.wait_for_message("bot"))["conversation"]
    agent = await hire(server)
    handoffs: Handoffs = server.app.state.parts.handoffs
    await handoffs.claim(agent, old, epoch=1)
    await handoffs.close(agent, old, epoch=2)
    async with server.browser(token) as browser:
        await browser.write("Two")
        new = (await browser.wait_for("conversation"))["id"]
        await browser.wait_for_message("bot")
    async with server.browser(token) as browser:
        await browser.send(type="message", id=key, text="One")
        ack = await browser.wait_for("ack", id=key)
        assert (ack["conversation"], ack["duplicate"]) == (old, True)
        await browser.write("Three")
        await browser.wait_for_message("bot")
        entered = [frame["id"] for frame in browser.received if frame["type"] == "conversation"]
        assert (new, entered) == (browser.welcome["conversation"], [])


async def hire(server: Server) -> Agent:
    parts = server.app.state.parts
    await parts.accounts.add_agent("anna@example.com", "Anna", [DESK])
    async with parts.db.read() as session:
        agent: Agent = (await session.scalars(select(Agent))).one()
    return agent


async def test_two_tabs_are_one_conversation(server: Server) -> None:
    token = await server.token()
    async with server.browser(token) as one, server.browser(token) as two:
        key = await one.write("From the first tab")
        echo = await two.wait_for("message", id=key)
        assert echo["author"]["kind"] == "customer"
        reply = await two.wait_for_message("bot")
        assert reply["text"] == "Two working days."


async def test_a_button_sends_its_payload_to_the_engine(server: Server) -> None:
    button = {"title": "Track it", "payload": "/care_order_status"}
    server.engine.at_once = answer(
        "Shall I?", replies=[{"text": "Shall I track it?", "buttons": [button]}]
    )
    async with server.browser() as browser:
        await browser.write("Where is it?")
        offer = await browser.wait_for_message("bot")
        assert offer["buttons"] == [button]
        await browser.send(type="choose", id="c1", seq=offer["seq"], **button)
        await browser.wait_for("ack", id="c1")
        await browser.wait_for_message("bot")
    assert server.engine.requests[-1].payload == "/care_order_status"
    assert server.engine.requests[-1].text is None


@pytest.mark.parametrize(
    "choice",
    [
        {"payload": "/talk_to_human", "title": "Track it", "seq": 2},
        {"payload": "/care_order_status", "title": "Something else", "seq": 2},
        {"payload": "/care_order_status", "title": "Track it", "seq": 1},
        {"payload": "/care_order_status", "title": "Track it", "seq": 99},
    ],
)
async def test_a_button_that_was_never_offered_is_refused(
    server: Server, choice: dict[str, object]
) -> None:
    button = {"title": "Track it", "payload": "/care_order_status"}
    server.engine.at_once = answer("x", replies=[{"text": "Shall I?", "buttons": [button]}])
    async with server.browser() as browser:
        await browser.write("Where is it?")
        await browser.wait_for_message("bot")
        await browser.send(type="choose", id="c1", **choice)
        error = await browser.wait_for("error", id="c1")
        assert error["code"] == "not_offered"
    assert len(server.engine.requests) == 1


async def test_talk_to_a_person_needs_no_engine(server: Server) -> None:
    async with server.browser(language="pl") as browser:
        await browser.send(type="human", id="h1")
        await browser.wait_for("ack", id="h1")
        told = await browser.wait_for_message("system")
        assert "przekazuję rozmowę" in told["text"]
        assert "adres e-mail lub numer telefonu" in told["text"]
        await browser.write("jan@example.com")
        thanks = await browser.wait_for_message("system")
        assert "jan@example.com" in thanks["text"]
    assert server.engine.requests == []


async def test_the_newest_status_and_the_language_switch_reach_the_browser(server: Server) -> None:
    async with server.browser() as browser:
        await browser.write("Hi")
        await browser.wait_for_message("bot")
        await browser.send(type="language", language="pl")
        await browser.send(type="human", id="h1")
        assert (await browser.wait_for("status"))["status"] == "queued"
        told = await browser.wait_for_message("system")
        assert "Oczywiście" in told["text"]
        await browser.send(type="seen", seq=told["seq"])
        await browser.send(type="ping")
        await browser.wait_for("pong")


# ------------------------------------------------------------------------------ bad input


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
    async with server.browser() as browser:
        await browser.connection.send(b"\x00\x01")
        assert (await browser.wait_for("error"))["code"] == "binary"
        with pytest.raises(ConnectionClosed) as closed:
            await browser.connection.recv()
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
    async with httpx.AsyncClient(base_url=server.url) as http:
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
    async with httpx.AsyncClient(base_url=server.url) as http:
        response = await http.post("/widget/session", json={"desk": "moon"})
        assert response.status_code == 404
        assert "moon" in response.json()["error"]["message"]
    async with server.socket() as socket:
        with pytest.raises(ConnectionClosed):
            await Browser(socket, await server.token()).say_hello(desk="moon")


async def test_a_hundred_messages_in_a_second_are_slowed_down_and_none_is_lost(
    tmp_path: Path,
) -> None:
    limits = {"messages_burst": 20, "messages_per_second": 10.0}
    async with open_server(tmp_path, **limits) as server:
        server.engine.at_once = answer("ok")
        async with server.browser() as browser:
            waiting = {await browser.write(f"message {n}"): n for n in range(100)}
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
        assert sorted(said) == sorted(f"message {n}" for n in range(100))


async def test_the_browser_gets_back_what_was_kept_and_not_what_was_typed(server: Server) -> None:
    async with server.browser() as browser:
        key = await browser.write("my card is 4111 1111 1111 1111")
        mine = await browser.wait_for("message", id=key)
        assert mine["text"] == "my card is •••"
        assert "payment card data" in (await browser.wait_for_message("system"))["text"]


async def test_lost_hints_make_the_socket_fetch_even_when_the_first_try_fails(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_module, "FETCH_AGAIN_SECONDS", 0.01)
    desk, bus = server.app.state.parts.frontdesk, server.app.state.parts.bus
    really, failures = desk.messages_after, [OSError("the database is away")]

    async def messages_after(*where: object) -> object:
        if failures:
            raise failures.pop()
        return await really(*where)

    async with server.browser() as browser:
        await browser.write("Hello?")
        reply = await browser.wait_for_message("bot")
        monkeypatch.setattr(desk, "messages_after", messages_after)
        monkeypatch.setattr(bus, "publish", lambda _hint: None)
        await browser.write("Are you there?")
        await browser.wait_for("ack")
        for watcher in bus.subscriptions():
            watcher.miss()
        missed = await browser.wait_for("message", seq=reply["seq"] + 1)
        assert missed["text"] == "Are you there?"
        assert failures == []
