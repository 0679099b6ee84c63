"""The form before the chat, over HTTP and the line: nothing is said before it is filled in."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot.clock import now
from bot.conversations.models import Conversation
from bot.handoff.packet import Packet
from bot.handoff.queries import load_packet
from bot.intake.repository import intake_of
from tests.desk import DESK, answer
from tests.identity import SECRET, token
from tests.server import Server, open_server

pytestmark = pytest.mark.asyncio

DESKS = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
[customer-care.identity]
method = "HS256"
secret_file = "identity.key"
[customer-care.widget]
consent = { en = "I agree.", pl = "Zgadzam się." }
[[customer-care.widget.form]]
key = "mail"
label = { en = "Your e-mail", pl = "Adres e-mail" }
kind = "email"
required = true
[[customer-care.widget.form]]
key = "topic"
label = { en = "Topic", pl = "Temat" }
kind = "select"
options = [{ value = "order", label = { en = "An order", pl = "Zamówienie" } }]
[it-help]
name = { en = "IT help", pl = "Pomoc IT" }
"""
FILLED = {"answers": {"mail": "anna@example.com", "topic": "order"}, "consent": True}


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    desks = tmp_path / "desks.toml"
    desks.write_text(DESKS, "utf-8")
    (tmp_path / "identity.key").write_text(SECRET)
    async with open_server(tmp_path, desks_file=desks) as running:
        running.engine.at_once = answer("Two working days.")
        yield running


async def post(server: Server, path: str, **body: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        return await http.post(path, json={"desk": DESK} | body)


async def session(server: Server, **wish: Any) -> dict[str, Any]:
    body: dict[str, Any] = (await post(server, "/widget/session", **wish)).json()
    return body


async def packet_of(server: Server, conversation: str) -> Packet:
    async with server.app.state.parts.db.read() as reading:
        found = await reading.get_one(Conversation, conversation)
        return await load_packet(reading, found, desks=[DESK])


async def test_nothing_is_taken_before_the_form_and_everything_after(server: Server) -> None:
    guest = await session(server)
    assert guest["form"] == "needed"
    async with server.browser(guest["token"]) as browser:
        key = await browser.write("Too early")
        assert (await browser.wait_for("error", id=key))["code"] == "form_first"
        await browser.send(type="human", id="h")
        assert (await browser.wait_for("error", id="h"))["code"] == "form_first"
        done = await post(server, "/widget/form", token=guest["token"], **FILLED)
        assert done.json() == {"form": "done"}
        await browser.write("Too early", id=key)
        said = await browser.wait_for_message("bot")
    assert (await session(server, token=guest["token"]))["form"] == "done"
    packet = await packet_of(server, said["conversation"])
    facts = [(fact.label, fact.value) for fact in packet.facts if fact.label]
    assert [value for _, value in facts] == ["anna@example.com", "An order"]
    assert facts[1][0] == {"en": "Topic", "pl": "Temat"}
    assert packet.customer.email == "anna@example.com"
    assert packet.consented_at is not None
    assert now() - packet.consented_at < timedelta(minutes=1)


async def test_mistakes_come_back_by_field_and_nothing_is_kept(server: Server) -> None:
    guest = await session(server)
    filled = {"answers": {"mail": "nonsense"}, "consent": False, "language": "pl"}
    refused = await post(server, "/widget/form", token=guest["token"], **filled)
    assert refused.status_code == 422
    assert refused.json()["error"]["fields"] == {
        "mail": "To nie jest adres e-mail",
        "consent": "Do rozmowy potrzebna jest zgoda",
    }
    assert refused.headers["access-control-allow-origin"] == "*"
    assert (await session(server, token=guest["token"]))["form"] == "needed"


async def test_a_forged_token_and_strange_bodies_are_refused(server: Server) -> None:
    forged = await post(server, "/widget/form", token="nonsense", **FILLED)
    assert (forged.status_code, forged.json()["error"]["code"]) == (401, "bad_token")
    for body in ({}, {"token": "x", "answers": 3}, {"token": "x", "answers": {"mail": 3}}):
        assert (await post(server, "/widget/form", **body)).status_code == 422


async def test_a_desk_that_asks_nothing_asks_nothing(server: Server) -> None:
    assert (await session(server, desk="it-help"))["form"] == "done"


async def test_the_consent_is_kept_as_it_was_read(server: Server) -> None:
    guest = await session(server)
    await post(server, "/widget/form", token=guest["token"], language="pl", **FILLED)
    thread = f"{guest['token'].split('.')[0]}:{DESK}"
    async with server.app.state.parts.db.read() as reading:
        kept = await intake_of(reading, "web", thread)
    assert kept is not None
    assert kept.consent_text == "Zgadzam się."


async def test_who_logs_in_is_not_asked_again(server: Server) -> None:
    guest = await session(server)
    await post(server, "/widget/form", token=guest["token"], **FILLED)
    known = await session(server, token=guest["token"], identity={"jwt": token("anna")})
    assert known["form"] == "done"
    again = await post(server, "/widget/form", token=guest["token"], **FILLED)
    assert again.json()["error"]["code"] == "bad_token"
