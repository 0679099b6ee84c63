"""Files that employees post: fetched with the token, which nobody else ever gets."""

import pytest

from connectors.slack.uploads import _is_slacks
from tests.connectors.slack.fake import Json
from tests.connectors.slack.office import ADA, REQUESTS, Office
from tests.files import png

PNG = png()

pytestmark = pytest.mark.asyncio


def file_of(office: Office, key: str, content: bytes, name: str, **fields: object) -> Json:
    office.slack.files[key] = content
    url = f"{office.slack.url.removesuffix('/api/')}/files/{key}"
    described = {"id": key, "name": name, "size": len(content), "mode": "hosted"}
    return described | {"url_private_download": url} | fields


async def test_a_screenshot_alone_reaches_the_desk_and_a_person_is_offered(office: Office) -> None:
    file = file_of(office, "F0PNG", PNG, "screen.png")
    ts = await office.slack.post(ADA, REQUESTS, "", subtype="file_share", files=[file])
    posts = await office.slack.wait_for_posts(ts, 1)
    (kept,) = await office.attachments()
    assert (kept["name"], kept["type"]) == ("screen.png", "image/png")
    assert "file" in posts[0]["text"].lower()
    assert office.engine.requests == []


async def test_a_forwarded_screenshot_comes_with_what_is_forwarded(office: Office) -> None:
    file = file_of(office, "F0PNG", PNG, "screen.png")
    shared = {"is_share": True, "author_name": "Bob Stone", "text": "Look", "files": [file]}
    ts = await office.slack.post(ADA, REQUESTS, "Same here", attachments=[shared])
    await office.slack.wait_for_posts(ts, 2)
    assert [kept["name"] for kept in await office.attachments()] == ["screen.png"]
    assert (await office.messages())[0] == ("customer", "Same here\n\n> Bob Stone: Look")


async def test_a_file_that_comes_twice_is_kept_once(office: Office) -> None:
    file = file_of(office, "F0PNG", PNG, "screen.png")
    event = office.slack.message(ADA, REQUESTS, "Look", subtype="file_share", files=[file])
    await office.slack.event(event, times=3)
    await office.slack.wait_for_posts(event["ts"], 2)
    await office.nothing_under_way()
    assert len(await office.attachments()) == 1


@pytest.mark.parametrize(
    ("key", "fields", "told"),
    [
        ("F0BIG", {"size": 11 * 1024 * 1024}, "screen.png: The file is too large"),
        ("F0GONE", {"mode": "tombstone"}, "screen.png: Slack did not give us this file"),
        ("F0HTML", {"url_private_download": "https://evil.example/x"}, "Slack did not give us"),
    ],
)
async def test_a_file_that_is_not_taken_is_told_and_the_words_are_kept(
    office: Office, key: str, fields: Json, told: str
) -> None:
    file = file_of(office, key, PNG, "screen.png", **fields)
    ts = await office.slack.post(ADA, REQUESTS, "Look", subtype="file_share", files=[file])
    posts = await office.slack.wait_for_posts(ts, 3)
    assert any(told in post["text"] for post in posts), [post["text"] for post in posts]
    assert office.engine.requests[0].text == "Look"
    assert await office.attachments() == []


async def test_a_program_is_no_picture_whatever_it_is_called(office: Office) -> None:
    file = file_of(office, "F0EXE", b"MZ\x90\x00" + bytes(200), "screen.png")
    ts = await office.slack.post(ADA, REQUESTS, "Look", subtype="file_share", files=[file])
    await office.slack.wait_for_posts(ts, 3)
    assert await office.attachments() == []


async def test_a_file_of_a_shared_channel_is_asked_for(office: Office) -> None:
    full = file_of(office, "F0CONN", PNG, "screen.png")
    office.slack.uploads["F0CONN"] = full
    shy = {"id": "F0CONN", "mode": "hosted", "file_access": "check_file_info"}
    ts = await office.slack.post(ADA, REQUESTS, "Look", subtype="file_share", files=[shy])
    await office.slack.wait_for_posts(ts, 1)
    assert [kept["name"] for kept in await office.attachments()] == ["screen.png"]


