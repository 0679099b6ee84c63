"""Files over the widget's real routes: whose they are, what is refused, how they are served."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import main
from tests import files
from tests.desk import DESK
from tests.server import Browser, Server, open_server

pytestmark = pytest.mark.asyncio


async def upload(
    server: Server, token: str, content: bytes, *, name: str = "photo.jpg", **changed: Any
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "X-File": "k1", "X-Name": name}
    query = {"desk": DESK, "language": "en"} | changed.pop("query", {})
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        return await http.post(
            "/widget/files", params=query, headers=headers | changed, content=content
        )


async def send(browser: Browser, *ids: str, text: str = "") -> dict[str, Any]:
    key = await browser.write(text, attachments=[{"id": one} for one in ids])
    return await browser.wait_for("message", id=key)


async def test_a_file_is_uploaded_sent_and_fetched(server: Server) -> None:
    async with server.browser() as browser:
        limits = browser.welcome["limits"]["files"]
        assert (limits["bytes"], limits["count"]) == (10 * 1024 * 1024, 5)
        assert {".jpg", ".pdf"} <= set(limits["extensions"])
        answer = await upload(
            server, browser.token, files.JPEG, name="Za%C5%BC%C3%B3%C5%82%C4%87.jpg"
        )
        assert answer.status_code == 201
        kept = answer.json()
        assert kept == {
            "id": kept["id"],
            "name": "Zażółć.jpg",
            "type": "image/jpeg",
            "size": len(files.JPEG),
        }
        message = await send(browser, kept["id"])
        assert message["text"] == ""
        (attachment,) = message["attachments"]
        assert attachment == kept | {"url": attachment["url"]}
        assert "cannot open files" in (await browser.wait_for_message("bot"))["text"]
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        served = await http.get(attachment["url"])
    assert served.content == files.JPEG
    assert served.headers["content-type"] == "image/jpeg"
    assert served.headers["content-disposition"].startswith("inline; ")
    assert "Za%C5%BC%C3%B3%C5%82%C4%87.jpg" in served.headers["content-disposition"]


async def test_only_harmless_pictures_are_shown_and_nothing_can_run(server: Server) -> None:
    async with server.browser() as browser:
        answer = await upload(server, browser.token, files.HTML, name="page.txt")
        message = await send(browser, answer.json()["id"])
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        served = await http.get(message["attachments"][0]["url"])
    assert served.headers["content-type"].startswith("text/plain")
    assert served.headers["content-disposition"].startswith("attachment; ")
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in served.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("name", "content", "status", "code", "says"),
    [
        ("photo.png", files.EXE, 415, "file_content", "“photo.png” is not a PNG file"),
        ("photo.png", b"", 422, "file_empty", "The file is empty."),
        ("logo.svg", files.SVG, 415, "file_kind", "“.svg” are not accepted here. Accepted: JPG"),
        ("page.html", files.HTML, 415, "file_kind", "“.html” are not accepted"),
        ("photo.jpg", files.JPEG + bytes(15 << 20), 413, "file_too_large", "at most 10 MB"),
    ],
)
async def test_what_is_not_taken_is_told_in_a_sentence(
    server: Server, name: str, content: bytes, status: int, code: str, says: str
) -> None:
    answer = await upload(server, await server.token(), content, name=name)
    fault = answer.json()["error"]
    assert (answer.status_code, fault["code"]) == (status, code)
    assert says in fault["message"]
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_the_refusal_is_in_the_customers_language(server: Server) -> None:
    answer = await upload(server, await server.token(), b"", query={"language": "pl"})
    assert answer.json()["error"]["message"] == "Plik jest pusty."


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("..%2F..%2Fetc%2Fpasswd.jpg", "passwd.jpg"),
        ("invoice%E2%80%AEgpj.jpg", "invoicegpj.jpg"),
        ("x" * 10_000 + ".jpg", "x" * 116 + ".jpg"),
        ("%FF%00%0A.jpg", "\ufffd.jpg"),
    ],
)
async def test_a_strange_name_becomes_a_harmless_one(server: Server, sent: str, kept: str) -> None:
    answer = await upload(server, await server.token(), files.JPEG, name=sent)
    assert answer.json()["name"] == kept


async def test_a_wrong_token_is_told_as_such(server: Server) -> None:
    answer = await upload(server, "forged", files.JPEG)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "bad_token")


async def test_an_unknown_desk_and_a_missing_key_are_told(server: Server) -> None:
    token = await server.token()
    wrong = await upload(server, token, files.JPEG, query={"desk": "nowhere"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (404, "unknown_desk")
    wrong = await upload(server, token, files.JPEG, **{"X-File": "k" * 65})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "bad_frame")


async def test_another_visitors_upload_cannot_be_sent(server: Server) -> None:
    theirs = (await upload(server, await server.token(), files.JPEG)).json()["id"]
    async with server.browser() as browser:
        key = await browser.write("Mine!", attachments=[{"id": theirs}])
        fault = await browser.wait_for("error", id=key)
        assert fault["code"] == "file_gone"
        assert "attach it again" in fault["message"]


async def test_the_same_upload_again_is_the_same_file(server: Server) -> None:
    token = await server.token()
    first, again = [(await upload(server, token, files.JPEG)).json() for _ in range(2)]
    assert first == again


async def test_an_upload_by_message_twice_is_acknowledged_twice_and_kept_once(
    server: Server,
) -> None:
    async with server.browser() as browser:
        kept = (await upload(server, browser.token, files.JPEG)).json()
        key = await browser.write("", attachments=[{"id": kept["id"]}])
        await browser.wait_for("ack", id=key)
        await browser.write("", id=key, attachments=[{"id": kept["id"]}])
        assert (await browser.wait_for("ack", id=key))["duplicate"]


@pytest.mark.parametrize("wrong", ["x", {"id": "x"}, ["x"], [{"id": 1}], [{}], [{"id": "x"}] * 51])
async def test_a_list_of_files_that_is_none_is_refused(server: Server, wrong: object) -> None:
    async with server.browser() as browser:
        key = await browser.write("Hi", attachments=wrong)
        assert (await browser.wait_for("error", id=key))["code"] == "bad_frame"


async def test_more_files_than_a_message_carries_are_refused(server: Server) -> None:
    async with server.browser() as browser:
        key = await browser.write("Hi", attachments=[{"id": str(n)} for n in range(6)])
        fault = await browser.wait_for("error", id=key)
        assert (fault["code"], fault["message"]) == (
            "too_many_files",
            "Too many files: at most 5.",
        )


async def test_uploads_come_no_faster_than_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "UPLOADS_BURST", 3)
    monkeypatch.setattr(main, "UPLOADS_PER_SECOND", 0.001)
    async with open_server(tmp_path) as server:
        token = await server.token()
        answers = [await upload(server, token, files.JPEG, **{"X-File": f"k{n}"}) for n in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert answers[-1].json()["error"]["retry_after"] > 0


async def test_a_page_on_another_site_may_upload(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        answer = await http.options("/widget/files", headers={"Origin": "https://shop.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "authorization" in answer.headers["access-control-allow-headers"]


async def test_no_address_leads_to_what_was_not_sent(server: Server) -> None:
    await upload(server, await server.token(), files.JPEG)
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        for guess in ("x", "..%2Fsecrets.json", "%00"):
            assert (await http.get(f"/files/{guess}")).status_code == 404
