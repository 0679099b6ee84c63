"""The agents' side: a card for each handoff, its buttons, its thread."""

import json
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.clock import now
from bot.desk_settings.slack import SlackSettings
from bot.desks import BadDesksFile, Desks
from bot.handoff.service import Reply
from connectors.slack.connector import SlackKeys
from tests.connectors.slack.agents import (
    AGENTS,
    asks_for_human,
    card,
    cards,
    elements,
    hire,
    notes,
    press,
    shows,
    submit,
    thread,
    told,
    until,
    words,
)
from tests.connectors.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack, Json
from tests.connectors.slack.office import ADA, BOB, OLA, REQUESTS, TRIAGE, Office, furnish
from tests.connectors.slack.office import open_office as open_slack_office
from tests.connectors.slack.test_setup import findings_of, wrong
from tests.desk import answer


@pytest_asyncio.fixture
async def office(triage: Office) -> Office:
    return triage


@pytest.mark.asyncio
async def test_a_handoff_becomes_one_card_with_the_packet_and_its_buttons(office: Office) -> None:
    await asks_for_human(office, text="My <laptop> & <!channel> hang")
    post = await card(office)
    await told(office, post, "To the customer", "hang")
    assert set(elements(post)) == {
        *("triage.claim", "triage.assign", "triage.close", "triage.not_a_request", "triage.more")
    }
    assert "Ada Kowalska" in words(post)
    assert "asked for a person" in words(post)
    assert "<!channel>" not in words(post)
    assert "<!channel>" not in "".join(thread(office, post))
    assert len(cards(office.slack)) == 1


@pytest.mark.asyncio
async def test_take_reply_and_close_without_leaving_slack(office: Office) -> None:
    ts = await asks_for_human(office)
    post = await card(office)
    await press(office, OLA, post, "claim")
    await shows(office, post, "reply", "snooze")
    assert "Ola has it" in words(post)
    await press(office, OLA, post, "reply")
    (opened,) = await office.slack.wait_for("views.open")
    view = opened["view"]
    assert f"everybody else in <#{REQUESTS}>" in json.dumps(view), "who will see it is shown first"
    assert await submit(office, OLA, view, {"value": "Have you tried turning it off?"}) == {}
    await office.slack.until(
        lambda: any("turning it off" in p["text"] for p in office.slack.in_thread(ts)), "the reply"
    )
    sent = next(p for p in office.slack.in_thread(ts) if "turning it off" in p["text"])
    assert "Ola" in json.dumps(sent)
    await told(office, post, "to the customer: Have you tried turning it off?")
    await press(office, OLA, post, "close")
    await office.slack.until(lambda: elements(post) == {}, "no more buttons")
    (conversation,) = await office.conversations()
    assert conversation.status == "closed"


@pytest.mark.asyncio
async def test_what_is_written_in_the_thread_is_a_note_and_its_edit_changes_it(
    office: Office,
) -> None:
    ts = await asks_for_human(office)
    post = await card(office)
    said = len(await office.messages())
    note = await office.slack.post(OLA, TRIAGE, "He is a &lt;VIP&gt;", thread_ts=post["ts"])
    await until(office, lambda: notes(office))
    assert await notes(office) == [("Ola", "He is a <VIP>")]
    message = {"user": OLA, "text": "He is *not* a VIP", "ts": note, "thread_ts": post["ts"]}
    await office.slack.event(
        {
            "type": "message",
            "subtype": "message_changed",
            "channel": TRIAGE,
            "channel_type": "group",
            "ts": office.slack.next_ts(),
            "message": message,
            "previous_message": message,
        }
    )

    async def changed() -> bool:
        return await notes(office) == [("Ola", "He is *not* a VIP")]

    await until(office, changed)
    assert len(await office.messages()) == said
    assert not any("VIP" in str(p) for p in office.slack.in_thread(ts))
    assert not any("VIP" in line for line in thread(office, post)), "it stands there already"


@pytest.mark.asyncio
async def test_the_prefix_sends_and_says_so(office: Office) -> None:
    ts = await asks_for_human(office)
    post = await card(office)
    await office.slack.post(OLA, TRIAGE, "!! Too early", thread_ts=post["ts"])
    (refused,) = await office.slack.wait_for("chat.postEphemeral", user=OLA)
    assert "Not sent to the customer" in refused["text"]
    await press(office, OLA, post, "claim")
    await shows(office, post, "reply")
    sent = await office.slack.post(OLA, TRIAGE, "!! On my way", thread_ts=post["ts"])
    await office.slack.wait_for("reactions.add", channel=TRIAGE, timestamp=sent)
    await office.slack.until(
        lambda: any("On my way" in p["text"] for p in office.slack.in_thread(ts)), "the reply"
    )
    assert await notes(office) == []
    assert not any("Too early" in str(p) for p in office.slack.in_thread(ts))


