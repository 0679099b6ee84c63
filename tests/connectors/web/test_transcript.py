"""The transcript's route, as any browser on any site may call it."""

from typing import Any

import httpx
import pytest

from tests.desk import DESK
from tests.server import Server

pytestmark = pytest.mark.asyncio


async def ask(server: Server, **fields: Any) -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        return await http.post("/widget/transcript", json={"desk": DESK} | fields)


async def talked(server: Server) -> tuple[str, str]:
    """A visitor's token, and their conversation."""
    token = await server.token()
    async with server.browser(token) as browser:
        await browser.write("<script>alert(1)</script>")
        return token, (await browser.wait_for_message("bot"))["conversation"]


async def test_the_visitor_gets_a_page_in_json(server: Server) -> None:
    token, there = await talked(server)
    response = await ask(server, token=token, conversation=there, zone="Asia/Tokyo")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["access-control-allow-origin"] == "*"
    body = response.json()
    assert body["name"].endswith(".html")
    assert "Asia/Tokyo" in body["html"]
    assert "&lt;script&gt;" in body["html"]
    assert "<script" not in body["html"]


async def test_nobody_else_does(server: Server) -> None:
    token, there = await talked(server)
    stranger = await server.token()
    assert (await ask(server, token=stranger, conversation=there)).status_code == 404
    assert (await ask(server, token="forged", conversation=there)).status_code == 401
    other_desk = await ask(server, token=token, conversation=there, desk="it-help")
    assert other_desk.status_code == 404


async def test_refusals_are_in_the_customers_language(server: Server) -> None:
    token, there = await talked(server)
    wish = {"token": token, "conversation": there, "to": "jan@example.com", "id": "k1"}
    refused = await ask(server, **wish, language="pl")
    assert refused.status_code == 404
    assert refused.json()["error"] == {
        "code": "no_mail",
        "message": "Stąd nie wysyłamy e-maili. Rozmowę można pobrać.",
    }
    assert (await ask(server, **(wish | {"id": "k 1"}))).status_code == 422
    assert (await ask(server, token=token)).status_code == 422


async def test_a_form_of_another_site_cannot_send_it(server: Server) -> None:
    token, there = await talked(server)
    body = f'{{"token": "{token}", "desk": "{DESK}", "conversation": "{there}"}}'
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            sent = await http.post(
                "/widget/transcript", content=body, headers={"content-type": kind}
            )
            assert sent.status_code == 422, kind


async def test_the_session_says_whether_mail_goes_out(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        session = (await http.post("/widget/session", json={"desk": DESK})).json()
    assert session["transcript"] == {"mail": False}
