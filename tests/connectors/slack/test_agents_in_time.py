"""What agents write is acknowledged once it is stored, however slow Slack is with the rest."""

import asyncio

import pytest
import pytest_asyncio

from connectors.slack import later
from tests.connectors.slack.agents import notes, olas_case, until
from tests.connectors.slack.fake import Json
from tests.connectors.slack.office import OLA, TRIAGE, Office
from tests.connectors.slack.test_triage_files import file_of

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def office(triage: Office) -> Office:
    return triage


async def writes(office: Office, post: Json, text: str, **fields: object) -> str:
    """Ola, in the card's thread; the key of the envelope."""
    await office.slack.post(OLA, TRIAGE, text, thread_ts=post["ts"], **fields)
    return office.slack.sent[-1]


async def is_acknowledged(office: Office, key: str) -> None:
    await office.slack.until(lambda: office.slack.acked(key), "an answer")


def with_file(office: Office) -> Json:
    return {"subtype": "file_share", "files": [file_of(office, "F0PLAN", "plan.png")]}


async def test_a_note_waits_for_no_file(office: Office) -> None:
    _, post = await olas_case(office)
    held = asyncio.Event()
    office.slack.fail("file", held=held)
    key = await writes(office, post, "The plan", **with_file(office))
    await is_acknowledged(office, key)
    ((author, words),) = await notes(office)
    assert author == "Ola"
    assert words.startswith("The plan\n")
    assert "plan.png" in words
    held.set()


async def test_a_reply_is_acknowledged_though_slack_does_not_take_its_reaction(
    office: Office,
) -> None:
    ts, post = await olas_case(office)
    await office.slack.wait_for("reactions.add", timestamp=ts)
    held = asyncio.Event()
    office.slack.fail("reactions.add", held=held)
    key = await writes(office, post, "!! On my way")
    await is_acknowledged(office, key)
    assert ("agent", "On my way") in await office.messages(), "stored before"
    (asked,) = await office.slack.wait_for("reactions.add", channel=TRIAGE)
    assert asked["name"] == "outbox_tray"
    held.set()


async def test_what_is_refused_is_acknowledged_though_slack_does_not_take_the_words(
    office: Office,
) -> None:
    _, post = await olas_case(office)
    held = asyncio.Event()
    office.slack.fail("chat.postEphemeral", held=held)
    key = await writes(office, post, "!! The plan", **with_file(office))
    await is_acknowledged(office, key)
    (told,) = await office.slack.wait_for("chat.postEphemeral", user=OLA)
    assert "“Reply…” alone" in told["text"]
    held.set()


async def test_a_note_whose_author_slack_tells_late_is_not_acknowledged_before_and_stored_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, post = await olas_case(office)
    slack, held = office.slack, asyncio.Event()
    slack.again_after = 0.1
    office.server.app.state.slack.slack.people.forget("T0FIRST", OLA)
    before = len(slack.called("users.info", user=OLA))
    slack.fail("users.info", held=held)
    with monkeypatch.context() as hasty:
        hasty.setattr(later, "PATIENCE_SECONDS", 0.02)
        key = await writes(office, post, "He is in the hall")
        await slack.until(lambda: slack.sent_again.count(key) >= 2, "sent again")
    assert not slack.acked(key)
    assert await notes(office) == []
    held.set()
    await is_acknowledged(office, key)
    await until(office, lambda: notes(office))
    assert await notes(office) == [("Ola", "He is in the hall")]
    assert len(slack.called("users.info", user=OLA)) == before + 1, "one work, however often told"
