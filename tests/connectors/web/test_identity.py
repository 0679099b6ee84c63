"""Logging in, over HTTP and a real line: what a browser gets for a proof, good or bad."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosed

from bot.conversations.models import Conversation
from tests.desk import DESK, answer
from tests.identity import token, user_hash, write_desks
from tests.server import Server, open_server

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with open_server(tmp_path, desks_file=write_desks(tmp_path)) as running:
        running.engine.at_once = answer("Two working days.")
        yield running


async def session(server: Server, status: int = 200, **wish: Any) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        response = await http.post("/widget/session", json={"desk": DESK, "token": None} | wish)
    assert response.status_code == status, response.text
    assert response.headers["access-control-allow-origin"] == "*"
    body: dict[str, Any] = response.json()
    return body


async def test_a_guest_logs_in_and_goes_on_with_the_same_conversation(server: Server) -> None:
    guest = await session(server)
    assert guest["person"] is None
    async with server.browser(guest["token"]) as before:
        await before.write("Hello?")
        said = await before.wait_for_message("bot")
        proof = {"jwt": token("anna", claims={"name": "Anna"})}
        known = await session(server, token=guest["token"], identity=proof)
        assert known["person"]["name"] == "Anna"
        # Another tab of the guest, which has not heard of it yet: sent away, and nothing is lost.
        await before.write("From a tab that does not know yet")
        assert (await before.wait_for("error"))["code"] == "bad_token"
        with pytest.raises(ConnectionClosed) as closed:
            await before.connection.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.reason == "bad_token"
    conversation = said["conversation"]
    async with server.browser(known["token"], conversation=conversation, last_seq=2) as after:
        assert after.welcome["conversation"] == conversation
        await after.write("It is me")
        assert (await after.wait_for_message("bot"))["seq"] == 4
    renewed = await session(server, token=known["token"])
    assert renewed["person"] == known["person"]
    assert (await session(server, token=guest["token"]))["person"] is None


async def test_a_person_on_two_devices_sees_both_at_once(server: Server) -> None:
    phone = await session(server, identity={"jwt": token("anna")})
    laptop = await session(server, identity={"jwt": token("anna")})
    async with server.browser(phone["token"]) as one, server.browser(laptop["token"]) as other:
        await one.write("From the phone")
        assert (await other.wait_for_message("customer"))["text"] == "From the phone"
        assert (await other.wait_for_message("bot"))["text"] == "Two working days."


@pytest.mark.parametrize(
    ("proof", "code", "detail"),
    [
        ({"jwt": token("anna") + "x"}, "bad_identity", "signed with HS256"),
        ({"jwt": token("anna", seconds=-100)}, "identity_expired", "expired"),
        ({"user_id": "anna", "hash": user_hash("anna")}, "bad_identity", "HS256"),
        ({}, "bad_identity", "HS256"),
    ],
)
async def test_a_bad_proof_is_a_refusal_with_its_reason(
    server: Server, proof: dict[str, str], code: str, detail: str
) -> None:
    refused = await session(server, 401, identity=proof, language="pl")
    assert refused["error"]["code"] == code
    assert detail in refused["error"]["detail"]
    assert "stron" in refused["error"]["message"] or "gościem" in refused["error"]["message"]


async def test_a_hash_is_enough_where_the_desk_says_so(server: Server) -> None:
    proof = {"user_id": "e-17", "hash": user_hash("e-17")}
    known = await session(server, desk="it-help", identity=proof)
    assert known["person"]["name"] is None
    wrong = {"user_id": "e-18", "hash": user_hash("e-17")}
    assert (await session(server, 401, desk="it-help", identity=wrong))["error"]["code"]


async def test_another_page_and_a_claimed_name_reach_the_agent(server: Server) -> None:
    guest = await session(server)
    claims = {"name": "The King", "email": ""}
    async with server.browser(guest["token"], claims=claims) as browser:
        await browser.send(type="page", page={"url": "https://shop.example/pay", "title": "Pay"})
        await browser.write("Hello?")
        said = await browser.wait_for_message("bot")
    parts = server.app.state.parts
    async with parts.db.read() as reading:
        found = await reading.get_one(Conversation, said["conversation"])
    assert found.context["title"] == "Pay"
    assert found.context["claimed_name"] == "The King"
    assert "claimed_email" not in found.context


async def test_nothing_of_a_secret_is_told_to_a_browser(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        told = (await http.get(f"/widget/desks/{DESK}")).json()
    assert set(told) == {"name"}
    assert "secret" not in json.dumps(told)
