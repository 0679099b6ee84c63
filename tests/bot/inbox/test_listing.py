"""Every view against a plain reading of the same rows, page by page; and a long one."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import insert

from bot.accounts.models import Agent
from bot.channel import AuthorKind
from bot.clock import now
from bot.conversations.models import Conversation, Customer, Message
from bot.conversations.state import Status
from bot.db import Database
from bot.inbox import listing
from bot.inbox.lists import page
from bot.inbox.paging import packed, unpacked
from bot.inbox.views import View
from bot.outbox.models import Delivery
from tests.inbox import Office
from tests.unmended import mends_nothing

pytestmark = pytest.mark.asyncio

DESKS = ("customer-care", "it-help", "elsewhere")
BEGAN = now() - timedelta(days=3)


def conversation(number: int, **fields: Any) -> dict[str, Any]:
    """A row, such as the desk writes them."""
    at = BEGAN + timedelta(minutes=number)
    return {
        "id": f"{number:08d}-0000-4000-8000-000000000000",
        "customer_id": "customer",
        "channel": "web",
        "thread": f"t{number}",
        "desk": DESKS[0],
        "language": "en",
        "status": Status.QUEUED,
        "agent_id": None,
        "priority": 1,
        "queued_at": at,
        "due_at": None,
        "last_customer_at": at,
        "closed_at": None,
        "created_at": at,
        "updated_at": at,
        **fields,
    }


async def store(
    db: Database,
    conversations: Sequence[dict[str, Any]],
    messages: Sequence[dict[str, Any]] = (),
    dead: Sequence[dict[str, Any]] = (),
) -> None:
    async with db.write() as tx:
        customer = {"id": "customer", "channel": "web", "external_id": "x", "language": "en"}
        await tx.session.execute(insert(Customer), [customer])
        await tx.session.execute(insert(Conversation), list(conversations))
        for table, rows in ((Message, messages), (Delivery, dead)):
            if rows:
                await tx.session.execute(insert(table), list(rows))


def random_conversations(chance: random.Random, agents: Sequence[str]) -> list[dict[str, Any]]:
    made = []
    for number in range(160):
        status = chance.choice(list(Status))
        at = BEGAN + timedelta(minutes=chance.randrange(60))  # so that many are at one moment
        owned = status in (Status.WITH_AGENT, Status.SNOOZED)
        made.append(
            conversation(
                number,
                desk=chance.choice(DESKS),
                status=status,
                agent_id=chance.choice(agents) if owned else None,
                priority=chance.randrange(4),
                queued_at=at,
                last_customer_at=at,
                due_at=at if status is Status.SNOOZED else None,
                closed_at=at if status is Status.CLOSED else None,
            )
        )
    return made


def said(chance: random.Random, conversations: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Some messages of customer and agent in each; the last one decides whose turn it is."""
    rows, ids = [], count()
    for one in conversations:
        for seq in range(1, chance.randrange(1, 5)):
            by = chance.choice((AuthorKind.CUSTOMER, AuthorKind.AGENT, AuthorKind.BOT))
            by_agent = by is AuthorKind.AGENT
            rows.append(
                {
                    "id": f"m{next(ids)}",
                    "conversation_id": one["id"],
                    "seq": seq,
                    "channel": "web",
                    "author_kind": by.value,
                    "agent_id": one["agent_id"] or "a0" if by_agent else None,
                    "text": "words",
                    "buttons": [],
                    "created_at": BEGAN,
                }
            )
    return rows


def whose_turn(messages: Sequence[dict[str, Any]]) -> dict[str, str]:
    turns = {}
    for message in sorted(messages, key=lambda m: m["seq"]):
        if message["author_kind"] in ("customer", "agent"):
            turns[message["conversation_id"]] = message["author_kind"]
    return turns


Oracle = Callable[[dict[str, Any]], bool]


def oracles(me: str, turns: dict[str, str], dead: set[str]) -> dict[View, Oracle]:
    def waits_for_us(one: dict[str, Any]) -> bool:
        return turns.get(one["id"]) == "customer"

    def is_with_agent(one: dict[str, Any]) -> bool:
        return bool(one["status"] is Status.WITH_AGENT)

    return {
        View.QUEUE: lambda one: one["status"] is Status.QUEUED,
        View.MINE: lambda one: one["agent_id"] == me,
        View.FOR_US: lambda one: (
            one["status"] is Status.QUEUED or (is_with_agent(one) and waits_for_us(one))
        ),
        View.FOR_CUSTOMER: lambda one: is_with_agent(one) and not waits_for_us(one),
        View.UNASSIGNED: lambda one: one["status"] in (Status.QUEUED, Status.BOT),
        View.SNOOZED: lambda one: one["status"] is Status.SNOOZED,
        View.MENTIONS: lambda one: False,
        View.BOT: lambda one: one["status"] is Status.BOT,
        View.CLOSED: lambda one: one["status"] is Status.CLOSED,
        View.UNDELIVERED: lambda one: one["id"] in dead,
    }


def in_order(view: View, rows: Sequence[dict[str, Any]]) -> list[str]:
    """Sorted key by key, the last one first: sorting keeps what was in order."""
    found = list(rows)
    for key in reversed(listing.ORDER[view]):
        found.sort(key=lambda one: one[key.column.key], reverse=key.is_descending)
    return [one["id"] for one in found]


async def walked(db: Database, agent: Agent, view: View, size: int) -> list[str]:
    """All ids of a view, a page after the other."""
    found: list[str] = []
    place = None
    while True:
        async with db.read() as session:
            some = await listing.page_of(session, agent, view, after=place, limit=size)
        found += some.ids
        if some.next is None:
            return found
        assert len(some.ids) == size
        place = unpacked(packed(some.next), listing.ORDER[view])
        assert place == some.next


