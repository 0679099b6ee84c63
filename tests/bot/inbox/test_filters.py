"""Filters in the inbox: what they find, keeping and sharing them, and those that cannot be read."""

import random
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.accounts.permissions import Role
from bot.clock import now
from bot.conversations.state import Status
from bot.filters.fields import FIELDS
from bot.filters.grammar import All, Compare, Not, Some, Tree, parse
from bot.filters.models import SavedFilter
from bot.inbox.lists import page
from bot.priority import WORDS
from tests.bot.inbox.test_listing import random_conversations, said, store, whose_turn
from tests.inbox import AgentBrowser, Office
from tests.unmended import mends_nothing

pytestmark = pytest.mark.asyncio

TESTS = (
    "status:queued", "status:open", "status:bot,closed", "status!=closed", "language:pl",
    "language!=pl", "desk:it-help", "desk:it*", "channel:web", "agent:me", "agent:none",
    "agent:piotr", "agent!=me", "reason:asked_for_human", "waiting>30m", "waiting<100h",
    "created<today", "closed>=yesterday", "closed:2020-01-01",
    "priority:urgent", "priority>=high", "priority!=normal", "priority:low,high",
)  # fmt: skip


def random_filter(chance: random.Random, depth: int = 0) -> str:
    kind = chance.choice(("test", "test", "not", "and", "or")) if depth < 3 else "test"
    if kind == "test":
        return chance.choice(TESTS)
    if kind == "not":
        return f"not ({random_filter(chance, depth + 1)})"
    parts = [random_filter(chance, depth + 1) for _ in range(chance.randrange(2, 4))]
    return f"({f' {kind} '.join(parts)})"


def fits(tree: Tree, one: dict[str, Any], me: str, turns: dict[str, str]) -> bool:
    """A plain reading of the tree."""
    match tree:
        case All(items):
            return all(fits(item, one, me, turns) for item in items)
        case Some(items):
            return any(fits(item, one, me, turns) for item in items)
        case Not(item):
            return not fits(item, one, me, turns)
        case Compare(field, "!=", values):
            equal = Compare(field, "=", values)
            return not fits(equal, one, me, turns)
        case Compare(field, sign, values):
            return any(fits_one(field.name, sign, value, one, me, turns) for value in values)


COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def fits_one(
    name: str, sign: str, value: Any, one: dict[str, Any], me: str, turns: dict[str, str]
) -> bool:
    status = one["status"]
    match name:
        case "status":
            return bool(status is not Status.CLOSED if value == "open" else status == value)
        case "agent":
            names = {"me": me, "none": None, "piotr": one["piotr"]}
            return bool(one["agent_id"] == names[value])
        case "waiting":
            is_ours = status is Status.WITH_AGENT and turns.get(one["id"]) == "customer"
            if status is not Status.QUEUED and not is_ours:
                return False
            since = one["queued_at"] if status is Status.QUEUED else one["last_customer_at"]
            return COMPARED[sign](now() - since, value)
        case "priority":
            return COMPARED[sign](one["priority"], WORDS[value].value)
        case "created" | "closed":
            at = one[f"{name}_at"]
            return at is not None and COMPARED[sign](at.astimezone(UTC).date(), value)
        case "reason":
            return bool(one["handoff_reason"] == value)
        case _:
            known = str(one[name])
            return known.startswith(value[:-1]) if value.endswith("*") else known == value


