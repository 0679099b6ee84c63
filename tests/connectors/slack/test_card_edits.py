"""What a customer edits or takes back stands so in the thread of its card, too."""

from datetime import UTC, datetime

import pytest
import pytest_asyncio

from bot.channel import CaseEntry
from connectors.slack.triage.lines import Told, told_again
from tests.connectors.slack.agents import (
    asks_for_human,
    card,
    cards,
    elements,
    olas_case,
    thread,
    told,
    until,
)
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.fake_methods import update
from tests.connectors.slack.office import ADA, REQUESTS, Office
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

    def only_cards(slack: FakeSlack, said: Json) -> Json:
        if said["ts"] != post["ts"]:
            return {"ok": False, "error": "edit_window_closed"}
        return update(slack, said)

    office.slack.methods["chat.update"] = only_cards
    await office.slack.event(edit(event, "The order is 10483"))
    await told(office, post, "10482", "The order is 10483 _(edited)_")
    assert len(cards(office.slack)) == 1, "no second card for it"


def entry(text: str, seq: int | None) -> CaseEntry:
    at = datetime(2026, 11, 30, 12, seq or 0, tzinfo=UTC)
    return CaseEntry("customer", "Ada", text, (), at, seq)


async def test_a_post_is_told_again_as_far_as_it_went() -> None:
    again = told_again(  # what came after message 1 and no note
        [entry("Second", 2), entry("Third", 3), entry("One", None), entry("Two", None)],
        before=Told("", 1, 0),
        now=Told("", 2, 1),
        here="T:C:",
        language="en",
    )
    assert [line.rsplit(": ", 1)[1] for line in again.split("\n")] == ["Second", "One"]
