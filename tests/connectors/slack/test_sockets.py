"""Events that come twice, late, in another order, or over sockets that break."""

import json

import pytest

from tests.connectors.slack.fake import SECRET, FakeSlack
from tests.connectors.slack.fake_methods import TEAM
from tests.connectors.slack.office import ADA, REQUESTS, Office, open_office

pytestmark = pytest.mark.asyncio


async def test_the_same_event_twice_is_answered_once(office: Office) -> None:
    event = office.slack.message(ADA, REQUESTS, "My laptop hangs")
    key = await office.slack.event(event, times=3)
    await office.slack.event(event, event_id=key)
    mention = {**event, "type": "app_mention"}
    await office.slack.event(mention)
    await office.slack.wait_for_posts(event["ts"], 2)
    await office.nothing_under_way()
    assert len(office.engine.requests) == 1
    assert len(office.slack.called("chat.postMessage")) == 2


async def test_an_event_is_acknowledged_once_it_is_committed(office: Office) -> None:
    event = office.slack.message(ADA, REQUESTS, "My laptop hangs")
    body = {"type": "event_callback", "team_id": TEAM, "event": event, "event_id": "Ev1"}
    key = await office.slack.envelope("events_api", body)
    await office.slack.until(lambda: office.slack.acked(key), "an answer")
    assert (await office.messages())[0] == ("customer", "My laptop hangs")


async def test_what_could_not_be_committed_is_not_acknowledged_and_comes_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = (
        office.parts.frontdesk.receive_customer_message,
        [OSError("disk"), OSError("disk")],
    )

    async def fails(inbound):  # type: ignore[no-untyped-def]
        if failures:
            raise failures.pop()
        return await real(inbound)

    monkeypatch.setattr(office.parts.frontdesk, "receive_customer_message", fails)
    office.slack.again_after = 0.05
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)
    assert failures == []
    assert len(office.engine.requests) == 1


async def test_a_profile_that_slack_does_not_tell_now_holds_a_post_up_and_loses_nothing(
    office: Office,
) -> None:
    office.slack.fail("users.info", status=429, retry_after=0.1)
    office.slack.fail("users.info", status=502, body="<html>")
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)
    (conversation,) = await office.conversations()
    assert (await office.customer(conversation.customer_id)).name == "Ada Kowalska"


async def test_a_disconnect_envelope_opens_a_new_socket(office: Office) -> None:
    before = len(office.slack.sockets)
    await office.slack.disconnect()
    await office.slack.until(lambda: len(office.slack.sockets) > before, "a new socket")
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)


async def test_a_socket_that_breaks_is_opened_again(office: Office) -> None:
    before = len(office.slack.sockets)
    await office.slack.cut()
    await office.slack.until(lambda: len(office.slack.sockets) > before, "a new socket")
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)


async def test_what_nobody_listens_to_is_acknowledged(office: Office) -> None:
    for kind, payload in (
        (
            "events_api",
            {
                "type": "event_callback",
                "team_id": TEAM,
                "event_id": "Ev9",
                "event": {"type": "emoji_changed", "event_ts": "1.0"},
            },
        ),
        ("slash_commands", {"command": "/weather", "team_id": TEAM, "user_id": ADA, "text": ""}),
        (
            "interactive",
            {
                "type": "view_submission",
                "team": {"id": TEAM},
                "user": {"id": ADA},
                "view": {"type": "modal", "callback_id": "of-an-old-version", "state": {}},
            },
        ),
    ):
        key = await office.slack.envelope(kind, payload)
        await office.slack.until(lambda key=key: office.slack.acked(key), kind)  # type: ignore[misc]
    (told,) = [ack["payload"] for ack in office.slack.acks if ack.get("payload")]
    assert told["response_action"] == "push", "over the window, whose words are there still"
    assert "copy what you wrote" in json.dumps(told["view"])


async def test_two_services_and_an_event_on_both_sockets(slack: FakeSlack, office: Office) -> None:
    """Another service on the same database: what both of them get is answered once."""
    async with open_office(slack, office.folder) as other:
        slack.to_all_sockets = True
        threads = [await slack.post(ADA, REQUESTS, f"Request {n}") for n in range(5)]
        for ts in threads:
            await slack.wait_for_posts(ts, 2)
        await office.nothing_under_way()
        await other.nothing_under_way()
        assert [len(slack.in_thread(ts)) for ts in threads] == [2] * 5
        assert len(office.engine.requests) + len(other.engine.requests) == 5


async def test_events_over_http_need_a_good_signature(slack: FakeSlack, tmp_path) -> None:  # type: ignore[no-untyped-def]
    async with open_office(slack, tmp_path, http=True) as office:
        event = slack.message(ADA, REQUESTS, "My laptop hangs")
        body = {"type": "event_callback", "team_id": TEAM, "event": event, "event_id": "Ev1"}
        url = office.server.url
        assert (await slack.send_http(url, body, secret="wrong")).status_code == 401
        assert (await slack.send_http(url, body, secret=SECRET, age=400)).status_code == 401
        assert await office.messages() == []
        assert (await slack.send_http(url, body)).status_code == 200
        assert (await office.messages())[0] == ("customer", "My laptop hangs")
        again = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}
        assert (await slack.send_http(url, body, headers=again)).status_code == 200
        await slack.wait_for_posts(event["ts"], 2)
        assert len(office.engine.requests) == 1
        challenge = {"type": "url_verification", "challenge": "abc", "token": "t"}
        answer = await slack.send_http(url, challenge)
        assert (answer.status_code, "abc" in answer.text) == (200, True)


async def test_slack_may_be_down_when_the_desk_starts(slack: FakeSlack, tmp_path) -> None:  # type: ignore[no-untyped-def]
    slack.fail("apps.connections.open", status=503, times=2)
    slack.fail("auth.test", status=503)
    async with open_office(slack, tmp_path) as office:
        slack.again_after = 0.1
        ts = await slack.post(ADA, REQUESTS, "My laptop hangs")
        await slack.wait_for_posts(ts, 2)
        assert len(office.engine.requests) == 1
