"""The way to a person stands under every answer, and the way to a form under its first question."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from bot.conversations.answered import SMALL_TALK
from bot.dialogue.turn import TurnAnswer, TurnRequest
from bot.routing.helpful import NOT_ASKED_AFTER
from tests.connectors.slack.agents import card, until, words
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.office import (
    ADA,
    BOB,
    OLA,
    REQUESTS,
    TRIAGE,
    Office,
    actions_of,
    open_office,
)
from tests.connectors.slack.test_asking import ACCESS, access_values, filled, interact, opened
from tests.desk import answer, unclear

PERSON, FILL_IN = "Talk to a person", "Fill it in at once"
WINDOWS = f"""
[it-help]
name = {{ en = "IT help", pl = "Pomoc IT" }}
[it-help.slack]
channels = ["{REQUESTS}"]
direct_messages = true
forms = ["access_request"]
triage_channel = "{TRIAGE}"
"""


async def replies(office: Office, said: TurnAnswer, count: int = 1) -> list[Json]:
    office.engine.at_once = said
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    return await office.slack.wait_for_posts(ts, count)


async def is_queued(office: Office) -> bool:
    return [one.status for one in await office.conversations()] == ["queued"]


def asks(slot: str, words: str = "Which system?") -> TurnAnswer:
    return answer(words, intent="it_access_request", slots={"requested_slot": slot})


@pytest.mark.asyncio
@pytest.mark.parametrize("answered", sorted(NOT_ASKED_AFTER))
async def test_under_an_answer_of_which_nobody_is_asked_it_stands_alone(
    office: Office, answered: str
) -> None:
    (post,) = await replies(office, answer("Call them", answered=answered))
    assert list(actions_of(post)) == [PERSON]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "said",
    [
        pytest.param(asks("callback_day", "On which day?"), id="the question of a form"),
        pytest.param(answer("It is on its way", intent="care_order_status"), id="of an action"),
        pytest.param(answer("I do not know that", intent="out_of_scope"), id="out of scope"),
        pytest.param(answer("I can help with …", intent="help"), id="help"),
    ],
)
async def test_under_everything_else_too_and_it_brings_a_person(
    office: Office, said: TurnAnswer
) -> None:
    (post,) = await replies(office, said)
    assert list(actions_of(post)) == [PERSON]
    await office.slack.press(ADA, dict(post), actions_of(post)[PERSON])
    await until(office, lambda: is_queued(office))
    await office.slack.until(lambda: actions_of(post) == {}, "no button")
    assert f"✓ {PERSON}" in json.dumps(post["blocks"], ensure_ascii=False)


@pytest.mark.asyncio
async def test_a_fallback_offers_a_person_once(office: Office) -> None:
    (post,) = await replies(office, unclear("something"))
    assert [title for title in actions_of(post) if title == PERSON] == [PERSON]


@pytest.mark.asyncio
async def test_an_answer_that_was_given_before_has_it_alone(office: Office) -> None:
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    posts = await office.slack.wait_for_posts(ts, 2)
    assert [list(actions_of(post)) for post in posts] == [[], ["Solved", "Still stuck", PERSON]]
    await office.slack.post(ADA, REQUESTS, "It hangs again", thread_ts=ts, parent_user_id=ADA)
    posts = await office.slack.wait_for_posts(ts, 3)
    assert list(actions_of(posts[2])) == [PERSON]


@pytest.mark.asyncio
async def test_of_several_words_the_last_have_it(office: Office) -> None:
    said = answer("First,", "then.", answered="utter_it_malware")
    posts = await replies(office, said, 2)
    assert [list(actions_of(post)) for post in posts] == [[], [PERSON]]


@pytest.mark.asyncio
@pytest.mark.parametrize("intent", sorted(SMALL_TALK))
async def test_small_talk_has_none(office: Office, intent: str) -> None:
    (post,) = await replies(office, answer("Hello!", intent=intent))
    assert actions_of(post) == {}


def test_the_docs_list_what_small_talk_is_and_the_bot_knows_it() -> None:
    page = Path("docs/slack.md").read_text("utf-8")
    (line,) = (line for line in page.splitlines() if "small talk (" in line)
    told = line.partition("small talk (")[2].partition(")")[0]
    assert set(told.replace("`", "").split(", ")) == SMALL_TALK
    domain = yaml.safe_load(Path("domain.yml").read_text("utf-8"))
    assert set(domain["intents"]) >= SMALL_TALK


async def _brain(request: TurnRequest) -> TurnAnswer:
    """Asks for the system; what a window has filled in goes to a person."""
    if request.payload is None:
        return asks("access_system" if "access" in (request.text or "") else "access_level")
    _, _, carried = request.payload.partition("{")
    slots = json.loads(json.loads("{" + carried)["filled"])
    return answer(handoff={"reason": "asked_for_human"}, replies=[], slots=slots)


@pytest_asyncio.fixture
async def windows(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(slack, tmp_path, desks=WINDOWS) as running:
        running.engine.ask = _brain  # type: ignore[method-assign]
        yield running


@pytest.mark.asyncio
async def test_a_form_that_began_in_a_thread_is_filled_in_at_once_and_lands_there(
    windows: Office,
) -> None:
    slack = windows.slack
    ts = await slack.post(ADA, REQUESTS, "I need access")
    (question,) = await slack.wait_for_posts(ts)
    buttons = actions_of(question)
    assert list(buttons) == [FILL_IN, PERSON]
    await slack.press(BOB, dict(question), buttons[FILL_IN])
    (refused,) = await slack.wait_for("chat.postEphemeral", user=BOB)
    assert "Only the person who asked" in refused["text"]
    assert slack.called("views.open") == []
    await slack.press(ADA, dict(question), buttons[FILL_IN])
    view = await opened(windows)
    assert await interact(windows, "view_submission", ADA, view=filled(view, access_values())) == {}
    handed = await card(windows)
    (conversation,) = await windows.conversations()
    assert conversation.thread.endswith(ts)
    (told,) = [words for author, words in await windows.messages(ts) if "Access request:" in words]
    assert all(value in told for value in ACCESS.values() if value != "write")
    assert all(ACCESS[name] in words(handed) for name in ("access_system", "access_reason"))
    roots = [post for post in slack.posts if post["channel"] == REQUESTS and post.get("bot_id")]
    assert all(post.get("thread_ts") == ts for post in roots), "no other thread is opened"


@pytest.mark.asyncio
async def test_a_form_that_is_sent_after_its_request_was_closed_is_a_new_one_in_that_thread(
    windows: Office,
) -> None:
    slack = windows.slack
    ts = await slack.post(ADA, REQUESTS, "I need access")
    (question,) = await slack.wait_for_posts(ts)
    await slack.press(ADA, dict(question), actions_of(question)[FILL_IN])
    view = await opened(windows)
    (old,) = await windows.conversations()
    await windows.parts.frontdesk.end_conversation("slack", old.thread, old.id)
    assert await interact(windows, "view_submission", ADA, view=filled(view, access_values())) == {}
    handed = await card(windows)
    assert all(ACCESS[name] in words(handed) for name in ("access_system", "access_reason"))
    found = {one.id: one for one in await windows.conversations()}
    assert found.pop(old.id).status == "closed"
    (new,) = found.values()
    assert (new.status, new.thread) == ("queued", old.thread)


@pytest.mark.asyncio
async def test_in_polish_in_a_direct_message_and_only_under_the_first_question(
    windows: Office,
) -> None:
    slack = windows.slack

    def asked() -> list[Json]:
        return [post for post in slack.posts if post["channel"] == "D0OLA" and post.get("bot_id")]

    await slack.post(OLA, "D0OLA", "access")
    await slack.until(lambda: len(asked()) == 1, "a question")
    assert list(actions_of(asked()[0])) == ["Wypełnij od razu", "Porozmawiaj z człowiekiem"]
    await slack.post(OLA, "D0OLA", "SAP")
    await slack.until(lambda: len(asked()) == 2, "the next one")
    assert list(actions_of(asked()[1])) == ["Porozmawiaj z człowiekiem"]
    await slack.press(OLA, dict(asked()[0]), actions_of(asked()[0])["Wypełnij od razu"])
    view = await opened(windows)
    await interact(windows, "view_submission", OLA, view=filled(view, access_values()))
    await until(windows, lambda: is_queued(windows))


@pytest.mark.asyncio
async def test_the_same_question_tried_once_more_has_the_button_again(windows: Office) -> None:
    windows.slack.fail("chat.postMessage", status=503)
    ts = await windows.slack.post(ADA, REQUESTS, "I need access")
    (question,) = await windows.slack.wait_for_posts(ts)
    assert list(actions_of(question)) == [FILL_IN, PERSON]


@pytest.mark.asyncio
async def test_a_desk_without_that_window_offers_none(office: Office) -> None:
    (post,) = await replies(office, asks("access_system"))
    assert list(actions_of(post)) == [PERSON]
