"""Agents in the office's Slack: their channel's cards, and what they do there."""

import asyncio
import json
from typing import Any

from sqlalchemy import select

from bot.accounts.models import Agent
from bot.conversations.models import Note
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.fake_methods import TEAM
from tests.connectors.slack.office import ADA, DESKS, OLA, REQUESTS, TRIAGE, Office
from tests.desk import answer

AGENTS = (
    DESKS
    + f"""
triage_channel = "{TRIAGE}"
reply_prefix = "!!"
[customer-care]
name = {{ en = "Care", pl = "Obsługa" }}
"""
)


async def hire(office: Office, name: str, *desks: str) -> Agent:
    email = f"{name.lower()}@acme.example"
    await office.parts.accounts.add_agent(email, name, desks or ("it-help",))
    async with office.parts.db.read() as session:
        return (await session.scalars(select(Agent).where(Agent.email == email))).one()


async def asks_for_human(office: Office, user: str = ADA, text: str = "A person, please") -> str:
    """A request that came to the queue; its time stamp."""
    office.engine.at_once = answer(
        handoff={"reason": "asked_for_human"}, replies=[], intent="talk_to_human"
    )
    return await office.slack.post(user, REQUESTS, text)


def cards(slack: FakeSlack) -> list[Json]:
    return [
        post
        for post in slack.posts
        if post["channel"] == TRIAGE and post.get("bot_id") and not post.get("thread_ts")
    ]


async def card(office: Office) -> Json:
    """The card, once its thread has begun."""
    await office.slack.until(lambda: bool(cards(office.slack)), "a card")
    post = cards(office.slack)[-1]
    await office.slack.wait_for_posts(post["ts"])
    return post


def elements(post: Json) -> dict[str, Json]:
    """Everything that can be pressed on a card, by its action."""
    return {
        element["action_id"]: element | {"block_id": block["block_id"]}
        for block in post["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }


async def press(office: Office, user: str, post: Json, name: str) -> None:
    """A button of the card as it is now."""
    await office.slack.press(user, dict(post), elements(post)[f"triage.{name}"])


async def shows(office: Office, post: Json, *names: str) -> None:
    """Until the card offers these."""
    wanted = {f"triage.{name}" for name in names}
    await office.slack.until(lambda: wanted <= set(elements(post)), f"{wanted} on {post}")


async def olas_case(office: Office) -> tuple[str, Json]:
    """A request that Ola has, and its card."""
    ts = await asks_for_human(office)
    post = await card(office)
    await press(office, OLA, post, "claim")
    await shows(office, post, "reply")
    await office.slack.wait_for_posts(ts, 2)  # that they wait, and who has come
    return ts, post


def words(post: Json) -> str:
    return json.dumps(post["blocks"], ensure_ascii=False)


def thread(office: Office, post: Json) -> list[str]:
    return [reply["text"] for reply in office.slack.in_thread(post["ts"])]


async def told(office: Office, post: Json, *parts: str) -> None:
    """Until the card's thread tells all of these."""
    await office.slack.until(
        lambda: all(any(part in line for line in thread(office, post)) for part in parts),
        f"{parts} in {thread(office, post)}",
    )


async def submit(office: Office, user: str, view: Json, value: Json, **others: Json) -> Json:
    """What the modal answers; `others`: what stands in its further fields."""
    fields = {"value": value} | others
    state = {"values": {block: {"value": field} for block, field in fields.items()}}
    body = {
        "type": "view_submission",
        "user": {"id": user, "team_id": TEAM},
        "team": {"id": TEAM, "domain": "acme"},
        "view": view | {"state": state, "id": "V1"},
    }
    key = await office.slack.envelope("interactive", body)
    await office.slack.until(lambda: office.slack.acked(key), "an answer")
    answer = next(ack for ack in office.slack.acks if ack.get("envelope_id") == key)
    return answer.get("payload") or {}


async def notes(office: Office) -> list[tuple[str, str]]:
    async with office.parts.db.read() as session:
        found = await session.scalars(select(Note).order_by(Note.created_at))
        return [(note.author_name, note.text) for note in found]


async def until(office: Office, true: Any, *, seconds: float = 15.0) -> Any:
    """What becomes true, within so many seconds of waiting."""
    for _ in range(int(seconds / 0.005)):
        if found := await true():
            return found
        await asyncio.sleep(0.005)
    raise AssertionError("not in time")
