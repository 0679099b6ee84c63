"""Finding conversations in Chromium: search while typing, long lists, filters, every look."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import insert, update

from bot.accounts.models import Agent
from bot.conversations.models import Conversation
from tests.bot.inbox.test_listing import BEGAN, conversation, store
from tests.browser.inbox import opens, scroll_on, signed_in, takes_look
from tests.browser.live import LiveDesk
from tests.browser.test_accessible import AXE_OPTIONS
from tests.browser.test_people import LOOKS
from tests.unmended import mends_nothing

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def waiting(live_desk: LiveDesk, count: int) -> None:
    """So many in the queue, the first since long ago."""
    rows = [conversation(n, queued_at=BEGAN + timedelta(seconds=n)) for n in range(count)]
    live_desk.run(mends_nothing(live_desk.parts))
    live_desk.run(store(live_desk.parts.db, rows))


def first_row(page: Page) -> tuple[str, float]:
    """The first row on the screen, and where."""
    found = page.evaluate(
        """() => {
            const top = document.querySelector(".list-pane").getBoundingClientRect().top + 140;
            const row = [...document.querySelectorAll(".row")].find(
                (one) => one.getBoundingClientRect().top > top);
            return [row.id, row.getBoundingClientRect().top];
        }"""
    )
    return found[0], found[1]


def test_a_long_list_goes_on_and_stays_where_it_is_read(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    waiting(live_desk, 400)
    page = signed_in(chromium, live_desk, live_desk.agent("Anna"))
    opens(page, f"{live_desk.url}/inbox?view=queue")
    rows = page.locator("#rows .row")
    expect(rows).to_have_count(60)
    for count in (120, 180):
        scroll_on(page, count)
    page.locator("#rows > li").nth(100).scroll_into_view_if_needed()
    row, place = first_row(page)
    older = conversation(999, queued_at=BEGAN - timedelta(days=1), thread="older")

    async def arrive() -> None:
        async with live_desk.parts.db.write() as tx:
            await tx.session.execute(insert(Conversation), [older])

    live_desk.run(arrive())
    with page.expect_response("**/inbox/list?*"):
        page.evaluate("document.body.dispatchEvent(new Event('refresh'))")
    expect(page.locator(f"#row-{older['id']}")).to_be_attached()
    expect(rows).to_have_count(180)
    after = page.locator(f"#{row}").bounding_box()
    assert after is not None
    assert abs(after["y"] - place) < 3


def test_searching_while_typing_opening_and_going_back(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    waiting(live_desk, 3)
    anna = live_desk.agent("Anna")

    async def note(number: int, words: str) -> None:
        found = conversation(number)["id"]
        agent = await asyncio.to_thread(lambda: anna._agent)
        await live_desk.parts.handoffs.note(agent, found, words)

    live_desk.run(note(1, "Zamówienie wysłane do Łodzi"))
    page = signed_in(chromium, live_desk, anna)
    opens(page, f"{live_desk.url}/inbox")
    page.keyboard.press("f")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("zamowieniami lodz")
    expect(page.locator("#rows .row")).to_have_count(1)
    expect(page.locator("#rows mark")).to_have_text(["Zamówienie", "Łodzi"])
    expect(page.locator("#search")).to_be_focused()
    page.locator("#rows .row").click()
    expect(page).to_have_url(re.compile("view=search"))
    expect(page.locator("#rows mark")).to_have_text(["Zamówienie", "Łodzi"])
    page.locator("#search").fill("")
    expect(page.locator("#rows .row")).to_have_count(3)


def test_views_and_filters_by_keyboard(chromium: Browser, live_desk: LiveDesk) -> None:
    waiting(live_desk, 3)
    page = signed_in(chromium, live_desk, live_desk.agent("Anna"))
    opens(page, f"{live_desk.url}/inbox")
    page.keyboard.press("g")
    page.keyboard.press("z")
    expect(page.locator("#list")).to_have_attribute("data-view", "snoozed")
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page.locator("#expression")).to_be_visible()
    page.locator("#expression").fill("status:queued and waiting>1m")
    page.locator("#filter-name").fill("Waits too long")
    page.keyboard.press("Enter")
    expect(page.locator("#rows .row")).to_have_count(3)
    expect(page.locator(".more-views summary")).to_have_text(re.compile("Waits too long"))


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_is_accessible(
    chromium: Browser, live_desk: LiveDesk, shots: Path, look: str
) -> None:
    language, options = LOOKS[look]
    waiting(live_desk, 70)
    anna = live_desk.agent("Anna")

    async def prepare() -> None:
        await live_desk.parts.handoffs.note(
            anna._agent, conversation(1)["id"], "Zamówienie z Łodzi: klient dzwonił <b>dwa razy</b>"
        )
        async with live_desk.parts.db.write() as tx:
            await tx.session.execute(update(Agent).values(language=language))

    live_desk.run(prepare())
    page = signed_in(chromium, live_desk, anna)
    takes_look(page, options)
    for name, path in (
        ("views", "/inbox?view=for_us"),
        ("search", "/inbox?q=zamowienia"),
        ("nothing", "/inbox?q=xyzzy"),
        ("problem", "/inbox?view=where:status:asleep"),
        ("filter", "/inbox/filters?view=where:status:asleep"),
    ):
        page.goto(f"{live_desk.url}{path}")
        if name == "views":
            page.locator(".more-views summary").click()
        page.screenshot(path=shots / f"finding-{name}-{look}.png")
        report: Any = Axe().run(page, options=AXE_OPTIONS)
        assert report.violations_count == 0, (name, report.generate_report())
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name
