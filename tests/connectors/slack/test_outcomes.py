"""What nothing else looks at: each of these has an outcome that somebody sees."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.accounts.models import Agent
from bot.channel import (
    Author,
    AuthorKind,
    Button,
    Card,
    Hint,
    OutboundMessage,
    Problem,
    Undeliverable,
)
from bot.conversations.models import Conversation
from bot.conversations.news import INBOX_TOPIC
from bot.handoff.service import Reply
from bot.triage.cards import TriageCards
from connectors.slack.asking.forms import FORMS, answers_of
from connectors.slack.blocks import posts_of
from connectors.slack.commands import command_of
from connectors.slack.faults import NotInstalled, of_delivery
from tests.connectors.slack.agents import (
    asks_for_human,
    card,
    cards,
    elements,
    notes,
    olas_case,
    press,
    thread,
    told,
    until,
    words,
)
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.fake_methods import bad_blocks
from tests.connectors.slack.office import (
    ADA,
    DESKS,
    GUEST,
    OLA,
    REQUESTS,
    STRANGER,
    TRIAGE,
    Office,
    open_office,
)


async def olas_account(office: Office) -> Agent:
    ola = await office.parts.triage.account("ola@acme.example")
    assert ola is not None
    async with office.parts.db.read() as session:
        return await session.get_one(Agent, ola.id)


async def ola_says(office: Office, text: str) -> None:
    (conversation,) = await office.conversations()
    reply = Reply(text, conversation.epoch, f"k{text}")
    await office.parts.handoffs.reply(await olas_account(office), conversation.id, reply)


async def newest(office: Office) -> Conversation:
    return max(await office.conversations(), key=lambda one: one.created_at)


def deactivate(office: Office, user: str, *, is_over: bool = False) -> None:
    """The desk knows it at once."""
    office.slack.users[user]["deleted"] = not is_over
    office.server.app.state.slack.slack.people.forget("T0FIRST", user)


@pytest.mark.asyncio
async def test_an_answer_to_somebody_deactivated_is_told_to_the_agent(triage: Office) -> None:
    ts, post = await olas_case(triage)
    deactivate(triage, ADA)
    await ola_says(triage, "Are you there?")
    (dead,) = await triage.dead_letters(1)
    assert dead.problem_kind == "gone"
    assert "Are you there?" not in json.dumps(triage.slack.in_thread(ts))
    await triage.slack.until(lambda: "could not be delivered" in words(post), "a warning")
    # They are back, and it is sent again: the warning goes.
    deactivate(triage, ADA, is_over=True)
    (found,) = await triage.conversations()
    await triage.parts.handoffs.send_again(
        await olas_account(triage), found.id, epoch=found.epoch, seq=dead.seq
    )
    await triage.slack.until(lambda: "Are you there?" in json.dumps(triage.slack.in_thread(ts)), "")
    await triage.slack.until(lambda: "could not be delivered" not in words(post), "no warning")


@pytest.mark.asyncio
async def test_a_card_takes_back_that_a_message_did_not_arrive_whoever_had_it_drawn(
    triage: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look by the clock does not see it, because it is sent again so soon."""

    async def sees_nothing(self: TriageCards, places: object) -> frozenset[str]:
        return frozenset()

    _, post = await olas_case(triage)
    monkeypatch.setattr(TriageCards, "undelivered", sees_nothing)
    deactivate(triage, ADA)
    await ola_says(triage, "Are you there?")
    (dead,) = await triage.dead_letters(1)
    (found,) = await triage.conversations()
    await triage.parts.triage_cards.forget_look(found.id)
    triage.parts.bus.publish(Hint(INBOX_TOPIC, "status", found.id))
    await triage.slack.until(lambda: "could not be delivered" in words(post), "a warning")
    deactivate(triage, ADA, is_over=True)
    await triage.parts.handoffs.send_again(
        await olas_account(triage), found.id, epoch=found.epoch, seq=dead.seq
    )
    await triage.slack.until(lambda: "could not be delivered" not in words(post), "no warning")


def test_an_app_that_is_not_installed_any_more_is_signed_out() -> None:
    fault = of_delivery(NotInstalled("auth.test", "not installed"))
    assert isinstance(fault, Undeliverable)
    assert fault.problem is Problem.SIGNED_OUT


@pytest.mark.asyncio
@pytest.mark.parametrize("done_first", [False, True])
async def test_a_slack_that_never_answers_is_tried_again_and_answered_once(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done_first: bool
) -> None:
    monkeypatch.setattr("connectors.slack.calls.TIMEOUT_SECONDS", 3.0)
    async with open_office(slack, tmp_path) as office:
        slack.fail("chat.postMessage", seconds=30, done_first=done_first)
        ts = await slack.post(ADA, REQUESTS, "My laptop hangs")
        posts = await slack.wait_for_posts(ts, 2)
        await office.nothing_under_way()
        assert [post["text"] for post in posts] == ["Restart it.", "Was this helpful?"]


