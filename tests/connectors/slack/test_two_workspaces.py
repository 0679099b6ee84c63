"""Two workspaces that installed the app, side by side: the same ids in both are never the same."""

import copy
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio

from bot.dialogue.turn import TurnAnswer, TurnRequest
from tests.connectors.slack.agents import until
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.office import (
    ADA,
    ADAS_MESSAGES,
    DESKS,
    REQUESTS,
    Office,
    actions_of,
    open_office,
)
from tests.connectors.slack.test_edits import deletion, edit
from tests.connectors.slack.test_files import file_of
from tests.desk import answer
from tests.files import png

pytestmark = pytest.mark.asyncio
NORTH, SOUTH = "T0NORTH", "T0SOUTH"
TOKENS = {NORTH: "xoxb-north", SOUTH: "xoxb-south"}
NAMES = {NORTH: "Ada Północna", SOUTH: "Adam Southern"}
BOTS = {NORTH: "U0BOTN", SOUTH: "U0BOTS"}


async def brain(request: TurnRequest) -> TurnAnswer:
    """Says in its answer what it was asked."""
    return answer(f"You said: {request.text}", answered="utter_it_restart")


@dataclass
class World:
    """The desk, and the one Slack in which both workspaces are."""

    office: Office

    @property
    def slack(self) -> FakeSlack:
        return self.office.slack

    async def install(self, team: str) -> None:
        """As its admin does it: through Slack's page and back with a code."""
        self.slack.tokens[TOKENS[team]] = {
            "team_id": team,
            "team": team.title(),
            "user_id": BOTS[team],
            "bot_id": f"B{BOTS[team]}",
        }
        async with httpx.AsyncClient(base_url=self.office.server.url, timeout=60) as admin:
            begun = await admin.get("/slack/install")
            state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
            done = await admin.get("/slack/oauth", params={"state": state, "code": team})
        assert done.status_code == 200, done.text

    async def hears(self, team: str, event: Json) -> None:
        """Slack tells of it."""
        body = {"type": "event_callback", "team_id": team, "event": event | {"team": team}}
        body |= {"event_id": f"Ev{next(self.slack.ids)}"}
        answered = await self.slack.send_http(self.office.server.url, body)
        assert answered.status_code == 200

    async def presses(self, team: str, post: Json, action: Json) -> None:
        body = {
            "type": "block_actions",
            "user": {"id": ADA, "team_id": team},
            "team": {"id": team, "domain": team.lower()},
            "container": {
                "type": "message",
                "message_ts": post["ts"],
                "channel_id": post["channel"],
                "thread_ts": post["thread_ts"],
            },
            "channel": {"id": post["channel"], "name": "it-help"},
            "message": post,
            "trigger_id": f"t{next(self.slack.ids)}",
            "actions": [{"block_id": "b"} | action | {"action_ts": self.slack.next_ts()}],
        }
        assert (await self.slack.send_http(self.office.server.url, body)).status_code == 200
        await self.office.nothing_under_way()

    def calls(self, team: str, method: str, **wanted: Any) -> list[Json]:
        """Those with this workspace's token."""
        return [
            call.arguments
            for call in self.slack.calls
            if (call.method, call.token) == (method, TOKENS[team])
            and wanted.items() <= call.arguments.items()
        ]

    async def posted(self, team: str, count: int, **wanted: Any) -> list[str]:
        """What the app said there, once it is so much."""
        await self.slack.until(
            lambda: len(self.calls(team, "chat.postMessage", **wanted)) >= count,
            f"{count} posts in {team}",
        )
        return [str(said["text"]) for said in self.calls(team, "chat.postMessage", **wanted)]

    async def home(self, team: str) -> str:
        """What the home page of that user shows there."""
        await self.slack.until(lambda: bool(self.calls(team, "views.publish")), "a home page")
        return json.dumps(self.calls(team, "views.publish", user_id=ADA)[-1])

    async def messages(self, team: str) -> list[tuple[str, str]]:
        """Of the conversations there."""
        found = [c for c in await self.office.conversations() if c.thread.startswith(f"{team}:")]
        said = [await self.office.messages(c.thread) for c in found]
        return [line for lines in said for line in lines]


def installed(_: FakeSlack, said: Json) -> Json:
    """Slack's answer to a code, which here is the workspace's id."""
    team = str(said["code"])
    return {
        "ok": True,
        "access_token": TOKENS[team],
        "token_type": "bot",
        "scope": "chat:write,users:read",
        "bot_user_id": BOTS[team],
        "app_id": "A0APP",
        "team": {"id": team, "name": team.title()},
        "enterprise": None,
    }


def who(slack: FakeSlack, said: Json) -> Json:
    """One id, and in each workspace somebody else."""
    token = slack.calls[-1].token
    team = next(team for team, its in TOKENS.items() if its == token)
    locale = "pl-PL" if team == NORTH else "en-US"
    user = slack.users[ADA] | {"team_id": team, "real_name": NAMES[team], "locale": locale}
    email = f"ada@{team.lower()}.example"
    return {"ok": True, "user": user | {"profile": {"real_name": NAMES[team], "email": email}}}


