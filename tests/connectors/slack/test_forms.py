"""The windows for hardware and incidents, from the shortcut to the agent who takes over."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.dialogue.turn import TurnAnswer, TurnRequest
from tests.connectors.slack.agents import AGENTS, card, hire, until, words
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.fake_methods import bad_view
from tests.connectors.slack.office import ADA, Office, open_office
from tests.connectors.slack.test_asking import filled, form_behind, interact, opened
from tests.desk import answer

pytestmark = pytest.mark.asyncio
DESKS = AGENTS.replace(
    "triage_channel", 'forms = ["hardware_request", "incident_report"]\ntriage_channel'
)
HARDWARE: dict[str, Json] = {
    "hardware_device": {"value": 'A 27" screen & <arm>'},
    "hardware_reason": {"value": "My eyes hurt\nafter noon"},
    "hardware_needed_on": {"selected_date": "2026-12-24"},
    "hardware_place": {"value": "Łódź, 3rd floor"},
    "hardware_email": {"value": "ada@acme.example"},
}
INCIDENT: dict[str, Json] = {
    "incident_summary": {"value": "The warehouse scanners show E-17"},
    "incident_since": {"value": "since six this morning"},
    "incident_affected": {"selected_option": {"value": "team"}},
    "incident_contact": {"value": "+48 600 100 200"},
}


async def brain(request: TurnRequest) -> TurnAnswer:
    """What the bot's form knows of the answers goes to a person with them."""
    assert request.payload is not None
    _, _, carried = request.payload.partition("{")
    slots = json.loads(json.loads("{" + carried)["filled"])
    return answer(
        handoff={"reason": "asked_for_human"}, replies=[], intent="talk_to_human", slots=slots
    )


@pytest_asyncio.fixture
async def office(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(slack, tmp_path, desks=DESKS) as running:
        running.engine.ask = brain  # type: ignore[method-assign]
        await hire(running, "Ola")
        yield running


async def form(office: Office, title: str) -> Json:
    """The window, chosen in the one for a new request."""
    await interact(office, "shortcut", ADA, callback_id="firstline_new_request")
    view = await opened(office)
    rows = [block for block in view["blocks"] if block["type"] == "actions"]
    button = next(b for row in rows for b in row["elements"] if b["text"]["text"] == title)
    shown = await form_behind(office, view, button)
    assert bad_view(shown) == ""
    assert shown["title"]["text"] == title
    return shown


async def send(office: Office, view: Json, values: dict[str, Json]) -> Json:
    return await interact(office, "view_submission", ADA, view=filled(view, values))


async def begun(office: Office) -> tuple[str, str]:
    """What the desk heard, and what stands at the thread's beginning."""
    ((author, heard), *_) = await office.said(1)
    assert author == "customer"
    (conversation,) = await office.conversations()
    _, channel, ts = conversation.thread.split(":")
    root = office.slack.find(channel, ts)
    assert root is not None
    return heard, str(root["text"])


async def test_a_hardware_request(office: Office) -> None:
    view = await form(office, "Hardware request")
    assert [block["block_id"] for block in view["blocks"]] == list(HARDWARE)
    wrong = HARDWARE | {
        "hardware_email": {"value": "ada at acme"},
        "hardware_place": {"value": " "},
    }
    refused = await send(office, view, wrong)
    assert refused["response_action"] == "errors"
    assert refused["errors"] == {
        "hardware_email": "This is no e-mail address.",
        "hardware_place": "Please write what you need.",
    }
    assert await office.conversations() == []
    assert await send(office, view, HARDWARE) == {}
    heard, root = await begun(office)
    assert heard.splitlines()[0] == "Hardware request:"
    for fact in ('A 27" screen & <arm>', "after noon", "2026-12-24", "Łódź, 3rd floor"):
        assert fact in heard
        assert fact.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in root
    assert "ada@acme.example" in heard
    packet = words(await card(office))
    for fact in ("screen &amp; &lt;arm&gt;", "My eyes hurt after noon", "Łódź, 3rd floor"):
        assert fact in packet
    assert "2026" in packet


async def test_an_incident(office: Office) -> None:
    view = await form(office, "Report an incident")
    assert [block["block_id"] for block in view["blocks"]] == list(INCIDENT)
    refused = await send(office, view, {})
    assert refused["response_action"] == "errors"
    assert set(refused["errors"]) == set(INCIDENT), "each field says what is missing"
    assert await send(office, view, INCIDENT) == {}
    assert await send(office, view, INCIDENT) == {}, "Slack may send it twice"
    heard, root = await begun(office)
    packet = words(await card(office))
    for fact in ("E-17", "since six this morning", "+48 600 100 200"):
        assert fact in heard
        assert fact in root
        assert fact in packet
    assert "team" in heard.lower()
    await office.nothing_under_way()

    async def is_one() -> bool:
        return len(await office.conversations()) == 1

    await until(office, is_one)


async def test_a_day_may_be_left_out(office: Office) -> None:
    view = await form(office, "Hardware request")
    assert (
        await send(office, view, HARDWARE | {"hardware_needed_on": {"selected_date": None}}) == {}
    )
    heard, _ = await begun(office)
    assert "as soon as possible" in heard.lower()
