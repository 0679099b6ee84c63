"""The widget's protocol (docs/widget-protocol.md) with the real service: by socket, by stream."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.accounts.models import Agent
from bot.handoff.service import Handoffs
from connectors.web import socket as socket_module
from tests.desk import DESK, answer
from tests.server import Server, open_server

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture(params=["socket", "stream"])
async def server(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    """The same frames and rules, over a socket and without."""
    async with open_server(tmp_path) as running:
        running.engine.at_once = answer("Two working days.")
        running.streams = request.param == "stream"
        yield running


async def test_a_question_is_acknowledged_then_answered(server: Server) -> None:
    async with server.browser() as browser:
        assert browser.welcome["conversation"] is None
        assert browser.welcome["limits"]["text"] == 4000
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
