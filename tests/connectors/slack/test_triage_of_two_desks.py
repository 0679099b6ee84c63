"""Two desks with agents of their own: each one's channel hears of its own requests, and no other.

First in one workspace; then in two that installed the app, where every id is the same.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.connectors.slack.agents import elements, hire, until
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.office import ADA, BOB, OLA, REQUESTS, TRIAGE, Office, open_office
from tests.connectors.slack.test_two_workspaces import (
    NORTH,
    SOUTH,
    TOKENS,
    World,
    installed,
    who,
)
from tests.desk import answer

pytestmark = pytest.mark.asyncio
STAFF_REQUESTS, STAFF_TRIAGE = "C0STAFF", "G0STAFFTRIAGE"
TWO = f"""
[it-help]
name = {{ en = "IT help", pl = "Pomoc IT" }}
[it-help.slack]
channels = ["{REQUESTS}"]
triage_channel = "{TRIAGE}"
reply_prefix = "!!"
[staff-care]
name = {{ en = "Staff care", pl = "Kadry" }}
[staff-care.slack]
channels = ["{STAFF_REQUESTS}"]
triage_channel = "{STAFF_TRIAGE}"
triage_language = "pl"
reply_prefix = "!!"
"""
HANDED_OVER = answer(handoff={"reason": "asked_for_human"}, replies=[], intent="talk_to_human")


def in_channel(slack: FakeSlack, channel: str, token: str | None = None) -> str:
    """All that the app has ever said there, in whatever way."""
    return json.dumps(
        [
            (call.method, call.arguments)
            for call in slack.calls
            if channel in (call.arguments.get("channel"), call.arguments.get("channel_id"))
            and (token is None or call.token == token)
        ],
        ensure_ascii=False,
    )


def card_in(slack: FakeSlack, channel: str, words: str) -> Json | None:
    return next(
        (
            post
            for post in slack.posts
            if post["channel"] == channel
            and post.get("bot_id")
            and not post.get("thread_ts")
            and words in json.dumps(post, ensure_ascii=False)
        ),
        None,
    )


async def handed_over(slack: FakeSlack, channel: str, words: str) -> Json:
    """The card, once its thread has begun."""
    await slack.until(lambda: card_in(slack, channel, words) is not None, f"a card about {words}")
    card = card_in(slack, channel, words)
    assert card is not None
    await slack.wait_for_posts(card["ts"])
    return card


@pytest_asyncio.fixture
async def two(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Office]:
    slack.add_channel(STAFF_REQUESTS, "staff")
    slack.add_channel(STAFF_TRIAGE, "staff-triage", is_private=True, members=["U0BOT", BOB])
    async with open_office(slack, tmp_path, desks=TWO) as running:
        await hire(running, "Ola")
        await hire(running, "Bob", "staff-care")
        running.engine.at_once = HANDED_OVER
        yield running


async def test_each_desks_channel_hears_of_its_own_requests_alone(two: Office) -> None:
    slack = two.slack
    it = await slack.post(ADA, REQUESTS, "OWNWORDIT my laptop hangs")
    staff = await slack.post(ADA, STAFF_REQUESTS, "OWNWORDSTAFF my payslip is wrong")
    its = await handed_over(slack, TRIAGE, "OWNWORDIT")
    theirs = await handed_over(slack, STAFF_TRIAGE, "OWNWORDSTAFF")
    assert ("Take it" in json.dumps(its), "Take it" in json.dumps(theirs)) == (True, False)
    for user, card in ((OLA, its), (BOB, theirs)):
        await slack.press(user, dict(card), elements(card)["triage.claim"])
        await slack.until(lambda c=card: "triage.reply" in elements(c), "it is claimed")  # type: ignore[misc]
        at = {"thread_ts": card["ts"], "parent_user_id": "U0BOT"}
        mark = "IT" if card is its else "STAFF"
        channel = str(card["channel"])
        await slack.post(user, channel, f"OWNWORD{mark} a note", **at)
        await slack.post(user, channel, f"!! OWNWORD{mark} an answer", **at)
    for ts, mark in ((it, "IT"), (staff, "STAFF")):
        await slack.until(
            lambda ts=ts, mark=mark: f"OWNWORD{mark} an answer" in json.dumps(slack.in_thread(ts)),  # type: ignore[misc]
            "the answer",
        )
    # Who is of the other desk can press nothing here.
    await slack.press(BOB, dict(its), elements(its)["triage.close"])
    await slack.wait_for("chat.postEphemeral", channel=TRIAGE, user=BOB)
    await two.nothing_under_way()
    for channels, own, other in (
        ((REQUESTS, TRIAGE), "OWNWORDIT", "OWNWORDSTAFF"),
        ((STAFF_REQUESTS, STAFF_TRIAGE), "OWNWORDSTAFF", "OWNWORDIT"),
    ):
        for channel in channels:
            said = in_channel(slack, channel)
            assert own in said.replace(other, ""), channel
            assert other not in said, channel


@pytest_asyncio.fixture
async def world(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[World]:
    """A desk in each workspace, with channels of the same ids."""
    slack.methods |= {"oauth.v2.access": installed, "users.info": who}
    desks = "".join(
        f"[{desk}]\n"
        f'name = {{ en = "{desk}", pl = "{desk}" }}\n'
        f"[{desk}.slack]\n"
        f'workspace = "{team}"\nchannels = ["{REQUESTS}"]\ntriage_channel = "{TRIAGE}"\n'
        for desk, team in (("it-help", NORTH), ("customer-care", SOUTH))
    )
    keys = {"slack_client_id": "1.2", "slack_client_secret": "s", "slack_bot_token": None}
    async with open_office(slack, tmp_path, desks=desks, http=True, **keys) as office:
        slack.channels[TRIAGE]["members"].append(ADA)
        office.engine.at_once = HANDED_OVER
        found = World(office)
        await found.install(NORTH)
        await found.install(SOUTH)
        for desk, team in (("it-help", NORTH), ("customer-care", SOUTH)):
            email = f"ada@{team.lower()}.example"
            await office.parts.accounts.add_agent(email, f"Ada of {team}", [desk])
        yield found


async def test_the_triage_of_two_workspaces_with_the_same_ids(world: World) -> None:
    slack, office = world.slack, world.office
    north = slack.message(ADA, REQUESTS, "OWNWORDNORTH")
    await world.hears(NORTH, north)
    await world.hears(SOUTH, north | {"text": "OWNWORDSOUTH"})
    cards = {
        NORTH: await handed_over(slack, TRIAGE, "OWNWORDNORTH"),
        SOUTH: await handed_over(slack, TRIAGE, "OWNWORDSOUTH"),
    }
    card = cards[SOUTH]
    # The north's card pressed in the south is nobody's: the south has no such card.
    claim = elements(cards[NORTH])["triage.claim"]
    await world.presses(SOUTH, dict(cards[NORTH]) | {"thread_ts": None}, claim)
    await office.nothing_under_way()
    assert {one.status for one in await office.conversations()} == {"queued"}
    await world.presses(SOUTH, dict(card) | {"thread_ts": None}, elements(card)["triage.claim"])

    async def the_souths_alone_has_an_agent() -> bool:
        found = {one.thread[:7]: one.agent_name for one in await office.conversations()}
        return found == {NORTH: None, SOUTH: f"Ada of {SOUTH}"}

    await until(office, the_souths_alone_has_an_agent)
    await slack.until(lambda: "triage.reply" in elements(card), "the card says so")
    note = {"thread_ts": card["ts"], "parent_user_id": "U0BOTS"}
    await world.hears(SOUTH, slack.message(ADA, TRIAGE, "OWNWORDSOUTH a note", **note))
    await office.nothing_under_way()
    for team, own, other in ((NORTH, "NORTH", "SOUTH"), (SOUTH, "SOUTH", "NORTH")):
        said = in_channel(slack, TRIAGE, TOKENS[team])
        assert f"OWNWORD{own}" in said
        assert f"OWNWORD{other}" not in said, team