@pytest.mark.asyncio
@pytest.mark.parametrize("code", ["edit_window_closed", "cant_update_message", "message_not_found"])
async def test_a_card_too_old_to_edit_gets_a_new_one_and_its_thread_is_still_heard(
    triage: Office, code: str
) -> None:
    ts, slack = await asks_for_human(triage), triage.slack
    old = await card(triage)
    slack.fail("chat.update", error=code)
    await press(triage, OLA, old, "claim")
    await slack.until(lambda: len(cards(slack)) == 2, "another card")
    assert "Ola has it" in words(cards(slack)[-1])
    assert "triage.claim" in elements(old), "Slack did not let us take it away"
    await press(triage, OLA, old, "close")
    (refused,) = await slack.wait_for("chat.postEphemeral", user=OLA)
    assert "Ola" in refused["text"], "it was shown before it changed hands"
    await slack.post(OLA, TRIAGE, "She has two laptops", thread_ts=old["ts"])
    await until(triage, lambda: notes(triage))
    assert await notes(triage) == [("Ola", "She has two laptops")]
    await slack.post(OLA, TRIAGE, "!! *On my way*", thread_ts=old["ts"])
    await slack.until(lambda: "*On my way*" in str(slack.in_thread(ts)), "the reply")
    assert [one.status for one in await triage.conversations()] == ["with_agent"], "not closed"


@pytest.mark.asyncio
@pytest.mark.parametrize("reason", ["warning", "link_disabled", "too_many_websockets"])
async def test_every_reason_to_disconnect_ends_in_a_new_socket(office: Office, reason: str) -> None:
    before = len(office.slack.sockets)
    await office.slack.disconnect(reason)
    await office.slack.until(lambda: len(office.slack.sockets) > before, "a new socket")
    ts = await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.slack.wait_for_posts(ts, 2)


@pytest.mark.asyncio
async def test_guests_and_others_are_served_where_the_desk_says_so(
    slack: FakeSlack, tmp_path: Path
) -> None:
    desks = DESKS + 'guests = "serve"\nexternal = "serve"\n'
    async with open_office(slack, tmp_path, desks=desks):
        for who in (GUEST, STRANGER, "U0UNKNOWN"):  # Slack does not tell of everybody
            await slack.wait_for_posts(await slack.post(who, REQUESTS, f"Help {who}"), 2)


@pytest.mark.asyncio
async def test_a_follow_up_that_overtakes_its_post_is_the_same_request(office: Office) -> None:
    first = office.slack.message(ADA, REQUESTS, "My laptop hangs")
    reply = {"thread_ts": first["ts"], "parent_user_id": ADA}
    await office.slack.event(office.slack.message(ADA, REQUESTS, "Since today", **reply))
    await office.until_asked(1)
    await office.slack.event(first)
    await office.until_asked(2)
    assert len(await office.conversations()) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize(("choice", "status"), [("release", "queued"), ("return_to_bot", "bot")])
async def test_what_is_rare_stands_under_more(triage: Office, choice: str, status: str) -> None:
    _, post = await olas_case(triage)
    action = elements(post)["triage.more"] | {"selected_option": {"value": choice}}
    await triage.slack.press(OLA, dict(post), action)

    async def is_so() -> bool:
        return (await triage.conversations())[0].status == status

    await until(triage, is_so)


@pytest.mark.asyncio
async def test_an_edit_that_begins_with_the_prefix_sends_nothing(triage: Office) -> None:
    ts, post = await olas_case(triage)
    note = await triage.slack.post(OLA, TRIAGE, "He is odd", thread_ts=post["ts"])
    await until(triage, lambda: notes(triage))
    message = {"user": OLA, "text": "!! He is odd", "ts": note, "thread_ts": post["ts"]}
    event: Json = {"type": "message", "subtype": "message_changed", "channel": TRIAGE}
    event |= {"ts": triage.slack.next_ts(), "message": message, "previous_message": {}}
    await triage.slack.event(event)

    async def is_changed() -> bool:
        return await notes(triage) == [("Ola", "!! He is odd")]

    await until(triage, is_changed)
    assert "odd" not in json.dumps(triage.slack.in_thread(ts))


@pytest.mark.asyncio
async def test_a_stranger_with_an_agents_address_is_no_agent(triage: Office) -> None:
    triage.slack.users[STRANGER]["profile"]["email"] = "ola@acme.example"
    await asks_for_human(triage)
    post = await card(triage)
    await press(triage, STRANGER, post, "claim")
    await triage.slack.wait_for("chat.postEphemeral", user=STRANGER)
    assert (await triage.conversations())[0].status == "queued"


