"""A transcript of any length: a window on it, the pages beside it, what comes in meanwhile."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event, insert

from bot.conversations.models import Message, Note, Turn
from bot.inbox.window import BEFORE, PAGE
from tests.inbox import AgentBrowser, Office
from tests.long_talk import lengthen

pytestmark = pytest.mark.asyncio

LENGTH = 1_000
CHANGED = "hx-swap-oob"


async def long_talk(office: Office, *, to: int = LENGTH, **fields: Any) -> str:
    first = "first" if "thread" not in fields else f"first {fields['thread']}"
    conversation = await office.customer_says("Hello?", external_id=first, **fields)
    await lengthen(office.parts.db, conversation, to=to)
    return conversation


def shown(html: str) -> list[str]:
    """The entries' ids in their order; those that replace old ones left out."""
    return re.findall(r'<article id="([mn][^"]+)" class="[^"]+">', html)


def replaced(html: str) -> list[str]:
    """The ids of the entries that replace old ones."""
    return re.findall(rf'<article id="([mn][^"]+)" class="[^"]+" {CHANGED}', html)


def numbers(html: str) -> list[int]:
    return [int(one[1:]) for one in shown(html) if one[0] == "m"]


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', html))


def offered(html: str) -> set[str]:
    """The ways out of the window that can be seen."""
    found = re.findall(r'data-more="(earlier|later)" (hidden)?', html)
    return {which for which, is_hidden in found if not is_hidden}


async def news(agent: AgentBrowser, conversation: str, page: str, **more: Any) -> str:
    """As a page with this window asks for it."""
    has = {name: hidden(page)[name] for name in ("window", "after", "notes", "changes", "more")}
    first = min(numbers(page), default=0)
    return await agent.page(
        f"/inbox/conversations/{conversation}/news", **(has | {"first": first} | more)
    )


@dataclass
class Cost:
    """Statements about messages and notes, and how many rows of a transcript all brought."""

    statements: int = 0
    loaded: int = 0