@pytest_asyncio.fixture
async def world(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[World]:
    slack.methods |= {"oauth.v2.access": installed, "users.info": who}
    keys = {"slack_client_id": "1.2", "slack_client_secret": "s", "slack_bot_token": None}
    async with open_office(slack, tmp_path, desks=DESKS, http=True, **keys) as office:
        office.engine.ask = brain  # type: ignore[method-assign]
        found = World(office)
        await found.install(NORTH)
        await found.install(SOUTH)
        yield found


def same_post(world: World, channel: str = REQUESTS) -> tuple[Json, Json]:
    """The same ids and the same moment; other words."""
    north = world.slack.message(ADA, channel, "From the north")
    return north, north | {"text": "From the south"}


async def both_answered(world: World) -> tuple[Json, Json]:
    north, south = same_post(world)
    await world.hears(NORTH, north)
    await world.hears(SOUTH, south)
    await world.posted(NORTH, 2, thread_ts=north["ts"])
    await world.posted(SOUTH, 2, thread_ts=north["ts"])
    return north, south


async def test_two_requests_of_the_same_ids_are_two_and_each_is_answered_in_its_own(
    world: World,
) -> None:
    north, _ = await both_answered(world)
    at = {"channel": REQUESTS, "thread_ts": north["ts"]}
    assert (await world.posted(NORTH, 2, **at))[0] == "You said: From the north"
    assert (await world.posted(SOUTH, 2, **at))[0] == "You said: From the south"
    await world.office.nothing_under_way()
    for team, other in ((NORTH, "south"), (SOUTH, "north")):
        assert f"the {other}" not in json.dumps(world.calls(team, "chat.postMessage"))
        assert len(world.calls(team, "reactions.add", timestamp=north["ts"])) == 1
        assert len(world.calls(team, "chat.postMessage")) == 2
    found = await world.office.conversations()
    customers = [await world.office.customer(one.customer_id) for one in found]
    assert {one.name for one in customers} == set(NAMES.values())
    assert sorted(one.language for one in found) == ["en", "pl"]


async def test_follow_ups_edits_and_deletions_stay_where_they_are(world: World) -> None:
    north, south = await both_answered(world)
    reply = north | {"ts": world.slack.next_ts(), "text": "More", "thread_ts": north["ts"]}
    await world.hears(SOUTH, reply | {"parent_user_id": ADA})
    await world.posted(SOUTH, 3, thread_ts=north["ts"])
    await world.hears(SOUTH, edit(south, "Changed in the south"))

    async def is_changed() -> bool:
        return ("customer", "Changed in the south") in await world.messages(SOUTH)

    await until(world.office, is_changed)
    await world.hears(NORTH, deletion(reply))  # of a post that only the south has
    await world.office.nothing_under_way()
    assert [said for said in await world.messages(NORTH) if said[0] == "customer"] == [
        ("customer", "From the north")
    ]
    assert ("customer", "More") in await world.messages(SOUTH)
    assert len(world.calls(NORTH, "chat.postMessage")) == 2


async def test_a_button_counts_in_its_own_workspace_alone(world: World) -> None:
    await both_answered(world)
    asked = world.calls(NORTH, "chat.postMessage")[-1]
    post = copy.deepcopy(next(p for p in world.slack.posts if p.get("blocks") == asked["blocks"]))
    solved = actions_of(post)["Rozwiązane"]
    await world.presses(SOUTH, post, solved)  # as if it were of the south
    assert {one.status for one in await world.office.conversations()} == {"bot"}
    assert len(world.calls(SOUTH, "chat.postEphemeral", user=ADA)) == 1
    assert world.calls(NORTH, "chat.postEphemeral") == []
    await world.presses(NORTH, post, solved)

    async def north_alone_is_over() -> bool:
        found = {c.thread[:7]: c.status for c in await world.office.conversations()}
        return found == {NORTH: "closed", SOUTH: "bot"}

    await until(world.office, north_alone_is_over)
    assert world.calls(SOUTH, "chat.update") == []


async def test_direct_messages_home_pages_and_files_are_each_workspaces_own(world: World) -> None:
    north, south = same_post(world, ADAS_MESSAGES)
    for team, event in ((NORTH, north), (SOUTH, south)):
        key = f"F0{team}"
        file = file_of(world.office, key, png(), "screen.png")
        world.slack.file_tokens[key] = TOKENS[team]
        await world.hears(team, event | {"subtype": "file_share", "files": [file]})
        await world.posted(team, 2, channel=ADAS_MESSAGES)
    assert len(await world.office.attachments()) == 2, "each was fetched with its own token"
    home = {"type": "app_home_opened", "user": ADA, "channel": ADAS_MESSAGES, "tab": "home"}
    for team, own, other in ((NORTH, "north", "south"), (SOUTH, "south", "north")):
        await world.hears(team, home)
        page = await world.home(team)
        assert f"From the {own}" in page
        assert f"From the {other}" not in page


async def test_where_the_app_is_taken_out_nothing_goes_out_and_the_other_goes_on(
    world: World,
) -> None:
    await both_answered(world)
    await world.hears(SOUTH, {"type": "app_uninstalled"})
    assert [one.id for one in await world.office.workspaces()] == [NORTH]
    before = len(world.slack.called("chat.postMessage"))
    (found,) = [c for c in await world.office.conversations() if c.thread.startswith(SOUTH)]
    await world.office.parts.frontdesk.end_conversation("slack", found.thread, found.id)
    (dead,) = await world.office.dead_letters(1)
    assert dead.problem_kind == "signed_out"
    assert len(world.slack.called("chat.postMessage")) == before, "no other token spoke for it"
    await world.hears(NORTH, world.slack.message(ADA, REQUESTS, "Still here?"))
    texts = await world.posted(NORTH, 3)
    assert "You said: Still here?" in texts