@pytest.mark.parametrize("seed", range(3))
async def test_every_view_holds_what_its_name_says(office: Office, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - for a test
    anna, piotr = await office.hire("Anna", desks=DESKS[:2]), await office.hire("Piotr")
    conversations = random_conversations(chance, (anna.agent.id, piotr.agent.id))
    messages = said(chance, conversations)
    for message in messages:
        if message["agent_id"] == "a0":
            message["agent_id"] = piotr.agent.id
    failed = chance.sample(conversations, 12)
    for number, one in enumerate(failed):
        letter = {"id": f"d{number}", "conversation_id": one["id"], "seq": 99, "agent_id": None}
        messages.append({**messages[0], **letter, "author_kind": "bot"})
    letters = [delivery(number, one["id"]) for number, one in enumerate(failed)]
    await mends_nothing(office.parts)
    await store(office.parts.db, conversations, messages, letters)
    turns, dead = whose_turn(messages), {one["id"] for one in failed}
    for agent in (anna.agent, piotr.agent):
        at_desks = [one for one in conversations if one["desk"] in agent.desks]
        async with office.parts.db.read() as session:
            numbers = await listing.numbers(session, agent)
        for view, belongs in oracles(agent.id, turns, dead).items():
            expected = in_order(view, [one for one in at_desks if belongs(one)])
            assert await walked(office.parts.db, agent, view, 7) == expected, view
            assert numbers.counts[view] == min(len(expected), listing.COUNT_UP_TO)


def delivery(number: int, conversation_id: str) -> dict[str, Any]:
    return {
        "message_id": f"d{number}",
        "conversation_id": conversation_id,
        "channel": "web",
        "seq": 1,
        "status": "dead",
        "attempts": 1,
        "due_at": BEGAN,
        "created_at": BEGAN,
    }


async def test_an_agent_without_a_desk_sees_nothing(office: Office) -> None:
    anna = await office.hire()
    await mends_nothing(office.parts)
    await store(office.parts.db, [conversation(1)])
    nobody = Agent(id=anna.agent.id, desks=[])
    async with office.parts.db.read() as session:
        for view in View:
            assert (await page(session, nobody, view)).rows == []
        assert set((await listing.numbers(session, nobody)).counts.values()) == {0}


async def test_ten_thousand_conversations_are_walked_through_without_gap_or_double(
    office: Office,
) -> None:
    anna = await office.hire()
    rows = [conversation(n, queued_at=BEGAN + timedelta(seconds=n // 7)) for n in range(10_000)]
    await mends_nothing(office.parts)
    await store(office.parts.db, rows)
    found: list[str] = []
    cursor: str | None = None
    async with office.parts.db.read() as session:
        while True:
            some = await page(session, anna.agent, View.QUEUE, after=cursor, rows=500)
            found += [row.id for row in some.rows]
            cursor = some.next
            if cursor is None:
                break
    assert found == [row["id"] for row in rows]
    first = await anna.page("/inbox", view="queue")
    assert first.count('class="row ') == 60
    assert ">99+<" in first


async def test_what_comes_meanwhile_neither_repeats_a_row_nor_hides_one(office: Office) -> None:
    anna, db = await office.hire(), office.parts.db
    await mends_nothing(office.parts)
    await store(db, [conversation(n, last_customer_at=BEGAN + timedelta(n)) for n in range(10)])
    async with db.read() as session:
        first = await page(session, anna.agent, View.UNASSIGNED, rows=4)
    newer = conversation(99, last_customer_at=BEGAN + timedelta(days=99))
    async with db.write() as tx:
        await tx.session.execute(insert(Conversation), [newer])
    async with db.read() as session:
        then = await page(session, anna.agent, View.UNASSIGNED, after=first.next, rows=4)
    assert [int(row.id[:8]) for row in (*first.rows, *then.rows)] == [9, 8, 7, 6, 5, 4, 3, 2]


async def test_the_page_goes_on_where_it_ended_and_says_how_it_is_sorted(office: Office) -> None:
    anna = await office.hire()
    await mends_nothing(office.parts)
    await store(office.parts.db, [conversation(n) for n in range(130)])
    first = await anna.page("/inbox", view="queue")
    assert "longest wait" in first
    seen: list[str] = []
    html = first
    for _ in range(3):
        seen += [part.split('"')[0] for part in html.split('id="row-')[1:]]
        if "/inbox/list/more?" not in html:
            break
        address = html.split('hx-get="/inbox/list/more?')[1].split('"')[0].replace("&amp;", "&")
        html = (await anna.http.get(f"/inbox/list/more?{address}")).text
    assert seen == [conversation(n)["id"] for n in range(130)]
    again = await anna.page("/inbox/list", view="queue", rows="120")
    assert again.count('class="row ') == 120
    numbers = await anna.page("/inbox/list", view="queue", rows="0")
    assert 'class="row ' not in numbers
    assert 'id="tab-queue"' in numbers


@pytest.mark.parametrize(
    "cursor", ["", "x", "bm9uc2Vuc2U", "W10", "WyJ0diIsICIyMDI2IiwgMV0", "A" * 500, "ł"]
)
async def test_a_cursor_that_is_none_shows_the_first_page(office: Office, cursor: str) -> None:
    anna = await office.hire()
    waiting = await office.customer_says("Hello?")
    assert waiting in await anna.page("/inbox/list/more", view="queue", after=cursor)


async def test_a_place_survives_the_address() -> None:
    keys = listing.ORDER[View.QUEUE]
    place = tuple(
        datetime.fromisoformat("2026-11-28T10:00:00.123456+00:00")
        if key.column.key.endswith("_at")
        else 2
        if key.column.key == "priority"
        else "some-id"
        for key in keys
    )
    assert unpacked(packed(place), keys) == place