def message(**fields: object) -> OutboundMessage:
    base: dict[str, object] = {"channel": "slack", "thread": "T:C:1", "conversation": "c"}
    base |= {"seq": 1, "at": datetime(2026, 11, 29, tzinfo=UTC), "text": ""}
    base |= {"author": Author(AuthorKind.BOT)}
    return OutboundMessage(**(base | fields))  # type: ignore[arg-type]


def test_whatever_is_long_is_split_within_slacks_limits_and_nothing_is_lost() -> None:
    choice = tuple(Button("x" * 200, f"/{n}") for n in range(3))
    shown = tuple(Card(f"Card {n}", "word " * 700, buttons=choice) for n in range(60))
    posts = posts_of(message(text="start " * 3000, cards=shown, buttons=choice))
    assert len(posts) > 1
    for post in posts:
        assert bad_blocks(list(post.blocks)) == ""
        assert len(post.blocks) <= 50
    whole = json.dumps([post.blocks for post in posts])
    assert whole.count("start") == 3000
    assert all(f"Card {n}*" in whole for n in range(60))
    assert whole.count('"action_id"') == 61 * 3


@pytest.mark.parametrize(
    ("said", "means"),
    [("Mute!", "mute"), ("wycisz", "mute"), ("Wznów.", "resume"), ("mute my phone", None)],
)
def test_words_for_the_connector(said: str, means: str | None) -> None:
    assert command_of(said) == means


def test_a_day_is_chosen_or_left_out() -> None:
    form = FORMS["hardware_request"]
    for given, kept in (({"selected_date": "2026-12-24"}, "2026-12-24"), ({}, "asap")):
        view = {"state": {"values": {"hardware_needed_on": {"value": given}}}}
        assert answers_of(form, view)["hardware_needed_on"] == kept


@pytest.mark.asyncio
async def test_the_home_pages_button_opens_the_window(office: Office) -> None:
    home = {"type": "app_home_opened", "tab": "home", "user": ADA, "channel": "D0ADA"}
    await office.slack.event(home)
    (shown,) = await office.slack.wait_for("views.publish", user_id=ADA)
    row = next(block for block in shown["view"]["blocks"] if block["type"] == "actions")
    action = row["elements"][0] | {"block_id": row["block_id"], "action_ts": "1.1"}
    fields = {"container": {"type": "view", "view_id": "V1"}, "view": shown["view"] | {"id": "V1"}}
    await office.slack.interactive("block_actions", ADA, actions=[action], **fields)
    (opened,) = await office.slack.wait_for("views.open")
    assert opened["view"]["callback_id"] == "asking.new"


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks by the clock: what is shown is shown because somebody was told of it.

    How soon that is stands in docs/performance.md.
    """
    monkeypatch.setattr("connectors.slack.triage.worker.SWEEP_SECONDS", 3600.0)


@pytest.mark.asyncio
async def test_what_happens_on_one_side_shows_on_the_other_at_once(
    at_once: None, triage: Office
) -> None:
    _, post = await olas_case(triage)
    for number in range(5):  # from the inbox to Slack
        await ola_says(triage, f"Answer {number}")
        await told(triage, post, f"Answer {number}")
    with triage.parts.bus.subscribe(["inbox"]) as hints:  # from Slack to the inbox
        for number in range(5):
            await triage.slack.post(OLA, TRIAGE, f"Note {number}", thread_ts=post["ts"])

            async def is_there(count: int = number + 1) -> bool:
                return len(await notes(triage)) == count

            while (await hints.get()).kind != "note":
                pass
            await until(triage, is_there)
    assert not any("Note" in line for line in thread(triage, post))


async def both_know(office: Office, where: str, act: str, count: int) -> None:
    """From somebody's claim or close to its standing in the inbox and on the card."""
    status = {"claim": "with_agent", "close": "closed"}[act]
    post, ola, there = await card(office), await olas_account(office), await newest(office)

    async def is_known() -> bool:
        return (await newest(office)).status == status

    def is_shown() -> bool:
        return len(cards(office.slack)) == count and (
            ("triage.reply" in elements(post)) is (act == "claim")
        )

    with office.parts.bus.subscribe([INBOX_TOPIC]) as hints:
        if where == "Slack":
            await press(office, OLA, post, act)
        else:
            await getattr(office.parts.handoffs, act)(ola, there.id, epoch=there.epoch)
        await until(office, is_known)
        await hints.get()
        await office.slack.until(is_shown, f"{act} on the card")


async def until_cards(office: Office, count: int) -> None:
    await office.slack.until(lambda: len(cards(office.slack)) == count, f"{count} cards")


@pytest.mark.asyncio
async def test_taking_and_closing_show_on_the_other_side_at_once(
    at_once: None, triage: Office
) -> None:
    for count, where in enumerate(("inbox", "Slack", "inbox"), start=1):
        await asks_for_human(triage)
        await until_cards(triage, count)
        for act in ("claim", "close"):
            await both_know(triage, where, act, count)
