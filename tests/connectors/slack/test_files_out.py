"""An agent's file reaches its thread once, whatever Slack answers on the way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.accounts.models import Agent
from bot.channel import Upload
from connectors.slack.faults import Limited
from tests.connectors.slack.agents import until
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.fake_methods import TEAM
from tests.connectors.slack.office import REQUESTS, Office, open_office
from tests.connectors.slack.test_delivery import claimed, says

pytestmark = pytest.mark.asyncio
ASK, BYTES, SHARE = "files.getUploadURLExternal", "upload", "files.completeUploadExternal"


async def keep(office: Office, agent: Agent, name: str) -> str:
    """A file that the agent has chosen; its id."""

    async def pieces() -> AsyncIterator[bytes]:
        yield f"this is {name}\n".encode()

    upload = Upload("inbox", agent.id, name, name)
    return (await office.parts.attachments.receive(upload, pieces())).id


async def send(office: Office, *names: str) -> tuple[str, Agent, str]:
    """An agent's reply with these files: (thread, agent, conversation)."""
    ts, agent, conversation = await claimed(office)
    files = tuple([await keep(office, agent, name) for name in names])
    await says(office, agent, conversation, "Here they are", attachments=files)
    return ts, agent, conversation


async def through(office: Office) -> None:
    async def is_through() -> bool:
        return await office.waiting_deliveries() == []

    await until(office, is_through)


def files_in(office: Office, ts: str) -> list[str]:
    """The bytes of the files of a thread, in order."""
    return [
        office.slack.files[file["id"]].decode()
        for post in office.slack.in_thread(ts)
        for file in post.get("files") or ()
    ]


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503},
        {"status": 502, "body": "<html>bad gateway</html>"},
        {"body": "<html>hello</html>"},
        {"error": "internal_error"},
        {"status": 429, "retry_after": 0.1},
    ],
    ids=str,
)
async def test_a_file_that_was_shared_though_slack_did_not_say_so_comes_once(
    office: Office, fault: Json
) -> None:
    office.slack.fail(SHARE, done_first=True, **fault)
    ts, _, _ = await send(office, "steps.txt", "more.txt")
    await through(office)
    assert files_in(office, ts) == ["this is steps.txt\n", "this is more.txt\n"]
    assert len([p for p in office.slack.in_thread(ts) if "Here they are" in str(p)]) == 1


@pytest.mark.parametrize("method", [ASK, BYTES, SHARE])
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": 0.2, "times": 2},
        {"status": 500},
        {"status": 502, "body": "<html>bad gateway</html>"},
    ],
    ids=str,
)
async def test_whatever_fails_on_the_way_it_arrives_later_and_once(
    office: Office, method: str, fault: Json
) -> None:
    office.slack.fail(method, **fault)
    await _arrives_once(office)


@pytest.mark.parametrize("done_first", [False, True])
@pytest.mark.parametrize("method", [ASK, BYTES, SHARE])
async def test_a_slack_that_never_answers_gets_it_again_and_shows_it_once(
    slack: FakeSlack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    done_first: bool,
) -> None:
    monkeypatch.setattr("connectors.slack.calls.TIMEOUT_SECONDS", 3.0)
    async with open_office(slack, tmp_path) as office:
        slack.fail(method, seconds=30, done_first=done_first)
        await _arrives_once(office)


async def _arrives_once(office: Office) -> None:
    ts, _, _ = await send(office, "steps.txt")
    await through(office)
    assert files_in(office, ts) == ["this is steps.txt\n"]
    assert len([p for p in office.slack.in_thread(ts) if "Here they are" in str(p)]) == 1


async def test_what_is_sent_again_after_another_file_was_refused_does_not_bring_the_first_again(
    office: Office,
) -> None:
    office.slack.fail(SHARE, passes=True)
    office.slack.fail(SHARE, error="malware_detected")
    ts, agent, conversation = await send(office, "steps.txt", "virus.txt")
    (dead,) = await office.dead_letters(1)
    assert dead.problem_kind == "refused"
    assert dead.problem == f"virus.txt: {SHARE}: malware_detected"
    epoch = (await office.conversations())[0].epoch
    await office.parts.handoffs.send_again(agent, conversation, epoch=epoch, seq=dead.seq)
    await through(office)
    assert files_in(office, ts) == ["this is steps.txt\n", "this is virus.txt\n"]


@pytest.mark.parametrize("fault", ["lost by the desk", "malware_detected"])
async def test_a_file_that_cannot_go_is_told_and_the_others_go_once_however_often_it_is_tried(
    office: Office, fault: str
) -> None:
    ts, agent, conversation = await claimed(office)
    files = [await keep(office, agent, name) for name in ("bad.txt", "steps.txt", "more.txt")]
    if fault == "lost by the desk":
        await office.parts.attachments.destroy(files[:1])
    else:
        office.slack.fail(SHARE, error=fault)
    await says(office, agent, conversation, "Here they are", attachments=tuple(files))
    (dead,) = await office.dead_letters(1)
    assert dead.problem_kind == "refused"
    assert str(dead.problem).startswith("bad.txt: ")
    wanted = ["this is steps.txt\n", "this is more.txt\n"]
    assert files_in(office, ts) == wanted
    if fault != "lost by the desk":
        office.slack.fail(SHARE, error=fault)
    epoch = (await office.conversations())[0].epoch
    await office.parts.handoffs.send_again(agent, conversation, epoch=epoch, seq=dead.seq)
    await office.dead_letters(1)
    assert files_in(office, ts) == wanted
    assert len([p for p in office.slack.in_thread(ts) if "Here they are" in str(p)]) == 1


@pytest.mark.parametrize("code", ["token_revoked", "channel_not_found"])
async def test_what_keeps_back_every_file_is_asked_for_the_first_alone(
    office: Office, code: str
) -> None:
    office.slack.fail(SHARE, error=code, times=3)
    ts, _, _ = await send(office, "steps.txt", "more.txt")
    await office.dead_letters(1)
    assert files_in(office, ts) == []
    assert len(office.slack.called(SHARE)) == 1


async def test_a_file_that_slack_has_forgotten_before_it_was_shared_is_uploaded_again(
    office: Office,
) -> None:
    office.slack.fail(SHARE, status=500)
    office.slack.fail(SHARE, error="file_not_found")
    ts, _, _ = await send(office, "steps.txt")
    await through(office)
    assert files_in(office, ts) == ["this is steps.txt\n"]
    assert len(office.slack.called(BYTES)) == 2


@pytest.mark.parametrize("method", [ASK, BYTES, SHARE])
async def test_nothing_of_it_is_called_before_slacks_pause_is_over(
    office: Office, method: str
) -> None:
    calls = office.server.app.state.slack.slack.calls
    office.slack.fail(method, status=429, retry_after=30)

    async def act() -> None:
        file = await calls.upload(TEAM, name="a.txt", content=b"a")
        where = {"channel_id": REQUESTS, "files": [{"id": file}]}
        await calls.call(TEAM, SHARE, **where)

    for _ in range(3):
        with pytest.raises(Limited) as limited:
            await act()
        assert limited.value.seconds > 25
    assert len(office.slack.called(method)) == 1


async def test_the_token_does_not_go_with_the_bytes(office: Office) -> None:
    calls = office.server.app.state.slack.slack.calls
    await calls.upload(TEAM, name="a.txt", content=b"a")
    assert [call.token for call in office.slack.calls if call.method == BYTES] == [""]