@pytest.mark.asyncio
async def test_inbox_and_slack_are_the_same_conversation(office: Office) -> None:
    ts = await asks_for_human(office)
    post = await card(office)
    (conversation,) = await office.conversations()
    piotr = await hire(office, "Piotr")
    handoffs = office.parts.handoffs
    await handoffs.claim(piotr, conversation.id, epoch=conversation.epoch)
    await office.slack.until(lambda: "Piotr has it" in words(post), "who has it")
    await handoffs.note(piotr, conversation.id, "Seen this before")
    await handoffs.reply(
        piotr, conversation.id, Reply("From the inbox", conversation.epoch + 1, "k")
    )
    await office.slack.post(ADA, REQUESTS, "Thank you", thread_ts=ts, parent_user_id=ADA)
    await told(
        office,
        post,
        "*Piotr* (note): Seen this before",
        "*Piotr* to the customer: From the inbox",
        "*Ada Kowalska*: Thank you",
    )
    await press(office, OLA, post, "reply")
    (opened,) = await office.slack.wait_for("views.open")
    answered = await submit(office, OLA, opened["view"], {"value": "Me too"})
    assert answered["response_action"] == "errors"
    assert "Piotr is working on this" in answered["errors"]["value"]
    assert all("Me too" not in p["text"] for p in office.slack.in_thread(ts))


@pytest.mark.asyncio
async def test_assign_put_off_and_go_on(office: Office) -> None:
    await asks_for_human(office)
    post = await card(office)
    piotr = await hire(office, "Piotr")
    await hire(office, "Kasia", "customer-care")
    await press(office, OLA, post, "assign")
    (opened,) = await office.slack.wait_for("views.open")
    assert "Kasia" not in json.dumps(opened["view"]), "she works at another desk"
    option = {"selected_option": {"value": piotr.id}}
    assert await submit(office, OLA, opened["view"], option) == {}
    await office.slack.until(lambda: "Piotr has it" in words(post), "who has it")
    office.slack.add_user("U0PIOTR", "Piotr Lis")
    office.slack.channels["G0TRIAGE"]["members"].append("U0PIOTR")
    choice = elements(post)["triage.snooze"] | {"selected_option": {"value": "hour"}}
    await office.slack.press("U0PIOTR", dict(post), choice)
    await office.slack.until(lambda: "put off until" in words(post), "put off")
    await press(office, "U0PIOTR", post, "wake")
    await shows(office, post, "snooze")


@pytest.mark.asyncio
async def test_not_a_request_ends_without_a_word(office: Office) -> None:
    ts = await asks_for_human(office, text="Lunch, anyone?")
    post = await card(office)
    before = len(office.slack.in_thread(ts))
    await press(office, OLA, post, "not_a_request")
    await office.slack.until(lambda: elements(post) == {}, "no more buttons")
    assert len(office.slack.in_thread(ts)) == before


@pytest.mark.asyncio
async def test_who_has_no_account_is_told_how_to_get_one(office: Office) -> None:
    await asks_for_human(office)
    post = await card(office)
    await press(office, BOB, post, "claim")
    (said,) = await office.slack.wait_for("chat.postEphemeral", user=BOB)
    assert "no account for bob@acme.example" in said["text"]
    await office.slack.post(BOB, TRIAGE, "A note?", thread_ts=post["ts"])
    await office.slack.wait_for("chat.postEphemeral", 2, user=BOB)
    (conversation,) = await office.conversations()
    assert (conversation.status, await notes(office)) == ("queued", [])


@pytest.mark.asyncio
async def test_of_two_who_take_it_one_is_told(office: Office) -> None:
    await asks_for_human(office)
    post = await card(office)
    await hire(office, "Bob")
    as_shown = json.loads(json.dumps(post))
    await press(office, OLA, as_shown, "claim")
    await shows(office, post, "reply")
    await press(office, BOB, as_shown, "claim")
    (said,) = await office.slack.wait_for("chat.postEphemeral", user=BOB)
    assert "changed hands" in said["text"]


@pytest.mark.asyncio
async def test_an_unknown_button_is_told_and_the_card_is_drawn_anew(office: Office) -> None:
    await asks_for_human(office)
    post = await card(office)
    updates = len(office.slack.called("chat.update"))
    old = {"action_id": "triage.escalate", "block_id": "handoff-1", "text": {"text": "Escalate"}}
    await office.slack.press(OLA, dict(post), old)
    (said,) = await office.slack.wait_for("chat.postEphemeral", user=OLA)
    assert "older version" in said["text"]
    await office.slack.wait_for("chat.update", updates + 1)


@pytest.mark.asyncio
async def test_a_press_that_comes_twice_counts_once(office: Office) -> None:
    await asks_for_human(office)
    post = await card(office)
    office.slack.to_all_sockets = True
    await office.slack.press(OLA, dict(post), elements(post)["triage.claim"], times=3)
    await shows(office, post, "reply")
    assert office.slack.called("chat.postEphemeral") == []


@pytest.mark.asyncio
async def test_a_channel_that_is_not_private_gets_no_card(slack: FakeSlack, tmp_path: Path) -> None:
    async with open_slack_office(slack, tmp_path, desks=AGENTS) as office:
        slack.channels[TRIAGE]["is_private"] = False
        await asks_for_human(office, text="Secret")
        await slack.wait_for("conversations.info", channel=TRIAGE)
        await office.nothing_under_way()
        assert cards(slack) == []
        assert not any("Secret" in str(call.arguments) for call in slack.calls)


