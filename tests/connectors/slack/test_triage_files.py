"""Files of agents who work in Slack: by an explicit act, with its readers shown; never else."""

import asyncio
import json

import pytest
import pytest_asyncio

from connectors.slack import later
from tests.connectors.slack.agents import (
    card,
    notes,
    olas_case,
    press,
    shows,
    submit,
    told,
    until,
)
from tests.connectors.slack.fake import Json
from tests.connectors.slack.office import (
    ADA,
    ADAS_MESSAGES,
    OLA,
    REQUESTS,
    TRIAGE,
    Office,
)
from tests.desk import answer
from tests.files import png

pytestmark = pytest.mark.asyncio
PNG = png()


@pytest_asyncio.fixture
async def office(triage: Office) -> Office:
    return triage


def file_of(office: Office, key: str, name: str, content: bytes = PNG) -> Json:
    """One that Slack knows."""
    office.slack.files[key] = content
    url = f"{office.slack.url.removesuffix('/api/')}/files/{key}"
    described = {"id": key, "name": name, "size": len(content), "mode": "hosted"}
    office.slack.uploads[key] = described | {"url_private_download": url}
    return office.slack.uploads[key]


async def reply_window(office: Office, post: Json) -> Json:
    before = len(office.slack.called("views.open"))
    await press(office, OLA, post, "reply")
    view: Json = (await office.slack.wait_for("views.open", before + 1))[-1]["view"]
    return view


def boxes(view: Json) -> list[Json]:
    found = [block for block in view["blocks"] if block.get("block_id") == "ticked"]
    return found[0]["element"]["options"] if found else []


def files_in(office: Office, ts: str) -> list[str]:
    """The names of the app's files in a thread."""
    return [file["title"] for post in office.slack.in_thread(ts) for file in post.get("files", ())]


async def test_a_file_of_the_cards_thread_goes_along_when_it_is_ticked(office: Office) -> None:
    ts, post = await olas_case(office)
    for key, name in (("F0PLAN", "plan.png"), ("F0RANT", "rant.png")):
        fields = {"subtype": "file_share", "files": [file_of(office, key, name)]}
        await office.slack.post(OLA, TRIAGE, "look", thread_ts=post["ts"], **fields)
    await until(office, lambda: _notes(office, 2))
    view = await reply_window(office, post)
    assert f"everybody else in <#{REQUESTS}>" in json.dumps(view), "who will see it comes first"
    assert [box["text"]["text"] for box in boxes(view)] == ["plan.png", "rant.png"]
    assert "initial_options" not in json.dumps(view), "nothing is ticked beforehand"
    ticked = {"selected_options": [boxes(view)[0]]}
    assert await submit(office, OLA, view, {"value": "Here is the plan"}, ticked=ticked) == {}
    await office.slack.until(lambda: bool(files_in(office, ts)), "the file")
    assert files_in(office, ts) == ["plan.png"]
    assert office.slack.files["F0PLAN"] in [
        content for key, content in office.slack.files.items() if key not in ("F0PLAN", "F0RANT")
    ], "its bytes arrived"
    words = next(p for p in office.slack.in_thread(ts) if "Here is the plan" in p["text"])
    assert "Ola" in json.dumps(words)
    await told(office, post, "to the customer: Here is the plan :paperclip: plan.png")
    assert "rant" not in json.dumps(office.slack.in_thread(ts))


async def _notes(office: Office, count: int) -> bool:
    return len(await notes(office)) >= count


async def test_a_file_is_added_in_the_window_without_a_word(office: Office) -> None:
    ts, post = await olas_case(office)
    view = await reply_window(office, post)
    assert boxes(view) == []
    added = {"files": [file_of(office, "F0NEW", "new.png")]}
    assert await submit(office, OLA, view, {"value": None}, added=added) == {}
    await office.slack.until(lambda: files_in(office, ts) == ["new.png"], "the file")
    # The same window once more (Slack had no answer in time): nothing goes twice.
    assert await submit(office, OLA, view, {"value": None}, added=added) == {}
    await office.nothing_under_way()
    assert files_in(office, ts) == ["new.png"]


