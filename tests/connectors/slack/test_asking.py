"""Requests that are no posts: the command, the shortcuts, the windows, the home page."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from bot.desk_settings.slack import FORMS as NAMES
from connectors.slack.asking.forms import (
    CALLBACK,
    FORMS,
    answers_of,
    faults_in,
    form_view,
    words_of_answers,
)
from tests.connectors.slack.agents import until
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.fake_methods import TEAM
from tests.connectors.slack.office import ADA, DESKS, GUEST, OLA, REQUESTS, Office, open_office

WITH_FORMS = DESKS + 'forms = ["access_request", "hardware_request", "incident_report"]\n'
ACCESS = {
    "access_system": "SAP",
    "access_level": "write",
    "access_reason": "I enter the orders of my region",
    "access_email": "ada@acme.example",
    "access_manager": "piotr@acme.example",
}


@pytest_asyncio.fixture
async def office(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(slack, tmp_path, desks=WITH_FORMS) as running:
        yield running


async def interact(office: Office, kind: str, user: str, **fields: Any) -> Json:
    """What the app answers."""
    body = {
        "type": kind,
        "user": {"id": user, "team_id": TEAM},
        "team": {"id": TEAM, "domain": "acme"},
        "trigger_id": "trigger1",
    } | fields
    key = await office.slack.envelope("interactive", body)
    await office.slack.until(lambda: office.slack.acked(key), "an answer")
    found = next(ack for ack in office.slack.acks if ack.get("envelope_id") == key)
    return found.get("payload") or {}


async def opened(office: Office, count: int = 1) -> Json:
    return dict((await office.slack.wait_for("views.open", count))[-1]["view"])


async def form_behind(office: Office, view: Json, button: Json, user: str = ADA) -> Json:
    """The window that takes this one's place when they press the button in it."""
    await interact(
        office,
        "block_actions",
        user,
        view=view | {"id": "V9", "type": "modal"},
        container={"type": "view", "view_id": "V9"},
        actions=[button | {"block_id": "asking.forms", "action_ts": "1.1"}],
    )
    (updated,) = await office.slack.wait_for("views.update", view_id="V9")
    shown: Json = updated["view"]
    return shown


def filled(view: Json, values: dict[str, Json]) -> Json:
    state = {"values": {name: {"value": value} for name, value in values.items()}}
    return view | {"state": state, "id": f"V{len(json.dumps(state))}"}


def access_values(**changed: str) -> dict[str, Json]:
    told = ACCESS | changed
    values: dict[str, Json] = {name: {"value": value} for name, value in told.items()}
    values["access_level"] = {"selected_option": {"value": told["access_level"]}}
    return values


@pytest.mark.asyncio
async def test_ithelp_with_words_is_a_request_at_once(office: Office) -> None:
    await office.slack.command(ADA, "/ithelp", "My &lt;b&gt;laptop&lt;/b&gt; hangs", REQUESTS)
    said = await office.said(2)
    assert said[0] == ("customer", "My <b>laptop</b> hangs")
    (conversation,) = await office.conversations()
    root = conversation.thread.rpartition(":")[2]
    assert conversation.thread.startswith(f"{TEAM}:D0ADA:"), "in a direct message, as a thread"
    posts = await office.slack.wait_for_posts(root)
    assert "Restart it." in json.dumps(posts[0])
    # What is written in that thread belongs to it.
    await office.slack.post(ADA, "D0ADA", "It did not help", thread_ts=root)
    assert ("customer", "It did not help") in await office.said(4)
    assert len(await office.conversations()) == 1


@pytest.mark.asyncio
async def test_ithelp_without_words_opens_the_window_and_it_becomes_a_request(
    office: Office,
) -> None:
    await office.slack.command(OLA, "/ithelp", "  ", REQUESTS)
    view = await opened(office)
    assert "W czym możemy pomóc?" in json.dumps(view, ensure_ascii=False), "in her language"
    empty = await interact(office, "view_submission", OLA, view=filled(view, {"words": {}}))
    assert "Napisz, czego potrzebujesz" in empty["errors"]["words"]
    words = filled(view, {"words": {"value": "Drukarka nie działa"}})
    assert await interact(office, "view_submission", OLA, view=words) == {}
    assert await interact(office, "view_submission", OLA, view=words) == {}
    await office.said(2)
    assert [c.language for c in await office.conversations()] == ["pl"], "twice told, once done"


@pytest.mark.asyncio
async def test_a_message_with_its_context(office: Office) -> None:
    shared = {"is_share": True, "author_name": "Bob Stone", "text": "It is down"}
    message: Json = {"type": "message", "user": OLA, "text": "VPN error &lt;809&gt;", "ts": "1.1"}
    message |= {"attachments": [shared], "files": [{"id": "F1", "name": "screen.png"}]}
    await interact(
        office,
        "message_action",
        ADA,
        callback_id="firstline_help_with_message",
        message=message,
        channel={"id": "C0OTHER", "name": "other"},
        message_ts="1.1",
        response_url="",
    )
    view = await opened(office)
    assert "VPN error" in json.dumps(view)
    await interact(office, "view_submission", ADA, view=filled(view, {"words": {}}))
    (_, words), *_ = await office.said(2)
    quote = ["@Ola Nowak: VPN error <809>", "", "Bob Stone: It is down", "", "[screen.png]"]
    assert words.startswith("\n".join(f"> {line}" for line in quote))
    assert "acme.slack.com/archives/C0OTHER" in words