@pytest.mark.asyncio
async def test_a_card_that_somebody_deleted_comes_back_with_its_thread(office: Office) -> None:
    ts = await asks_for_human(office)
    post = await card(office)
    await told(office, post, "A person, please")
    office.slack.posts.remove(post)
    await office.slack.event(
        {
            "type": "message",
            "subtype": "message_deleted",
            "channel": TRIAGE,
            "ts": office.slack.next_ts(),
            "deleted_ts": post["ts"],
        }
    )
    await office.slack.wait_for("chat.update", ts=post["ts"])
    await office.slack.post(ADA, REQUESTS, "Still there?", thread_ts=ts, parent_user_id=ADA)
    again = await until(office, lambda: _other(office, post))
    await told(office, again, "Still there?")


async def _other(office: Office, post: Json) -> Json | None:
    return next((one for one in cards(office.slack) if one["ts"] != post["ts"]), None)


@pytest.mark.asyncio
async def test_a_post_whose_answer_was_lost_is_found_and_not_made_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.slack.triage.worker.AGAIN_SECONDS", 0.05)
    office.slack.fail("chat.postMessage", status=500, done_first=True)
    office.engine.at_once = answer("Hi")
    # The handoff's words to the customer fail first in the outbox; the card comes after.
    await asks_for_human(office)
    post = await card(office)
    await told(office, post, "A person, please")
    office.slack.fail("chat.postMessage", status=502, done_first=True, times=1)
    (conversation,) = await office.conversations()
    ola = await office.parts.triage.account("ola@acme.example")
    assert ola is not None
    await office.parts.triage.note(ola.id, conversation.id, "Exactly once", source="elsewhere")
    await told(office, post, "Exactly once")

    async def settled() -> bool:
        return await office.parts.triage_cards.due({"it-help": f"T0FIRST:{TRIAGE}"}) == ()

    await until(office, settled)
    assert len(cards(office.slack)) == 1
    assert sum("Exactly once" in line for line in thread(office, post)) == 1


@pytest.mark.asyncio
async def test_two_processes_make_one_card(slack: FakeSlack, tmp_path: Path) -> None:
    async with (
        open_slack_office(slack, tmp_path, desks=AGENTS) as first,
        open_slack_office(slack, tmp_path, desks=AGENTS) as second,
    ):
        second.engine.at_once = first.engine.at_once = answer(
            handoff={"reason": "asked_for_human"}, replies=[], intent="talk_to_human"
        )
        for number in range(5):
            await slack.post(ADA, REQUESTS, f"Request {number}")
        await slack.until(lambda: len(cards(slack)) >= 5, "five cards")

        async def settled() -> bool:
            return await first.parts.triage_cards.due({"it-help": f"T0FIRST:{TRIAGE}"}) == ()

        await until(first, settled)
        assert len(cards(slack)) == 5


@pytest.mark.asyncio
async def test_an_account_that_was_disabled_can_do_nothing(office: Office) -> None:
    await asks_for_human(office)
    post = await card(office)
    async with office.parts.db.write() as tx:
        await tx.session.execute(update(Agent).values(disabled_at=now()))
    await press(office, OLA, post, "claim")
    (said,) = await office.slack.wait_for("chat.postEphemeral", user=OLA)
    assert "nie ma konta ola@acme.example" in said["text"], "in the language of her profile"


@pytest.mark.asyncio
async def test_the_check_refuses_a_triage_channel_that_is_not_private(slack: FakeSlack) -> None:
    furnish(slack)
    slack.echoes = True
    keys = SlackKeys(bot_token=BOT_TOKEN, app_token=APP_TOKEN)
    rules = {"it-help": SlackSettings(triage_channel=TRIAGE)}
    assert "not private" not in wrong(await findings_of(slack, keys, rules))
    slack.channels[TRIAGE]["is_private"] = False
    assert "triage channel, and not private" in wrong(await findings_of(slack, keys, rules))


def test_a_triage_channel_is_never_a_request_channel(tmp_path: Path) -> None:
    file = tmp_path / "desks.toml"
    file.write_text(AGENTS.replace(TRIAGE, REQUESTS), "utf-8")
    with pytest.raises(BadDesksFile, match="is a request channel as well"):
        Desks.load(file)


@pytest.mark.parametrize("is_other_workspace", [False, True])
def test_each_desk_has_a_triage_channel_of_its_own(
    tmp_path: Path, is_other_workspace: bool
) -> None:
    file = tmp_path / "desks.toml"
    place = 'workspace = "T0OTHER"\n' if is_other_workspace else ""
    other = f'[hr]\nname = {{ en = "HR", pl = "Kadry" }}\n[hr.slack]\n{place}'
    file.write_text(f'{AGENTS}\n{other}triage_channel = "{TRIAGE}"\n', "utf-8")
    if is_other_workspace:
        assert Desks.load(file).get("hr").slack.triage_channel == TRIAGE
        return
    with pytest.raises(BadDesksFile, match=f"{TRIAGE} is that of .* as well"):
        Desks.load(file)
