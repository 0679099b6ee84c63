"""Commands, windows and shortcuts as signed requests: the answer is the body of Slack's own."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.conversations.models import Conversation, Customer, Event, Message
from bot.outbox.models import Delivery
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.office import ADA, Office, open_office
from tests.connectors.slack.test_asking import WITH_FORMS
from tests.connectors.slack.test_whole_payloads import envelope

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def over_http(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(slack, tmp_path, desks=WITH_FORMS, http=True) as running:
        yield running


async def sent(office: Office, body: Json) -> Json | str:
    """What the app answers."""
    answered = await office.slack.send_http(office.server.url, body)
    assert answered.status_code == 200, answered.text
    await office.nothing_under_way()
    if answered.headers.get("content-type", "").startswith("application/json"):
        found: Json = answered.json()
        return found
    return answered.text


async def rows(office: Office) -> list[int]:
    """How much there is of what a request leaves behind."""
    kept = (Customer, Conversation, Message, Delivery, Event)
    async with office.parts.db.read() as session:
        return [
            int(await session.scalar(select(func.count()).select_from(table)) or 0)
            for table in kept
        ]


async def test_a_command_is_answered_in_the_body_and_becomes_a_request(over_http: Office) -> None:
    answered = await sent(over_http, envelope("slash_command")["payload"])
    assert "The answer comes here" in answered, "which Slack shows to that person alone"
    assert (await over_http.said(1))[0] == ("customer", "my laptop & its dock hang")


async def test_a_command_without_words_opens_the_window(over_http: Office) -> None:
    assert await sent(over_http, envelope("slash_command_without_words")["payload"]) == ""
    (said,) = await over_http.slack.wait_for("views.open")
    assert said["view"]["callback_id"] == "asking.new"


async def test_a_window_without_words_is_answered_with_what_is_missing(over_http: Office) -> None:
    body = envelope("view_submission")["payload"]
    body["view"]["state"]["values"]["words"]["value"]["value"] = " "
    answered = await sent(over_http, body)
    assert isinstance(answered, dict)
    assert answered["response_action"] == "errors"
    assert set(answered["errors"]) == {"words"}
    assert await over_http.messages() == []


async def test_a_window_with_words_closes_and_becomes_one_request(over_http: Office) -> None:
    body = envelope("view_submission")["payload"]
    assert [await sent(over_http, body), await sent(over_http, body)] == ["", ""]
    said = await over_http.said(1)
    assert said[0] == ("customer", "My screen is black")
    assert len(await over_http.conversations()) == 1


@pytest.mark.parametrize("name", ["global_shortcut", "message_shortcut"])
async def test_a_shortcut_opens_the_window(over_http: Office, name: str) -> None:
    assert await sent(over_http, envelope(name)["payload"]) == ""
    (said,) = await over_http.slack.wait_for("views.open")
    assert ("VPN error 809" in json.dumps(said["view"])) == (name == "message_shortcut")


async def forged(office: Office, body: Json) -> int:
    return (await office.slack.send_http(office.server.url, body, secret="wrong")).status_code


async def old(office: Office, body: Json) -> int:
    return (await office.slack.send_http(office.server.url, body, age=400)).status_code


async def unsigned(office: Office, body: Json) -> int:
    headers = {"x-slack-signature": "", "x-slack-request-timestamp": ""}
    said = await office.slack.send_http(office.server.url, body, headers=headers)
    return said.status_code


async def scribbled(office: Office, body: Json) -> int:
    headers = {"x-slack-signature": "v0=zażółć".encode(), "x-slack-request-timestamp": b"soon"}
    said = await office.slack.send_http(office.server.url, body, headers=headers)
    return said.status_code


@pytest.mark.parametrize("how", [forged, old, unsigned, scribbled])
async def test_what_slack_did_not_sign_is_refused_and_nothing_is_done(
    over_http: Office, how: Callable[[Office, Json], Awaitable[int]]
) -> None:
    before, calls = await rows(over_http), len(over_http.slack.calls)
    for name in (
        *("slash_command", "slash_command_without_words", "view_submission"),
        *("global_shortcut", "message_shortcut", "app_home_opened"),
    ):
        assert await how(over_http, envelope(name)["payload"]) == 401, name
    await over_http.nothing_under_way()
    assert await rows(over_http) == before
    later = over_http.slack.calls[calls:]
    assert {call.method for call in later} <= {"auth.test", "conversations.info"}
    assert not over_http.slack.called("users.info", user=ADA)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/json", b"{"),
        ("application/json", b"\xff\xfe"),
        ("application/x-www-form-urlencoded", b"payload={"),
        ("text/plain", b""),
    ],
)
async def test_scribble_is_refused_and_not_read(
    over_http: Office, kind: str, content: bytes
) -> None:
    async with httpx.AsyncClient(base_url=over_http.server.url, timeout=60) as anybody:
        said = await anybody.post("/slack/events", content=content, headers={"content-type": kind})
    assert said.status_code == 401