async def test_what_is_posted_in_the_thread_stays_there_even_with_the_prefix(
    office: Office,
) -> None:
    ts, post = await olas_case(office)
    fields = {"subtype": "file_share", "files": [file_of(office, "F0PLAN", "plan.png")]}
    await office.slack.post(OLA, TRIAGE, "!! here", thread_ts=post["ts"], **fields)
    (refused,) = await office.slack.wait_for("chat.postEphemeral", user=OLA)
    assert "“Reply…” alone" in refused["text"]
    view = await reply_window(office, post)
    assert [box["text"]["text"] for box in boxes(view)] == ["plan.png"]
    assert await submit(office, OLA, view, {"value": "Only words"}) == {}
    await office.slack.until(
        lambda: any("Only words" in p["text"] for p in office.slack.in_thread(ts)), "the reply"
    )
    assert files_in(office, ts) == []
    assert "plan.png" not in json.dumps(office.slack.in_thread(ts))


async def test_nothing_at_all_a_program_and_a_file_that_is_gone_are_refused_in_the_window(
    office: Office,
) -> None:
    ts, post = await olas_case(office)
    view = await reply_window(office, post)
    before = len(office.slack.in_thread(ts))
    assert (await submit(office, OLA, view, {"value": None}))["response_action"] == "errors"
    program = file_of(office, "F0EXE", "x.png", b"MZ\x90\x00" + bytes(200))
    answered = await submit(office, OLA, view, {"value": "Look"}, added={"files": [program]})
    assert "response_action" in answered
    gone = {"id": "F0GONE", "name": "gone.png", "mode": "tombstone"}
    answered = await submit(office, OLA, view, {"value": "Look"}, added={"files": [gone]})
    assert "Slack did not give us this file" in answered["errors"]["value"]
    assert len(office.slack.in_thread(ts)) == before


async def test_files_that_take_long_are_sent_later_and_a_failure_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ts, post = await olas_case(office)
    view = await reply_window(office, post)
    may_answer = asyncio.Event()
    real = office.parts.attachments.receive

    async def slow(*arguments):  # type: ignore[no-untyped-def]
        await may_answer.wait()
        return await real(*arguments)

    monkeypatch.setattr(office.parts.attachments, "receive", slow)
    monkeypatch.setattr(later, "PRESS_SECONDS", 0.05)
    added = {"files": [file_of(office, "F0BIG", "big.png")]}
    answered = await submit(office, OLA, view, {"value": "Slowly"}, added=added)
    assert answered["response_action"] == "update"
    assert "on its way" in json.dumps(answered["view"])
    ola = await office.parts.triage.account("ola@acme.example")
    (conversation,) = await office.conversations()
    assert ola is not None
    # Meanwhile it changes hands.
    await office.parts.triage.release(ola.id, conversation.id, epoch=conversation.epoch)
    await shows(office, post, "claim")
    may_answer.set()
    (refused,) = await office.slack.wait_for("chat.postEphemeral", user=OLA)
    assert "Not sent to the customer" in refused["text"]
    assert files_in(office, ts) == []


async def test_a_thread_that_slack_does_not_tell_now_holds_no_window_up(office: Office) -> None:
    ts, post = await olas_case(office)
    office.slack.fail("conversations.replies", status=503)
    view = await reply_window(office, post)
    assert boxes(view) == []
    assert await submit(office, OLA, view, {"value": "Words"}) == {}
    await office.slack.until(
        lambda: any("Words" in p["text"] for p in office.slack.in_thread(ts)), "the reply"
    )


async def test_the_customer_asks_directly_and_the_window_says_that_nobody_else_sees_it(
    office: Office,
) -> None:
    handoff = {"reason": "asked_for_human"}
    office.engine.at_once = answer(handoff=handoff, replies=[], intent="talk_to_human")
    await office.slack.post(ADA, ADAS_MESSAGES, "This is private")
    post = await card(office)
    await press(office, OLA, post, "claim")
    await shows(office, post, "reply")
    view = await reply_window(office, post)
    assert "Only *Ada Kowalska* will see this" in json.dumps(view)


async def test_a_window_that_is_sent_after_the_request_was_closed_is_refused(
    office: Office,
) -> None:
    ts, post = await olas_case(office)
    view = await reply_window(office, post)
    await press(office, OLA, post, "close")
    closed = "This conversation is closed"
    await office.slack.until(lambda: closed in json.dumps(office.slack.in_thread(ts)), closed)
    added = {"files": [file_of(office, "F0LATE", "late.png")]}
    answered = await submit(office, OLA, view, {"value": "Too late"}, added=added)
    assert answered["response_action"] == "errors"
    assert "closed meanwhile" in answered["errors"]["value"]
    await office.nothing_under_way()
    assert "Too late" not in json.dumps(office.slack.in_thread(ts))
    assert files_in(office, ts) == []
