"""Two agents with one conversation on their screens: each sees the other look, write and go."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from bot.channel import InboundMessage
from bot.clock import now
from bot.writing.models import Viewer
from bot.writing.viewers import SEEN_FOR
from tests.browser.inbox import opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveDesk
from tests.desk import DESK

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def says(page: Page, words: str) -> None:
    """The line is told by an event at once; by itself it would be asked for after 30 s alone."""
    expect(page.locator(".viewers")).to_have_text(words, timeout=PATIENCE_MS)


def waiting(desk: LiveDesk, thread: str) -> str:
    """The path of a conversation that nobody has."""
    inbound = InboundMessage("web", thread, thread, DESK, f"{thread}:1", "en", "Hello?")
    receipt = desk.run(desk.parts.frontdesk.ask_for_human(inbound))
    return f"/inbox/conversations/{receipt.conversation}"


def test_who_else_looks_and_writes_is_seen_without_a_reload(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    places = [waiting(live_desk, thread) for thread in ("t1", "t2")]
    hers = signed_in(chromium, live_desk, live_desk.agent("Anna"))
    his = signed_in(chromium, live_desk, live_desk.agent("Piotr"))
    opens(hers, live_desk.url + places[0])
    hers.evaluate("window.isTheSame = true")
    says(hers, "")
    opens(his, live_desk.url + places[0])
    says(his, "Also looking at this: Anna")
    says(hers, "Also looking at this: Piotr")

    his.locator(".note-box summary").press("Enter")
    his.locator("#note-text").press_sequentially("I know this customer")
    says(hers, "Writing here as well: Piotr")

    his.locator(f"#rows a[href^='{places[1]}']").press("Enter")
    expect(his).to_have_url(re.compile(places[1]))
    expect(his.locator(f"#work[data-conversation='{places[1][-36:]}']")).to_be_visible()
    says(hers, "")
    his.go_back()
    says(hers, "Also looking at this: Piotr")
    his.goto("about:blank")
    says(hers, "")
    assert hers.evaluate("window.isTheSame"), "all of it without a reload"
    for page in (hers, his):
        page.context.close()


def test_a_page_that_stays_open_is_seen_until_its_tab_is_hidden(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    place = live_desk.url + waiting(live_desk, "t1")
    hers = signed_in(chromium, live_desk, live_desk.agent("Anna"))
    his = signed_in(chromium, live_desk, live_desk.agent("Piotr"))
    his.clock.install()
    opens(his, place)
    opens(hers, place)
    says(hers, "Also looking at this: Piotr")

    silent_for_too_long(live_desk)
    opens(hers, place)
    says(hers, "")
    his.clock.fast_forward(20_000)
    says(hers, "Also looking at this: Piotr")

    show_tab(his, "hidden")
    says(hers, "")
    show_tab(his, "visible")
    says(hers, "Also looking at this: Piotr")
    for page in (hers, his):
        page.context.close()


def silent_for_too_long(desk: LiveDesk) -> None:
    """As if no page had said for so long that it is there."""

    async def age() -> None:
        async with desk.parts.db.write() as tx:
            await tx.session.execute(update(Viewer).values(seen_at=now() - SEEN_FOR))

    desk.run(age())


def show_tab(page: Page, state: str) -> None:
    """A headless browser shows all of its tabs: it is told that it does not."""
    page.evaluate(
        """state => {
            const told = { value: state, configurable: true };
            Object.defineProperty(document, "visibilityState", told);
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )
