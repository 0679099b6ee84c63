"""Putting customers together in the inbox: find, compare, choose; and what agents see then."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.accounts.permissions import Role
from bot.channel import Rating
from bot.conversations.models import Customer
from bot.records.models import Label
from tests.bot.inbox.test_customers import over
from tests.identity import write_desks
from tests.inbox import AgentBrowser, Office, open_office

pytestmark = pytest.mark.asyncio
PAGE = "/inbox/customers"


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path, desks_file=write_desks(tmp_path)) as opened:
        yield opened


async def lead(office: Office) -> AgentBrowser:
    return await office.hire("Ola", desks=["customer-care", "it-help"], role=Role.LEAD)


async def comes(
    office: Office, thread: str, *, channel: str = "web", **columns: str
) -> tuple[str, str]:
    """A conversation and its customer, with these columns."""
    there = await office.customer_says("Hello", thread=thread, channel=channel)
    customer = (await office.conversation(there)).customer_id
    if columns:
        async with office.parts.db.write() as tx:
            for one in await tx.session.scalars(select(Customer).where(Customer.id == customer)):
                for name, value in columns.items():
                    setattr(one, name, value)
    return there, customer


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return unescape(found[1])


async def put_together(ola: AgentBrowser, kept: str, gone: str, **chosen: str) -> None:
    address = f"{PAGE}/{kept}/merge/{gone}"
    shown = await ola.page(address)
    fields = {"keep": kept, "seen": field(shown, "seen")} | chosen
    response = await ola.post(address, htmx=False, **fields)
    assert response.status_code == 303, response.text
    assert response.headers["location"].startswith(f"{PAGE}/{fields['keep']}?")


async def test_the_comparison_shows_what_there_is_and_where_they_differ(office: Office) -> None:
    ola = await lead(office)
    first = await over(office, ola, thread="a")
    await office.parts.surveys.rate("web", "a", Rating(first, {"human": 5}, ""))
    _, anna = await comes(office, "a", name="Anna Nowak", email="anna@example.com")
    second, ania = await comes(
        office, "b", channel="slack", name="Ania <b>", email="anna@example.com"
    )
    await ola.act(first, "note", note="Knows us")
    await ola.act(first, "facts", name="order_number", value="10482")
    async with office.parts.db.write() as tx:
        tx.session.add(Label(desk="customer-care", key="vip", name="VIP", colour="red"))
    await ola.act(second, "labels", label="1")
    shown = await ola.page(f"{PAGE}/{anna}")
    assert f'href="{PAGE}/{anna}/merge/{ania}?' in shown
    shown = await ola.page(f"{PAGE}/{anna}/merge/{ania}")
    assert "Ania &lt;b&gt;" in shown
    assert "<b>" not in shown
    for words in (
        "2 conversations",
        "1 conversation",
        "1 note",
        "1 fact that agents set",
        "1 rating",
    ):
        assert f"<li>{words}</li>" in shown, words
    assert shown.count("<li>1 address of a channel</li>") == 2
    assert "<li>1 label</li>" in shown
    assert "Which name is shown?" in shown
    assert "Which e-mail address is shown?" not in shown, "there is only one"
    assert f'name="keep" value="{anna}" required checked' in shown, "who came first"


async def test_one_timeline_one_name_and_the_way_back(office: Office) -> None:
    ola = await lead(office)
    first, anna = await comes(office, "a", name="Anna Nowak", email="anna@example.com")
    second, ania = await comes(office, "b", channel="slack", name="Ania", phone="600700800")
    await put_together(ola, anna, ania, name=ania)
    for address in (anna, ania):
        shown = await ola.page(f"{PAGE}/{address}")
        timeline = shown[shown.index('class="timeline"') :]
        assert first in timeline
        assert second in timeline
        assert '<h1 id="customer" tabindex="-1" dir="auto">Ania</h1>' in shown
        assert "mailto:anna@example.com" in shown
        assert "tel:600700800" in shown
        assert "Put together by Ola" in shown
        assert f"{PAGE}/{ania}/split?" in shown
        assert "Perhaps the same person" in shown
        assert "Nobody has checked" not in shown
    queue = await ola.page("/inbox", view="queue")
    assert queue.count("Ania</span>") == 2
    card = await ola.page(f"/inbox/conversations/{second}")
    assert "the same person as" in card
    assert "Nobody has proven it here" in card
    assert f'href="/inbox/conversations/{first}' in card[card.index('id="evidence"') :]
    for words in ("nowak", "600700800"):
        for there in (first, second):
            assert there in await ola.page("/inbox", q=words), words
            assert there in await ola.page("/inbox", view=f"where:customer:{words}"), words
    response = await ola.post(f"{PAGE}/{ania}/split", htmx=False)
    assert response.headers["location"].startswith(f"{PAGE}/{anna}?")
    shown = await ola.page(f"{PAGE}/{anna}")
    assert second not in shown[shown.index('class="timeline"') :]
    assert "Anna Nowak" in shown
    assert first not in (await ola.page("/inbox", q="600700800")).split('id="list-open"')[0]
    refused = await ola.post(f"{PAGE}/{ania}/split")
    assert refused.status_code == 409
    assert "not under another one any more" in refused.text


async def test_the_other_one_is_found_by_name_address_number_or_code(office: Office) -> None:
    ola = await lead(office)
    _, anna = await comes(office, "a", name="Anna Nowak")
    _, slack = await comes(office, "b", channel="slack", name="Łukasz Wójcik", email="l@x.example")
    _, guest = await comes(office, "c", phone="+48 600 700 800")
    address = f"{PAGE}/{anna}/merge"
    assert "Nobody else has the same" in await ola.page(address)
    for typed, found in (("wojcikiem", slack), ("l@x.example", slack), ("600700800", guest)):
        shown = await ola.page(address, who=typed)
        assert f"{PAGE}/{anna}/merge/{found}?" in shown, typed
        assert shown.count(f"{PAGE}/{anna}/merge/") == 1
    assert f"/merge/{guest}?" in await ola.page(address, who=f"Visitor {guest[:4].upper()}")
    assert "Nobody else was found" in await ola.page(address, who="nowak")
    assert "Nobody else was found" in await ola.page(address, who='"?!')
    stranger = await office.hire("Igor", desks=["it-help"], role=Role.LEAD)
    assert (await stranger.http.get(address)).status_code == 404


async def test_what_has_changed_meanwhile_is_told_and_nothing_done(office: Office) -> None:
    ola = await lead(office)
    (_, a), (_, b), (_, c) = [await comes(office, key, name=key.upper()) for key in "abc"]
    old = field(await ola.page(f"{PAGE}/{a}/merge/{b}"), "seen")
    await put_together(ola, b, c)
    refused = await ola.post(f"{PAGE}/{a}/merge/{b}", keep=a, seen=old)
    assert refused.status_code == 409
    assert "while you were looking" in refused.text
    assert (await ola.http.get(f"{PAGE}/{b}/merge/{c}")).status_code == 409


async def test_agents_see_it_and_leads_do_it(office: Office) -> None:
    ola, anna = await lead(office), await office.hire("Anna")
    (_, a), (_, b) = [await comes(office, key, email="x@example.com") for key in "ab"]
    assert f"{PAGE}/{a}/merge" not in await anna.page(f"{PAGE}/{a}")
    assert (await anna.http.get(f"{PAGE}/{a}/merge/{b}")).status_code == 403
    await put_together(ola, a, b)
    shown = await anna.page(f"{PAGE}/{a}")
    assert "Put together by Ola" in shown
    assert "/split" not in shown
    assert (await anna.post(f"{PAGE}/{b}/split")).status_code == 403


async def test_the_audit_log_names_the_act(office: Office) -> None:
    ola = await lead(office)
    (_, a), (_, b) = [await comes(office, key) for key in "ab"]
    await put_together(ola, a, b)
    manager = await office.hire("Maria", role=Role.MANAGER)
    page = await manager.page("/inbox/audit")
    assert "Put two customers together" in page
    assert f'href="{PAGE}/{a}"' in page


async def test_it_speaks_polish(office: Office) -> None:
    ola = await lead(office)
    (_, a), (_, b) = [await comes(office, key, name=key.upper()) for key in "ab"]
    await ola.post("/inbox/language", htmx=False, language="pl", back="/inbox")
    shown = await ola.page(f"{PAGE}/{a}/merge/{b}")
    assert "To jedna osoba: połącz" in shown
    assert "1 rozmowa" in shown
    await put_together(ola, a, b)
    assert "Rozdziel" in await ola.page(f"{PAGE}/{a}")
