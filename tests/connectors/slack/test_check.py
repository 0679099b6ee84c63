"""`firstline slack check` proves that events arrive: it posts, hears of it, and tidies up."""

import json
from pathlib import Path

import httpx
import pytest

from bot.desk_settings.slack import SlackSettings
from connectors.slack.connector import SlackKeys
from connectors.slack.manifest import SCOPES
from tests.connectors.slack.fake import APP_TOKEN, BOT_TOKEN, SECRET, FakeSlack, Json
from tests.connectors.slack.fake_methods import post_message
from tests.connectors.slack.office import (
    ADA,
    REQUESTS,
    TRIAGE,
    Office,
    furnish,
    open_office,
)
from tests.connectors.slack.test_setup import findings_of, wrong

pytestmark = pytest.mark.asyncio
RULES = {
    "it-help": SlackSettings(channels=(REQUESTS,), triage_channel=TRIAGE, triage_language="pl")
}
SOCKET, HTTP = SlackKeys(BOT_TOKEN, APP_TOKEN), SlackKeys(BOT_TOKEN, None, SECRET)


@pytest.fixture(autouse=True)
def patience(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    slack.scopes = ",".join(SCOPES)
    monkeypatch.setattr("connectors.slack.proof.LOOK_SECONDS", 0.01)


def gives_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.slack.proof.EVENT_SECONDS", 0.3)


def is_tidy(slack: FakeSlack) -> bool:
    """Whether nothing of the check is left."""
    return "firstline-check" not in json.dumps(slack.posts) and bool(slack.called("chat.delete"))


async def test_without_a_desk_the_check_hears_itself_among_agents(slack: FakeSlack) -> None:
    furnish(slack)
    slack.echoes = True
    found = await findings_of(slack, SOCKET, RULES)
    assert wrong(found) == ""
    assert any("says hello on a socket" in one.what for one in found)
    assert f"a post in {TRIAGE} was made, this check heard of it" in found[-1].what
    (posted,) = slack.called("chat.postMessage")
    assert "sprawdza" in posted["text"], "in the agents' language"
    assert is_tidy(slack)
    assert len(slack.acks) == 1


async def test_it_leaves_the_events_of_others_to_the_desk(slack: FakeSlack) -> None:
    furnish(slack)
    slack.echoes = True
    slack.methods["chat.postMessage"] = while_somebody_asks
    assert wrong(await findings_of(slack, SOCKET, RULES)) == ""
    acked = {ack["envelope_id"] for ack in slack.acks}
    assert len(acked) == 1
    assert len(slack.sent) == 2, "a person's post, which waits for the desk, and its own"


def while_somebody_asks(slack: FakeSlack, said: Json) -> Json:
    slack.soon(slack.event(slack.message(ADA, REQUESTS, "My laptop hangs")))
    return post_message(slack, said)


async def test_a_desk_that_runs_hears_it_and_keeps_its_events(
    slack: FakeSlack, office: Office
) -> None:
    slack.echoes = True
    found = await findings_of(slack, SOCKET, RULES, office.parts.memory)
    assert wrong(found) == ""
    assert any("beside 1 of the desk" in one.what for one in found)
    assert "the desk that runs heard of it" in found[-1].what
    assert is_tidy(slack)
    assert len(slack.open_sockets()) == 1, "its own is closed"
    assert office.engine.requests == [], "and it was nobody's request"


async def test_events_that_do_not_come_are_named_with_what_to_switch_on(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(slack)
    gives_up_soon(monkeypatch)
    told = wrong(await findings_of(slack, SOCKET, RULES))
    assert f"a post in {TRIAGE} was made, and no event of it came" in told
    assert "message.groups among the bot events" in told
    assert is_tidy(slack)


async def test_what_cannot_be_tried_is_proved_by_hand_in_two_steps(slack: FakeSlack) -> None:
    furnish(slack)
    slack.fail("chat.postMessage", error="missing_scope")
    told = wrong(await findings_of(slack, SOCKET, RULES))
    assert "cannot post" in told
    assert "1. start the desk" in told
    for channel in (REQUESTS, TRIAGE):
        slack.channels[channel]["is_member"] = False
    assert "no channel to prove in" in wrong(await findings_of(slack, SOCKET, RULES))


async def test_a_socket_without_hello_is_told(slack: FakeSlack) -> None:
    furnish(slack)
    nowhere = {"ok": True, "url": f"http://127.0.0.1:{slack.port}/nowhere"}
    slack.methods["apps.connections.open"] = lambda *_: nowhere
    told = wrong(await findings_of(slack, SOCKET, RULES))
    assert "does not say hello" in told
    assert "wss://" in told


async def test_over_http_the_address_answers_a_signed_challenge_and_the_desk_hears(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_office(slack, tmp_path, http=True) as office:
        slack.echoes, slack.desk = True, office.server.url
        memory, url = office.parts.memory, office.server.url
        found = await findings_of(slack, HTTP, RULES, memory, url=url)
        assert wrong(found) == ""
        assert any("answers a signed challenge" in one.what for one in found)
        assert "the desk that runs heard of it" in found[-1].what
        assert is_tidy(slack)
        gives_up_soon(monkeypatch)
        slack.echoes = False
        other = SlackKeys(BOT_TOKEN, None, "another secret")
        told = wrong(await findings_of(slack, other, RULES, memory, url=url))
        assert "answers a signed challenge with HTTP 401" in told
        assert "no event of it came" in told
        told = wrong(await findings_of(slack, HTTP, RULES, memory))
        assert "FIRSTLINE_PUBLIC_URL" in told
        told = wrong(await findings_of(slack, HTTP, RULES, memory, url="http://127.0.0.1:9"))
        assert "does not answer" in told


async def test_nobody_can_pretend_that_an_event_came(slack: FakeSlack, tmp_path: Path) -> None:
    async with open_office(slack, tmp_path, http=True) as office:
        code = "firstline-check-0123456789abcdef"
        event = slack.message("U0BOT", REQUESTS, code, bot_id="B0BOT")
        body = {"type": "event_callback", "team_id": "T0FIRST", "event": event, "event_id": "E1"}
        forged: httpx.Response = await slack.send_http(office.server.url, body, secret="guessed")
        assert forged.status_code == 401
        assert await office.parts.memory.recall("slack", code) is None
        assert (await slack.send_http(office.server.url, body)).status_code == 200
        assert await office.parts.memory.recall("slack", code) == "heard"