@pytest.mark.parametrize("seed", range(3))
async def test_a_filter_finds_what_a_plain_reading_finds(office: Office, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - for a test
    anna = await office.hire("Anna", desks=("customer-care", "it-help"))
    piotr = await office.hire("Piotr")
    conversations = random_conversations(chance, (anna.agent.id, piotr.agent.id))
    for one in conversations:
        one["language"] = chance.choice(("en", "pl"))
        one["handoff_reason"] = chance.choice((None, "asked_for_human"))
        one["created_at"] = now() - timedelta(days=chance.randrange(4))
    messages = said(chance, conversations)
    for message in messages:
        if message["agent_id"] == "a0":
            message["agent_id"] = piotr.agent.id
    await mends_nothing(office.parts)
    await store(office.parts.db, conversations, messages)
    turns = whose_turn(messages)
    for one in conversations:
        one["piotr"] = piotr.agent.id
    lines = [*TESTS, *(random_filter(chance) for _ in range(40))]
    for line in lines:
        tree = parse(line)
        expected = {
            one["id"]
            for one in conversations
            if one["desk"] in anna.agent.desks and fits(tree, one, anna.agent.id, turns)
        }
        async with office.parts.db.read() as session:
            found = await page(session, anna.agent, f"where:{line}", rows=200)
        assert {row.id for row in found.rows} == expected, line


async def keep(agent: AgentBrowser, **fields: Any) -> str:
    response = await agent.post("/inbox/filters", htmx=False, **fields)
    assert response.status_code == 303, response.text
    return str(response.headers["location"])


async def test_a_filter_is_kept_used_changed_and_deleted(office: Office) -> None:
    anna = await office.hire()
    queued = await office.customer_says("Where is my invoice?")
    address = await keep(anna, name="Invoices", expression="text:invoices  and status:queued")
    listed = (await anna.http.get(address)).text
    assert queued in listed
    assert "Invoices" in listed
    number = address.rpartition(":")[2]
    await keep(anna, id=number, name="Closed", expression="status:closed")
    listed = (await anna.http.get(address)).text
    assert queued not in listed
    assert "No conversation fits" in listed
    await anna.post("/inbox/filters/drop", htmx=False, id=number)
    assert "does not exist" in (await anna.http.get(address)).text


async def test_a_filter_is_tried_before_it_is_kept(office: Office) -> None:
    anna = await office.hire()
    queued = await office.customer_says("Hello")
    asked = {"expression": "status:queued or desk:it-help"}
    response = await anna.http.get("/inbox/filters/try", params=asked)
    assert queued in (await anna.http.get(response.headers["location"])).text
    wrong = await anna.http.get("/inbox/filters/try", params={"expression": "status:queued or"})
    assert wrong.status_code == 422
    assert "At character 17: another test was expected" in wrong.text
    assert "status:queued or</textarea>" in wrong.text


async def test_nothing_that_was_typed_is_lost_when_it_cannot_be_kept(office: Office) -> None:
    anna = await office.hire()
    for fields in (
        {"name": "", "expression": "status:queued"},
        {"name": "Mine", "expression": "status:asleep"},
    ):
        response = await anna.post("/inbox/filters", htmx=False, **fields)
        assert response.status_code == 422
        assert f"{fields['expression']}</textarea>" in response.text
        assert f'value="{fields["name"]}"' in response.text


async def test_leads_share_filters_with_their_desk_alone(office: Office) -> None:
    lead = await office.hire("Lena", role=Role.LEAD)
    anna, zoe = await office.hire("Anna"), await office.hire("Zoe", desks=["it-help"])
    await keep(lead, name="For us all", expression="status:open", desk="customer-care")
    await keep(lead, name="Only Lena", expression="status:open")
    page_of_anna = await anna.page("/inbox")
    assert "For us all" in page_of_anna
    assert "Only Lena" not in page_of_anna
    assert "For us all" not in await zoe.page("/inbox")
    fields = {"name": "x", "expression": "status:open", "desk": "customer-care"}
    assert (await anna.post("/inbox/filters", htmx=False, **fields)).status_code == 403
    fields["desk"] = "it-help"
    assert (await lead.post("/inbox/filters", htmx=False, **fields)).status_code == 403


async def test_somebody_elses_filter_is_copied_not_changed(office: Office) -> None:
    lead, anna = await office.hire("Lena", role=Role.LEAD), await office.hire("Anna")
    address = await keep(lead, name="Shared", expression="status:open", desk="customer-care")
    number = address.rpartition(":")[2]
    copy = await keep(anna, id=number, name="Own", expression="status:bot")
    assert copy != address
    assert (await anna.post("/inbox/filters/drop", htmx=False, id=number)).status_code == 404
    assert "Shared" in await lead.page("/inbox")


async def test_a_filter_that_cannot_be_read_any_more_is_shown_with_what_is_wrong(
    office: Office,
) -> None:
    anna = await office.hire()
    address = await keep(anna, name="Old one", expression="status:queued")
    async with office.parts.db.write() as tx:
        await tx.session.execute(update(SavedFilter).values(expression="mood:angry and x"))
    listed = (await anna.http.get(address)).text
    assert "Old one" in listed
    assert "At character 1: there is no field “mood”" in listed
    assert "mood:angry and x" in listed
    form = (await anna.http.get(address.replace("/inbox?", "/inbox/filters?"))).text
    assert "mood:angry and x</textarea>" in form
    assert "there is no field “mood”" in form


async def test_the_form_puts_a_filter_together(office: Office) -> None:
    anna = await office.hire()
    chosen = {"build": "1", "status": "queued", "text": "two words", "waiting": "30m"}
    html = await anna.page("/inbox/filters", **chosen)
    assert "status:queued and waiting&gt;30m and text:&#34;two words&#34;</textarea>" in html
    for name in FIELDS:
        assert f"<code>{name}</code>" in html