@contextmanager
def counted(office: Office) -> Iterator[Cost]:
    cost = Cost()

    def ask(_: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        # The desk's own sweeps, which ask meanwhile, look at neither.
        if re.search(r"FROM (messages|notes)\b", statement):
            cost.statements += 1

    def load(*_: Any) -> None:
        cost.loaded += 1

    engine = office.parts.db._reader.sync_engine
    event.listen(engine, "before_cursor_execute", ask)
    for table in (Message, Turn, Note):
        event.listen(table, "load", load)
    try:
        yield cost
    finally:
        event.remove(engine, "before_cursor_execute", ask)
        for table in (Message, Turn, Note):
            event.remove(table, "load", load)


async def test_opening_shows_the_newest_page(office: Office) -> None:
    anna = await office.hire()
    conversation = await long_talk(office)
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert numbers(page) == list(range(LENGTH - PAGE + 1, LENGTH + 1))
    assert offered(page) == {"earlier"}
    short = await long_talk(office, to=10, thread="t2")
    page = await anna.page(f"/inbox/conversations/{short}")
    assert numbers(page) == list(range(1, 11))
    assert offered(page) == set()


async def test_pages_beside_it_lead_to_both_ends_with_nothing_lost_or_twice(
    office: Office,
) -> None:
    anna = await office.hire()
    conversation = await long_talk(office, to=310)
    messages = await office.messages(conversation)
    notes = []
    async with office.parts.db.write() as tx:
        for number, at in enumerate(messages[i].created_at for i in (0, 120, 121, 195, 250, 309)):
            notes.append(
                {
                    "id": f"{number:08d}-0000-4000-8000-000000000000",
                    "conversation_id": conversation,
                    "agent_id": anna.agent.id,
                    "author_name": "Anna",
                    "text": f"Note {number}",
                    "created_at": at,
                }
            )
        await tx.session.execute(insert(Note), notes)
    entries = f"/inbox/conversations/{conversation}/entries"
    page = await anna.page(f"/inbox/conversations/{conversation}", **{"from": 195})
    assert offered(page) == {"earlier", "later"}
    found = shown(page)
    assert found.index("m195") == BEFORE
    end, window = page, hidden(page)["window"]
    while "later" in offered(end):
        end = await anna.page(entries, after=hidden(end)["after"], window=window)
        found += shown(end)
    assert hidden(end)["notes"] == str(len(notes))
    start = page
    while "earlier" in offered(start):
        start = await anna.page(entries, before=numbers(start)[0])
        found = shown(start) + found
    assert [one for one in found if one[0] == "m"] == [f"m{n}" for n in range(1, 311)]
    assert [one for one in found if one[0] == "n"] == [f"n{note['id']}" for note in notes]
    everything = await anna.page(f"/inbox/conversations/{conversation}/transcript")
    assert shown(everything) == found
    assert "/turns/" not in everything


async def test_what_the_address_cannot_mean_is_the_newest_page(office: Office) -> None:
    anna = await office.hire()
    conversation = await long_talk(office, to=200)
    path = f"/inbox/conversations/{conversation}"
    for asked in ({"from": "x"}, {"from": -3}, {"from": 99999}, {"note": "nothing"}, {"from": ""}):
        assert numbers(await anna.page(path, **asked))[-1] == 200
    assert numbers(await anna.page(path, **{"from": 1}))[0] == 1


async def test_live_news_are_added_at_the_end_alone(office: Office) -> None:
    anna = await office.hire()
    conversation = await long_talk(office, to=200)
    end = await anna.page(f"/inbox/conversations/{conversation}")
    middle = await anna.page(f"/inbox/conversations/{conversation}", **{"from": 90})
    await office.customer_says("Are you there?")
    last = len(await office.messages(conversation))
    added = await news(anna, conversation, end)
    assert numbers(added) == list(range(201, last + 1))
    assert hidden(added)["after"] == str(last)
    away = await news(anna, conversation, middle)
    assert numbers(away) == []
    assert hidden(away)["after"] == hidden(middle)["after"]
    assert hidden(away)["more"] == "later"
    assert hidden(away)["newest"] == str(last), "what the page counts new messages by"
    assert f'id="cursor-{hidden(middle)["window"]}"' in away, "of this window and of no other"


async def test_who_reads_above_does_not_close_what_they_have_not_seen(office: Office) -> None:
    anna, ola = await office.hire("Anna"), await office.hire("Ola")
    conversation = await long_talk(office, to=200)
    path = f"/inbox/conversations/{conversation}"
    middle = await ola.page(path, **{"from": 90})
    assert int(hidden(middle)["read"]) == numbers(middle)[-1]
    later = await news(ola, conversation, middle)
    assert hidden(later)["read"] == hidden(middle)["read"]
    epoch = await office.epoch(conversation)
    refused = await ola.act(conversation, "close", epoch=epoch, read=hidden(later)["read"])
    assert refused.status_code == 409
    # Who has read to the end may go back, and close from there.
    await anna.page(path)
    middle = await anna.page(path, **{"from": 90})
    assert hidden(middle)["read"] == "200"
    await office.customer_says("Are you there?")
    assert hidden(await news(anna, conversation, middle))["read"] == "200"
    assert (await anna.act(conversation, "close", epoch=epoch, read="200")).status_code == 409
    await anna.page(path)
    read = hidden(await news(anna, conversation, middle))["read"]
    closed = await anna.act(conversation, "close", epoch=epoch, read=read)
    assert closed.status_code == 200
    assert "close" in await office.events(conversation)


async def test_a_long_gap_is_a_page_and_a_way_on(office: Office) -> None:
    anna = await office.hire()
    conversation = await long_talk(office, to=20)
    page = await anna.page(f"/inbox/conversations/{conversation}")
    await anna.act(conversation, "note", note="Called them")
    await lengthen(office.parts.db, conversation, to=300)
    gap = await news(anna, conversation, page)
    assert numbers(gap) == list(range(21, 21 + PAGE))
    assert hidden(gap)["more"] == "later"
    found, end = numbers(gap), gap
    while not found or found[-1] < 300:
        path = f"/inbox/conversations/{conversation}/entries"
        end = await anna.page(path, after=hidden(end)["after"], window="w")
        found += numbers(end)
    assert found == list(range(21, 301))
    assert hidden(end)["more"] == ""
    assert hidden(end)["notes"] == "1"
    assert "Called them" not in await news(anna, conversation, end, first=1)


async def test_a_note_that_is_found_opens_where_it_was_written(office: Office) -> None:
    anna = await office.hire()
    conversation = await long_talk(office, to=40)
    await anna.act(conversation, "note", note="Refund agreed by phone")
    note = shown(await anna.page(f"/inbox/conversations/{conversation}"))[-1]
    async with office.parts.db.write() as tx:
        found = await tx.session.get_one(Note, note[1:])
        found.created_at = (await office.messages(conversation))[-1].created_at
    await lengthen(office.parts.db, conversation, to=400)
    results = await anna.page("/inbox", q="refund phone")
    place = f"?view=search%3Arefund%20phone&amp;note={note[1:]}#{note}"
    assert f'href="/inbox/conversations/{conversation}{place}"' in results
    page = await anna.page(f"/inbox/conversations/{conversation}", note=note[1:])
    assert f'data-sought="{note}"' in page
    assert note in shown(page)
    assert numbers(page)[0] == 40 - BEFORE
    assert "&amp;from=1#m1" in await anna.page("/inbox", q="hello")
    theirs = await long_talk(office, to=5, thread="t2")
    assert f'id="{note}"' not in await anna.page(f"/inbox/conversations/{theirs}", note=note[1:])


async def test_edits_and_withdrawals_come_into_the_window_that_shows_them(office: Office) -> None:
    anna = await office.hire()
    conversation = await long_talk(office, to=200)
    end = await anna.page(f"/inbox/conversations/{conversation}")
    start = await anna.page(f"/inbox/conversations/{conversation}", **{"from": 1})
    assert "Hello?" in start
    await office.parts.edits.edited("web", "first", "Hello, it is me")
    await office.parts.edits.edited("web", "t1:long:151", "In Łódź, I meant")
    in_start, in_end = await news(anna, conversation, start), await news(anna, conversation, end)
    assert f'<article id="m1" class="message by-customer" {CHANGED}="outerHTML">' in in_start
    assert "Hello, it is me" in in_start
    assert "In Łódź" not in in_start
    assert "In Łódź" in in_end
    assert 'id="m1"' not in in_end
    again = {"changes": hidden(in_start)["changes"]}
    assert 'id="m1"' not in await news(anna, conversation, start, **again), "once is enough"
    await office.parts.edits.withdrawn("web", "first")
    gone = await news(anna, conversation, start, **again)
    assert "The customer deleted this message" in gone
    assert "it is me" not in gone


async def test_an_open_page_goes_on_without_the_words_of_a_customer_who_was_forgotten(
    office: Office,
) -> None:
    anna = await office.hire()
    conversation = await long_talk(office, to=200)
    path = f"/inbox/conversations/{conversation}"
    await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
    await anna.act(conversation, "note", note="A word about her")
    end, start = await anna.page(path), await anna.page(path, **{"from": 1})
    assert "A word about her" in end
    await office.parts.edits.edited("web", "first", "Hello, it is me")
    await anna.act(conversation, "note", note="Another word about her")
    await office.parts.forgetting.forget("web", "t1")
    for page in (end, start):
        changed = await news(anna, conversation, page)
        assert replaced(changed) == shown(page)
        assert "word about her" not in changed
        assert "it is me" not in changed
        once = await news(anna, conversation, page, changes=hidden(changed)["changes"])
        assert replaced(once) == []
    [note] = [one for one in shown(await news(anna, conversation, end)) if one[0] == "n"]
    assert note not in replaced(changed), "what came since is new, and there once"


async def test_a_later_page_does_not_hide_what_was_changed_before(office: Office) -> None:
    anna = await office.hire()
    conversation = await long_talk(office, to=200)
    page = await anna.page(f"/inbox/conversations/{conversation}", **{"from": 1})
    await office.parts.edits.edited("web", "first", "Hello, it is me")
    has = {name: hidden(page)[name] for name in ("window", "after", "changes")}
    later = await anna.page(f"/inbox/conversations/{conversation}/entries", **has)
    assert hidden(later)["changes"] == hidden(page)["changes"]
    assert "Hello, it is me" in await news(anna, conversation, later, first=1)


async def test_the_bots_understanding_is_there_outside_the_newest_page(office: Office) -> None:
    anna = await office.hire()
    conversation = await long_talk(office)
    page = await anna.page(f"/inbox/conversations/{conversation}/entries", before=103)
    assert f"/inbox/conversations/{conversation}/turns/101" in page
    assert "/turns/102" not in page
    turn = await anna.page(f"/inbox/conversations/{conversation}/turns/101")
    assert "93 %" in turn


async def test_what_was_not_seen_stays_unread(office: Office) -> None:
    anna = await office.hire()
    conversation = await long_talk(office, to=301)
    path = f"/inbox/conversations/{conversation}"
    await anna.page(path, **{"from": 30})
    assert "is-unread" in await anna.page("/inbox", view="queue")
    page = await anna.page(f"{path}/entries", after=250)
    assert hidden(page)["more"] == ""
    assert "is-unread" not in await anna.page("/inbox", view="queue")


async def test_a_long_transcript_costs_no_more_to_read(office: Office) -> None:
    """Opening it, its news, a page beside and one around a message."""
    anna = await office.hire()
    # More than the card looks back (bot/handoff/queries.py): both are as dear as it gets.
    short, long = await long_talk(office, to=300, thread="t1"), await long_talk(office, thread="t2")
    costs = {}
    for conversation in (short, long):
        path = f"/inbox/conversations/{conversation}"
        await anna.page(path)  # which also notes that the agent has read it
        with counted(office) as cost:
            page = await anna.page(path)
            await news(anna, conversation, page)
            await anna.page(f"{path}/entries", before=190)
            await anna.page(path, **{"from": 180})
        costs[conversation] = cost
    assert costs[long].statements == costs[short].statements
    assert min(costs[long].statements, costs[long].loaded) > 0
    assert costs[long].loaded == costs[short].loaded
