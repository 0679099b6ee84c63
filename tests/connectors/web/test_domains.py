"""Allowed domains: only the owner's own sites show the chat; the server decides."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect

from connectors.web.origins import is_allowed
from tests.desk import answer
from tests.server import Browser, Server, open_server

DESKS = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
[customer-care.widget]
color = "#c2185b"
allowed_domains = ["shop.example", "*.shop.example", "localhost:3000"]
[it-help]
name = { en = "IT help", pl = "Pomoc IT" }
"""
REFUSED = ("https://evil.example", "https://shop.example.evil.example", "null", None)


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    desks = tmp_path / "desks.toml"
    desks.write_text(DESKS, "utf-8")
    async with open_server(tmp_path, desks_file=desks) as running:
        running.engine.at_once = answer("Two working days.")
        yield running


def headers(origin: str | None) -> dict[str, str]:
    return {} if origin is None else {"origin": origin}


@pytest.mark.parametrize(
    ("origin", "is_in"),
    [
        ("https://shop.example", True),
        ("https://SHOP.example:8443", True),
        ("https://a.b.shop.example", True),
        ("http://localhost:3000", True),
        ("http://localhost:3001", False),
        ("https://notshop.example", False),
        ("https://shop.example.evil.example", False),
        ("https://evil.example/shop.example", False),
        ("null", False),
        ("", False),
        ("https://[broken", False),
    ],
)
def test_a_host_is_allowed_or_not(origin: str, is_in: bool) -> None:
    assert is_allowed(origin, ("shop.example", "*.shop.example", "localhost:3000")) is is_in


@pytest.mark.asyncio
@pytest.mark.parametrize("origin", REFUSED)
async def test_settings_and_session_are_refused_in_words_that_the_page_can_read(
    server: Server, origin: str | None
) -> None:
    async with httpx.AsyncClient(base_url=server.url, headers=headers(origin), timeout=60) as http:
        wish = {"desk": "customer-care", "language": "pl"}
        for response in (
            await http.get("/widget/desks/customer-care", headers={"accept-language": "pl"}),
            await http.post("/widget/session", json=wish),
        ):
            assert response.status_code == 403
            error = response.json()["error"]
            assert error["code"] == "domain_not_allowed"
            assert "allowed_domains działu „customer-care”" in error["message"]
            assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.asyncio
@pytest.mark.parametrize("origin", REFUSED)
async def test_a_line_is_refused_as_well_even_with_a_good_token(
    server: Server, origin: str | None
) -> None:
    token = await server.token("it-help")
    address = f"ws://127.0.0.1:{server.port}/widget/socket"
    async with connect(address, additional_headers=headers(origin)) as socket:
        hello = {"type": "hello", "v": 1, "token": token, "desk": "customer-care", "last_seq": 0}
        await socket.send(json.dumps(hello))
        error = json.loads(await socket.recv())
        assert (error["type"], error["code"]) == ("error", "domain_not_allowed")
        await socket.wait_closed()
        assert (socket.close_code, socket.close_reason) == (1008, "domain_not_allowed")


@pytest.mark.asyncio
@pytest.mark.parametrize("own", [True, False])
async def test_an_allowed_site_and_the_desks_own_pages_talk(server: Server, own: bool) -> None:
    origin = server.url if own else "https://www.shop.example"
    async with httpx.AsyncClient(base_url=server.url, headers=headers(origin), timeout=60) as http:
        shown = await http.get("/widget/desks/customer-care")
        assert shown.json()["color"] == "#c2185b"
        assert "max-age=300" in shown.headers["cache-control"]
        assert shown.headers["vary"] == "Origin"
        session = await http.post("/widget/session", json={"desk": "customer-care"})
    address = f"ws://127.0.0.1:{server.port}/widget/socket"
    async with connect(address, additional_headers=headers(origin)) as socket:
        browser = Browser(socket, session.json()["token"])
        await browser.say_hello()
        await browser.write("Hello?")
        assert (await browser.wait_for_message("bot"))["text"] == "Two working days."


@pytest.mark.asyncio
async def test_a_desk_without_a_list_is_open_to_every_site(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        for origin in REFUSED:
            shown = await http.get("/widget/desks/it-help", headers=headers(origin))
            assert shown.json() == {"name": {"en": "IT help", "pl": "Pomoc IT"}}


@pytest.mark.asyncio
async def test_an_unknown_desk_is_named_to_whatever_site_asks(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        response = await http.get("/widget/desks/moon", headers=headers("https://evil.example"))
        assert response.status_code == 404
        assert "moon" in response.json()["error"]["message"]
        assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.asyncio
async def test_a_file_from_another_site_is_refused(server: Server) -> None:
    place = {"desk": "customer-care", "language": "en"}
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        refused = await http.post("/widget/files", params=place, headers=headers(REFUSED[0]))
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "domain_not_allowed"
