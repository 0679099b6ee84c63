"""A page that sleeps, freezes or has no network while much happens: right afterwards, by itself.

No page here is loaded again: a mark that a reload would wipe off stays on it.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.channel import InboundMessage
from bot.inbox import live
from tests.browser.inbox import opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveAgent, LiveDesk
from tests.browser.proxy import Proxy, Way, open_proxy
from tests.desk import DESK

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
BACK_MS = 60_000


@pytest.fixture
def proxy(live_desk: LiveDesk) -> Iterator[Proxy]:
    with open_proxy(live_desk) as running:
        yield running


def customer_says(desk: LiveDesk, text: str, thread: str = "t1", *, person: bool = False) -> str:
    inbound = InboundMessage("web", thread, thread, DESK, f"{thread}:{text}", "en", text)
    door = desk.parts.frontdesk
    asked = door.ask_for_human(inbound) if person else door.receive_customer_message(inbound)
    return desk.run(asked).conversation


def working(browser: Browser, desk: LiveDesk, url: str) -> tuple[Page, LiveAgent]:
    """Anna has a conversation open, by way of this address."""
    anna = desk.agent()
    conversation = customer_says(desk, "Where is my parcel?", person=True)
    anna.claims()
    page = signed_in(browser, desk, anna)
    opens(page, f"{url}/inbox/conversations/{conversation}?view=queue")
    page.evaluate("() => { window.isTheSame = true; }")
    return page, anna


def much_happens(desk: LiveDesk, anna: LiveAgent) -> str:
    """Behind the page's back: words, a reply from elsewhere, and somebody new in the queue."""
    customer_says(desk, "Hello?")
    anna.replies("From my phone")
    customer_says(desk, "Thank you")
    return customer_says(desk, "A person!", "t2", person=True)


def is_right(page: Page, waits: str) -> None:
    """Everything is there, once and in order, and the page is the one that went to sleep."""
    expect(page.locator("#entries")).to_contain_text("Thank you", timeout=BACK_MS)
    expect(page.locator(f"#row-{waits}")).to_be_visible(timeout=BACK_MS)
    expect(page).to_have_title("(1) Inbox", timeout=BACK_MS)
    expect(page.locator("#offline")).to_be_hidden(timeout=BACK_MS)
    shown = page.locator("#entries .message").evaluate_all(
        "(all) => all.map((one) => Number(one.id.slice(1)))"
    )
    assert shown == list(range(1, len(shown) + 1))
    words = page.locator("#entries .by-customer .words, #entries .by-agent .words")
    said = [text.strip() for text in words.all_inner_texts()]
    assert said[-3:] == ["Hello?", "From my phone", "Thank you"]
    assert page.evaluate("() => window.isTheSame") is True


def hears(page: Page, desk: LiveDesk, words: str) -> None:
    """Live again: sooner than any page asks by itself."""
    customer_says(desk, words)
    expect(page.locator("#entries")).to_contain_text(words, timeout=PATIENCE_MS)


def test_without_a_network_it_says_so_and_fetches_the_gap(
    chromium: Browser, live_desk: LiveDesk, proxy: Proxy
) -> None:
    page, anna = working(chromium, live_desk, proxy.url)
    proxy.becomes(Way.CUT)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_contain_text("Connection lost", timeout=PATIENCE_MS)
    page.locator("#reply-text").press_sequentially("Dear Ola")
    waits = much_happens(live_desk, anna)
    page.locator("#reply-text").press("Enter")
    expect(page.locator("#alert")).to_contain_text("does not answer", timeout=PATIENCE_MS)
    expect(page.locator("#reply-text")).to_have_value("Dear Ola")
    proxy.becomes(Way.OPEN)
    page.context.set_offline(False)
    is_right(page, waits)
    expect(page.locator("#reply-text")).to_have_value("Dear Ola")
    hears(page, live_desk, "Are you there?")
    page.context.close()


def test_a_frozen_page_is_right_when_it_thaws(
    chromium: Browser, live_desk: LiveDesk, proxy: Proxy
) -> None:
    page, anna = working(chromium, live_desk, proxy.url)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    proxy.becomes(Way.OPEN)  # what was open ends, as behind a router that forgets
    waits = much_happens(live_desk, anna)
    devtools.send("Page.setWebLifecycleState", {"state": "active"})
    is_right(page, waits)
    hears(page, live_desk, "Are you there?")
    page.context.close()


# In front of the screen, and with the lid closed over night.
@pytest.mark.parametrize("time", ["00:45", "08:00:00"])
def test_a_line_that_is_dead_though_open_is_opened_anew(
    chromium: Browser,
    live_desk: LiveDesk,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    time: str,
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.5)
    page, anna = working(chromium, live_desk, proxy.url)
    page.clock.install()
    proxy.becomes(Way.SILENT, cut=False)  # and what was open then says nothing ever again
    waits = much_happens(live_desk, anna)
    proxy.becomes(Way.OPEN, cut=False)
    with page.expect_response("**/inbox/live", timeout=BACK_MS):
        page.clock.fast_forward(time)
    is_right(page, waits)
    hears(page, live_desk, "Are you there?")
    page.context.close()