async def test_a_file_that_lies_elsewhere_at_slack_is_fetched_there(office: Office) -> None:
    file = file_of(office, "F0PNG", PNG, "screen.png")
    office.slack.moved["F0OLD"] = file["url_private_download"]
    file["url_private_download"] = file["url_private_download"].replace("F0PNG", "F0OLD")
    ts = await office.slack.post(ADA, REQUESTS, "Look", subtype="file_share", files=[file])
    await office.slack.wait_for_posts(ts, 2)
    assert [kept["name"] for kept in await office.attachments()] == ["screen.png"]


@pytest.mark.parametrize("to", ["https://evil.example/x", "/files/F0OLD", ""])
async def test_a_file_that_is_sent_elsewhere_without_end_is_told(office: Office, to: str) -> None:
    file = file_of(office, "F0OLD", PNG, "screen.png")
    office.slack.moved["F0OLD"] = to
    ts = await office.slack.post(ADA, REQUESTS, "Look", subtype="file_share", files=[file])
    posts = await office.slack.wait_for_posts(ts, 3)
    assert any("Slack did not give us this file" in post["text"] for post in posts)
    assert office.engine.requests[0].text == "Look"


async def test_a_file_that_comes_slowly_comes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.slack.dripping = 1.0
    monkeypatch.setattr("connectors.slack.calls.TIMEOUT_SECONDS", 3.0)
    await office.server.app.state.slack.slack.calls.close()  # of the old patience
    file = file_of(office, "F0PNG", PNG, "screen.png")
    ts = await office.slack.post(ADA, REQUESTS, "Look", subtype="file_share", files=[file])
    await office.slack.wait_for_posts(ts, 2)
    assert [kept["name"] for kept in await office.attachments()] == ["screen.png"]


async def test_a_token_that_may_not_read_files_is_told(office: Office) -> None:
    file = file_of(office, "F0PNG", PNG, "screen.png")
    office.slack.file_tokens["F0PNG"] = "another"  # so that Slack shows its page to sign in
    ts = await office.slack.post(ADA, REQUESTS, "Look", subtype="file_share", files=[file])
    posts = await office.slack.wait_for_posts(ts, 3)
    assert any("Slack did not give us this file" in post["text"] for post in posts)
    assert await office.attachments() == []


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"status": 429, "retry_after": 0.05}, {"status": 418}], ids=str
)
@pytest.mark.parametrize("words", ["Look", ""])
async def test_a_file_that_slack_does_not_give_for_long_costs_nobody_their_words(
    office: Office, monkeypatch: pytest.MonkeyPatch, fault: Json, words: str
) -> None:
    monkeypatch.setattr("connectors.slack.requests.AGAIN_SECONDS", (0.05, 0.05))
    office.slack.fail("file", times=1000, **fault)
    file = file_of(office, "F0PNG", PNG, "screen.png")
    ts = await office.slack.post(ADA, REQUESTS, words, subtype="file_share", files=[file])
    posts = await office.slack.wait_for_posts(ts, 3 if words else 2)
    (told,) = [post for post in posts if "did not give us this file" in post["text"]]
    assert told["text"].startswith("screen.png: ")
    (said,) = [said for by, said in await office.messages() if by == "customer"]
    assert said == (words or "[screen.png]")
    assert await office.attachments() == []


@pytest.mark.parametrize(
    ("url", "is_slacks"),
    [
        ("https://files.slack.com/files-pri/T-F/x", True),
        ("https://slack.com/x", True),
        ("http://files.slack.com/x", False),
        ("https://slack.com.evil.example/x", False),
        ("https://evilslack.com/x", False),
        ("https://files.slack.com@evil.example/x", False),
        ("http://127.0.0.1:5000/files/x", True),
        ("http://127.0.0.1:5001/files/x", True),
        ("http://localhost:5000/files/x", True),
        ("https://127.0.0.1:5000/files/x", False),
        ("http://127.0.0.2:5000/files/x", False),
    ],
)
async def test_the_token_goes_to_slack_alone(url: str, is_slacks: bool) -> None:
    assert _is_slacks(url, "http://127.0.0.1:5000/api/") is is_slacks
