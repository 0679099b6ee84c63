"""A submitted window is answered as soon as a press, and what becomes of it later is told."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import CapturingLogger

from bot.channel import FirstlineError
from connectors.slack import later
from tests.connectors.slack.agents import (
    AGENTS,
    hire,
    olas_case,
    press,
    submit,
    words,
)
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.fake_methods import TEAM
from tests.connectors.slack.office import ADA, OLA, REQUESTS, Office, open_office
from tests.connectors.slack.test_asking import access_values, filled, form_behind, interact, opened

pytestmark = pytest.mark.asyncio
OLAS_MESSAGES = "D0OLA"
LONG_SECONDS = 5.0
LIMIT_SECONDS = 20.0  # 0.8, and what a busy machine takes: what is held goes on after it
IN_TIME = later.PRESS_SECONDS


class Held:
    """The service's work under way, which goes on when it may.

    Until then Slack waits no longer than it does in life.
    """

    def __init__(
        self,
        real: Callable[..., Awaitable[Any]],
        error: Exception | None,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self._real, self._error, self._monkeypatch = real, error, monkeypatch
        self._may_go_on = asyncio.Event()
        self._patience = later.PRESS_SECONDS
        monkeypatch.setattr(later, "PRESS_SECONDS", IN_TIME)

    async def __call__(self, *arguments: Any, **named: Any) -> Any:
        await self._may_go_on.wait()
        if self._error is not None:
            raise self._error
        return await self._real(*arguments, **named)

    def goes_on(self) -> None:
        self._monkeypatch.setattr(later, "PRESS_SECONDS", self._patience)
        self._may_go_on.set()


def hold(
    monkeypatch: pytest.MonkeyPatch, of: object, name: str, error: Exception | None = None
) -> Held:
    held = Held(getattr(of, name), error, monkeypatch)
    monkeypatch.setattr(of, name, held)
    return held


@pytest_asyncio.fixture
async def office(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Office]:
    desks = AGENTS.replace("reply_prefix", 'forms = ["access_request"]\nreply_prefix')
    async with open_office(slack, tmp_path, desks=desks) as running:
        await hire(running, "Ola")
        yield running


async def window(office: Office, post: Json, name: str) -> Json:
    await press(office, OLA, post, name)
    return dict((await office.slack.wait_for("views.open"))[-1]["view"])


def is_on_its_way(answered: Json, began: float) -> bool:
    assert time.monotonic() - began < LIMIT_SECONDS
    assert answered["response_action"] == "update", answered
    return "on its way" in json.dumps(answered) or "takes a moment" in json.dumps(answered)


async def test_a_reply_that_takes_long_is_answered_in_time_and_sent_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ts, post = await olas_case(office)
    view = await window(office, post, "reply")
    held = hold(monkeypatch, office.parts.triage, "reply")
    began = time.monotonic()
    assert is_on_its_way(await submit(office, OLA, view, {"value": "At last"}), began)
    assert "At last" not in json.dumps(office.slack.in_thread(ts))
    held.goes_on()
    await office.slack.until(lambda: "At last" in json.dumps(office.slack.in_thread(ts)), "")
    assert await submit(office, OLA, view, {"value": "At last"}) == {}
    await office.nothing_under_way()
    assert len([p for p in office.slack.in_thread(ts) if "At last" in json.dumps(p)]) == 1
    assert office.slack.called("chat.postEphemeral") == []


async def test_an_assignment_that_takes_long_is_answered_in_time_and_done(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    piotr = await hire(office, "Piotr")
    _, post = await olas_case(office)
    view = await window(office, post, "assign")
    held = hold(monkeypatch, office.parts.triage, "assign")
    began = time.monotonic()
    value = {"selected_option": {"value": piotr.id}}
    assert is_on_its_way(await submit(office, OLA, view, value), began)
    held.goes_on()
    await office.slack.until(lambda: "Piotr has it" in words(post), "who has it")


async def test_a_slack_that_does_not_say_who_it_is_holds_up_no_window_and_that_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ts, post = await olas_case(office)
    view = await window(office, post, "reply")
    office.server.app.state.slack.slack.people.forget("T0FIRST", OLA)
    office.slack.fail("users.info", seconds=5.0, status=503)
    monkeypatch.setattr(later, "PRESS_SECONDS", IN_TIME)
    began = time.monotonic()
    assert is_on_its_way(await submit(office, OLA, view, {"value": "Hello"}), began)
    (said,) = await office.slack.wait_for("chat.postEphemeral", user=OLA)
    assert "Not sent to the customer" in said["text"]
    assert said["thread_ts"] == post["ts"]
    assert "Hello" not in json.dumps(office.slack.in_thread(ts))


async def test_a_new_request_that_takes_long_is_answered_in_time_and_begins_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.slack.command(ADA, "/ithelp", "", REQUESTS)
    view = filled(await opened(office), {"words": {"value": "My laptop hangs"}})
    held = hold(monkeypatch, office.parts.frontdesk, "receive_customer_message")
    began = time.monotonic()
    assert is_on_its_way(await interact(office, "view_submission", ADA, view=view), began)
    held.goes_on()
    await office.said(2)
    assert await interact(office, "view_submission", ADA, view=view) == {}
    assert len(await office.conversations()) == 1


@pytest.mark.parametrize("user", [ADA, OLA])
async def test_a_form_that_is_refused_late_is_told_to_its_author_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch, user: str
) -> None:
    await office.slack.command(user, "/ithelp", "", REQUESTS)
    first = await opened(office)
    button = next(b for block in first["blocks"] for b in block.get("elements", []) if "value" in b)
    form = await form_behind(office, first, button, user)
    held = hold(monkeypatch, office.parts.request_forms, "submit", _Refusal())
    view = filled(form, access_values())
    began = time.monotonic()
    answered = await interact(office, "view_submission", user, view=view)
    assert time.monotonic() - began < LIMIT_SECONDS
    shown = json.dumps(answered["view"], ensure_ascii=False)
    assert ("jest w drodze" if user == OLA else "is on its way") in shown
    held.goes_on()
    await office.slack.until(lambda: bool(said_to(office, user)), "what became of it")
    assert said_to(office, user) == ["Teraz nie." if user == OLA else "Not now."]
    assert "Not now." not in json.dumps([p for p in office.slack.posts if p["channel"] == REQUESTS])


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> CapturingLogger:
    """What the log says of work that went on."""
    logger = CapturingLogger()
    monkeypatch.setattr(later, "log", logger)
    return logger


def is_an_error(logged: CapturingLogger, error: Exception) -> bool:
    (call,) = [call for call in logged.calls if call.method_name == "error"]
    return bool(call.kwargs["exc_info"] is error)


@pytest.mark.parametrize(("user", "told"), [(ADA, "our side"), (OLA, "po naszej stronie")])
@pytest.mark.parametrize("where", ["people.find", "receive_customer_message"])
async def test_a_request_that_fails_late_for_a_reason_of_ours_is_told_and_logged(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    logged: CapturingLogger,
    user: str,
    told: str,
    where: str,
) -> None:
    await office.slack.command(user, "/ithelp", "", REQUESTS)
    view = filled(await opened(office), {"words": {"value": "My laptop hangs"}})
    people = office.server.app.state.slack.slack.people
    of = people if where == "people.find" else office.parts.frontdesk
    error = RuntimeError("a bug")
    held = hold(monkeypatch, of, where.rpartition(".")[2], error)
    began = time.monotonic()
    answered = await interact(office, "view_submission", user, view=view)
    assert time.monotonic() - began < LIMIT_SECONDS
    assert answered["response_action"] == "update"
    assert said_to(office, user) == []
    held.goes_on()
    await office.slack.until(lambda: len(said_to(office, user)) == 1, "what became of it")
    assert told in said_to(office, user)[0]
    await office.nothing_under_way()
    assert is_an_error(logged, error)


async def test_a_request_whose_author_slack_does_not_name_stays_in_the_window(
    office: Office,
) -> None:
    await office.slack.command(OLA, "/ithelp", "", REQUESTS)
    view = filled(await opened(office), {"words": {"value": "Drukarka"}})
    office.server.app.state.slack.slack.people.forget("T0FIRST", OLA)
    office.slack.fail("users.info", error="internal_error")
    answered = await interact(office, "view_submission", OLA, view=view)
    assert answered["errors"] == {"words": "Teraz się nie udało. Spróbuj za chwilę."}
    assert await interact(office, "view_submission", OLA, view=view) == {}


async def test_a_reply_that_fails_late_for_a_reason_of_ours_is_told_and_logged(
    office: Office, monkeypatch: pytest.MonkeyPatch, logged: CapturingLogger
) -> None:
    _, post = await olas_case(office)
    view = await window(office, post, "reply")
    error = RuntimeError("a bug")
    held = hold(monkeypatch, office.parts.triage, "reply", error)
    assert is_on_its_way(await submit(office, OLA, view, {"value": "At last"}), time.monotonic())
    held.goes_on()
    (said,) = await office.slack.wait_for("chat.postEphemeral", user=OLA)
    assert "Something went wrong on our side" in said["text"]
    await office.nothing_under_way()
    assert is_an_error(logged, error)


@pytest.mark.parametrize("kind", ["words", "form"])
async def test_what_is_left_empty_is_said_in_the_window_at_once_though_slack_is_slow(
    office: Office, kind: str
) -> None:
    await office.slack.command(OLA, "/ithelp", "", REQUESTS)
    view = first = await opened(office)
    if kind == "form":
        shown = [one for block in first["blocks"] for one in block.get("elements", [])]
        button = next(one for one in shown if "value" in one)
        view = await form_behind(office, first, button, OLA)
    office.server.app.state.slack.slack.people.forget("T0FIRST", OLA)
    office.slack.fail("users.info", seconds=LONG_SECONDS, status=503)
    asked = len(office.slack.called("users.info"))
    answered = await interact(office, "view_submission", OLA, view=filled(view, {}))
    assert answered["response_action"] == "errors"
    assert set(answered["errors"].values()) == {"Napisz, czego potrzebujesz."}
    assert len(office.slack.called("users.info")) == asked


async def test_what_is_told_slowly_does_not_hold_up_the_next_window_of_the_same_thread(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "I need SAP")
    await office.slack.wait_for_posts(ts, 2)
    await office.slack.command(ADA, "/ithelp", "", REQUESTS)
    first = await opened(office)
    button = next(b for block in first["blocks"] for b in block.get("elements", []) if "value" in b)
    form = await form_behind(office, first, button)
    state = json.loads(form["private_metadata"]) | {"thread": f"{TEAM}:{REQUESTS}:{ts}"}
    view = filled(form | {"private_metadata": json.dumps(state)}, access_values())
    with monkeypatch.context() as for_now:
        held = hold(for_now, office.parts.request_forms, "submit", _Refusal())
        answered = await interact(office, "view_submission", ADA, view=view)
        assert answered["response_action"] == "update"
        office.slack.fail("chat.postMessage", seconds=LONG_SECONDS, status=503)
        held.goes_on()
        await office.slack.until(lambda: "Not now." in said_to(office, ADA), "what became of it")
    again = view | {"id": "V7"}
    assert await interact(office, "view_submission", ADA, view=again) == {}


def said_to(office: Office, user: str) -> list[str]:
    """What the app wrote to them directly, outside any thread."""
    return [
        str(call["text"])
        for call in office.slack.called("chat.postMessage")
        if call["channel"] == f"D{user[1:]}"
        and "thread_ts" not in call
        and not call["text"].startswith("*")
    ]


class _Refusal(FirstlineError):
    def message(self, language: str = "en") -> str:
        return "Teraz nie." if language == "pl" else "Not now."
