"""What a customer edits or takes back stands so in the thread of its card, too."""

from collections.abc import Callable

import pytest
import pytest_asyncio

from tests.connectors.slack.agents import (
    asks_for_human,
    card,
    cards,
    elements,
    olas_case,
    press,
    thread,
    told,
    until,
)
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.fake_methods import update
from tests.connectors.slack.office import ADA, OLA, REQUESTS, Office
from tests.connectors.slack.test_edits import deletion, edit
from tests.desk import answer

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def office(triage: Office) -> Office:
    return triage


async def follows_up(office: Office, post: Json, ts: str, text: str) -> Json:
    """Ada, in her request's thread; what she wrote, once the card's thread tells it."""
    event = office.slack.message(ADA, REQUESTS, text, thread_ts=ts)
    await office.slack.event(event)
    await told(office, post, text)
    return event


async def no_longer_told(office: Office, post: Json, part: str) -> None:
    """Until nothing in the card's thread says it."""
    await office.slack.until(
        lambda: not any(part in line for line in thread(office, post)),
        f"no {part} in {thread(office, post)}",
    )


async def test_an_edit_changes_the_line_and_adds_none(office: Office) -> None:
    ts, post = await olas_case(office)
    event = await follows_up(office, post, ts, "The order is 10482")
    before = len(thread(office, post))
    await office.slack.event(edit(event, "The order is 10483"))
    await told(office, post, ":speech_balloon: *Ada Kowalska*: The order is 10483 _(edited)_")
    assert not any("10482" in line for line in thread(office, post))
    assert len(thread(office, post)) == before
    await follows_up(office, post, ts, "Thanks!")
    edits = office.slack.called("chat.update")
    assert len([one for one in edits if "10483" in one["text"]]) == 1, "changed once"


async def test_what_was_deleted_is_not_left_in_slack(office: Office) -> None:
    ts, post = await olas_case(office)
    await follows_up(office, post, ts, "This stays")
    event = await follows_up(office, post, ts, "My PIN is four times seven")
    await office.slack.event(deletion(event))
    await no_longer_told(office, post, "four times seven")
    await told(office, post, ":wastebasket: *Ada Kowalska* deleted this message", "This stays")


async def test_of_a_post_that_tells_several_only_the_line_is_another(office: Office) -> None:
    first = await asks_for_human(office, text="The VPN is down")
    post = await card(office)
    await told(office, post, "The VPN is down")
    parent = office.slack.find(REQUESTS, first)
    assert parent is not None
    (lines,) = [line for line in thread(office, post) if "The VPN is down" in line]
    await office.slack.event(edit(dict(parent), "The VPN is slow"))
    await told(office, post, "The VPN is slow _(edited)_")
    wanted = lines.replace("The VPN is down", "The VPN is slow _(edited)_")
    assert wanted in thread(office, post)


async def test_what_changed_while_the_bot_had_it_is_right_when_it_is_back(office: Office) -> None:
    ts, post = await olas_case(office)
    event = await follows_up(office, post, ts, "It is room 12")
    ola = await office.parts.triage.account("ola@acme.example")
    (conversation,) = await office.conversations()
    assert ola is not None

    async def is_changed() -> bool:
        return ("customer", "It is room 21") in await office.messages()

    await office.parts.triage.return_to_bot(ola.id, conversation.id, epoch=conversation.epoch)
    await office.slack.until(lambda: "triage.reply" not in elements(post), "the bot's card")
    await office.slack.event(edit(event, "It is room 21"))
    await until(office, is_changed)
    assert any("room 12" in line for line in thread(office, post)), "the bot's: not told yet"
    office.engine.at_once = answer(handoff={"reason": "asked_for_human"}, replies=[])
    await office.slack.post(ADA, REQUESTS, "A person, please", thread_ts=ts)
    await told(office, post, "room 21")
    assert not any("room 12" in line for line in thread(office, post))


async def test_what_can_be_edited_no_more_is_told_anew_below(office: Office) -> None:
    ts, post = await olas_case(office)
    event = await follows_up(office, post, ts, "The order is 10482")
    office.slack.methods["chat.update"] = only(post)
    await office.slack.event(edit(event, "The order is 10483"))
    await told(office, post, "10482", "The order is 10483 _(edited)_")
    assert len(cards(office.slack)) == 1, "no second card for it"


async def test_it_is_told_anew_once_whatever_else_happens(office: Office) -> None:
    ts, post = await olas_case(office)
    event = await follows_up(office, post, ts, "The order is 10482")
    office.slack.methods["chat.update"] = only(post)
    await office.slack.event(edit(event, "The order is 10483"))
    await told(office, post, "10483")
    await follows_up(office, post, ts, "Hello?")
    await office.slack.event(edit(event, "The order is 10484"))
    await told(office, post, "10484")
    lines = [line for line in thread(office, post) if "The order is" in line]
    assert [line.split()[-2] for line in lines[1:]] == ["10483", "10484"]


@pytest.mark.parametrize("with_a_stone", [False, True])
async def test_what_an_earlier_card_told_is_told_anew_under_the_next_one(
    office: Office, with_a_stone: bool
) -> None:
    ts, post = await olas_case(office)
    event = await follows_up(office, post, ts, "My PIN is four times seven")
    office.slack.posts.remove(post)
    gone = deletion(post) | {"ts": office.slack.next_ts()}
    if with_a_stone:  # as Slack does it where there is a thread
        stone = {
            "subtype": "tombstone",
            "user": "USLACKBOT",
            "ts": post["ts"],
            "thread_ts": post["ts"],
        }
        gone = edit(post, "") | {"message": stone | {"text": "This message was deleted."}}
    await office.slack.event(gone)
    await office.slack.until(lambda: bool(cards(office.slack)), "another card")
    another = cards(office.slack)[-1]
    await office.slack.event(deletion(event))
    await told(office, another, ":wastebasket: *Ada Kowalska* deleted this message")
    assert len(thread(office, another)) == 1


async def test_a_deletion_after_the_end_waits_for_slack(office: Office) -> None:
    ts, post = await olas_case(office)
    event = await follows_up(office, post, ts, "My PIN is four times seven")
    await press(office, OLA, post, "close")
    await office.slack.until(lambda: "triage.reply" not in elements(post), "the end")
    office.slack.fail("conversations.replies", status=429, retry_after=0.2)
    await office.slack.event(deletion(event))
    await no_longer_told(office, post, "four times seven")


def only(card: Json) -> Callable[[FakeSlack, Json], Json]:
    """Of all posts only the card can still be edited."""

    def answered(slack: FakeSlack, said: Json) -> Json:
        if said["ts"] != card["ts"]:
            return {"ok": False, "error": "edit_window_closed"}
        return update(slack, said)

    return answered