@pytest.mark.asyncio
async def test_a_form_becomes_the_bots_own_request_with_all_its_facts(office: Office) -> None:
    await interact(office, "shortcut", ADA, callback_id="firstline_new_request")
    view = await opened(office)
    buttons = next(b for b in view["blocks"] if b["type"] == "actions")["elements"]
    assert [b["text"]["text"] for b in buttons] == [
        *("Access request", "Hardware request", "Report an incident")
    ]
    form = await form_behind(office, view, buttons[0])
    assert "ada@acme.example" in json.dumps(form), "her own address stands there"
    same = filled(form, access_values(access_manager="Ada@acme.example"))
    refused = await interact(office, "view_submission", ADA, view=same)
    assert list(refused["errors"]) == ["access_manager"]
    office.engine.requests.clear()
    await interact(office, "view_submission", ADA, view=filled(form, access_values()))
    (_, words), *_ = await office.said(2)
    assert words.splitlines()[0] == "Access request:"
    for value in ("SAP", "read and write", "piotr@acme.example"):
        assert value in words
    (asked,) = office.engine.requests
    assert asked.payload is not None
    intent, _, carried = asked.payload.partition("{")
    assert intent == "/it_access_request"
    assert json.loads(json.loads("{" + carried)["filled"]) == ACCESS


@pytest.mark.asyncio
async def test_the_home_page_shows_open_requests_and_how_to_ask(office: Office) -> None:
    def page() -> str:
        shown = office.slack.called("views.publish", user_id=ADA)
        return json.dumps(shown[-1]["view"]) if shown else ""

    home = {"type": "app_home_opened", "user": ADA, "channel": "D0ADA", "tab": "home"}
    await office.slack.event(home)
    await office.slack.until(lambda: "You have no open request" in page(), "an empty page")
    await office.slack.post(ADA, REQUESTS, "My &lt;laptop&gt; hangs")
    await office.said(2)
    await office.slack.event(home)
    await office.slack.until(lambda: "My &lt;laptop&gt; hangs" in page(), "the request")
    assert "with the bot" in page()
    assert "https://acme.slack.com/archives/" in page()
    (conversation,) = await office.conversations()
    await office.parts.frontdesk.end_conversation("slack", conversation.thread, conversation.id)
    await office.slack.event(home)
    await office.slack.until(lambda: "You have no open request" in page(), "an empty page")


@pytest.mark.asyncio
async def test_a_guest_is_refused_in_the_window(office: Office) -> None:
    await interact(office, "shortcut", GUEST, callback_id="firstline_new_request")
    view = await opened(office)
    assert "submit" not in view
    await office.slack.command(GUEST, "/ithelp", "Let me in", REQUESTS)
    await office.slack.until(office.slack.is_all_acknowledged, "an answer")
    assert await office.conversations() == []


@pytest.mark.asyncio
async def test_a_form_that_the_desk_has_no_more_is_told(office: Office) -> None:
    view = {"type": "modal", "callback_id": f"{CALLBACK}phone_request", "private_metadata": "{}"}
    answer = await interact(office, "view_submission", ADA, view=view | {"id": "V1"})
    assert answer["response_action"] == "update"
    press = {"action_id": "asking.form:it-help:phone_request", "type": "button", "value": "x"}
    container = {"type": "view", "view_id": "V1"}
    actions = [press | {"block_id": "b", "action_ts": "1.2"}]
    home = {"type": "home", "id": "V1"}
    await interact(office, "block_actions", ADA, view=home, container=container, actions=actions)
    assert "submit" not in await opened(office)


@pytest.mark.asyncio
async def test_what_could_not_be_opened_stays_in_the_window(office: Office) -> None:
    await interact(office, "shortcut", ADA, callback_id="firstline_new_request")
    view = filled(await opened(office), {"words": {"value": "Help"}})
    office.slack.fail("chat.postMessage", error="internal_error")
    refused = await interact(office, "view_submission", ADA, view=view)
    assert refused["response_action"] == "errors"
    assert await interact(office, "view_submission", ADA, view=view) == {}

    async def is_there() -> bool:
        return len(await office.conversations()) == 1

    await until(office, is_there)


def test_the_windows_ask_what_the_bots_forms_ask() -> None:
    domain = yaml.safe_load(Path("domain.yml").read_text("utf-8"))
    assert set(FORMS) == set(NAMES)
    for form in FORMS.values():
        wanted = domain["forms"][f"{form.name}_form"]["required_slots"]
        asked = [question.slot for question in form.questions]
        assert asked == [slot for slot in wanted if slot in asked]
        assert set(wanted) - set(asked) <= {"form_confirmed", "incident_tried"}
        assert form.intent in domain["intents"]


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("name", list(FORMS))
def test_every_window_is_within_slacks_limits(name: str, language: str) -> None:
    form = FORMS[name]
    view = form_view(form, language, state="{}", email=None)
    for words in (view["title"], view["submit"], view["close"]):
        assert len(words["text"]) <= 24
    values = {
        question.slot: {"value": {"selected_option": {"value": question.options[0]}}}
        if question.options
        else {"value": {"value": "ada@acme.example" if question.kind == "email" else "x"}}
        for question in form.questions
        if question.kind != "day"
    }
    answers = answers_of(form, {"state": {"values": values}})
    assert set(faults_in(form, answers, language)) <= {"access_manager"}
    assert len(words_of_answers(form, answers, language).splitlines()) == len(form.questions) + 1
