"""Tabs, reloads, restarts and networks that end: one conversation, nothing lost, nothing twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.live import PATIENCE_MS, LiveDesk, Widget, open_live_desk
from tests.browser.proxy import Proxy, Way, open_proxy
from tests.processes import free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

BACK_MS = 40_000


@pytest.fixture
def proxy(live_desk: LiveDesk) -> Iterator[Proxy]:
    with open_proxy(live_desk) as running:
        yield running


def tab(context: BrowserContext, url: str) -> Widget:
    page = context.new_page()
    page.goto(url)
    widget = Widget(page)
    expect(widget.chat.locator(".launcher")).to_be_visible()
    if not widget.panel.is_visible():
        widget.open()
    return widget


def words(widget: Widget) -> list[str]:
    """What the customer said, as this tab shows it."""
    return widget.chat.locator(".row.customer .bubble").all_inner_texts()


def test_five_tabs_are_one_conversation(chromium: Browser, proxy: Proxy) -> None:
    context = chromium.new_context(locale="en-GB")
    tabs = [tab(context, proxy.url) for _ in range(5)]
    said = []
    for number, each in enumerate(tabs, start=1):
        each.page.bring_to_front()
        each.says(f"From tab {number}")
        said.append(f"From tab {number}")
        expect(each.chat.locator(".row.bot", has_text="Two working days.")).to_have_count(number)
    for each in tabs:
        expect(each.row("customer", "From tab 5")).to_be_visible()
        expect(each.chat.locator(".row.bot", has_text="Two working days.")).to_have_count(5)
        assert words(each) == said

    proxy.becomes(Way.CUT)
    for number, each in enumerate(tabs, start=1):
        expect(each.chat.locator(".notice")).to_contain_text("No connection")
        each.says(f"Offline {number}")
    proxy.becomes(Way.OPEN)
    for each in tabs:
        each.page.bring_to_front()
        expect(each.chat.locator(".row.bot", has_text="Two working days.")).to_have_count(
            10, timeout=BACK_MS
        )
    orders = {tuple(words(each)) for each in tabs}
    assert len(orders) == 1, "the same order in every tab"
    assert sorted(orders.pop()) == sorted(said + [f"Offline {n}" for n in range(1, 6)])
    context.close()


def test_what_a_closed_tab_left_unsent_goes_out_from_another(
    chromium: Browser, proxy: Proxy
) -> None:
    context = chromium.new_context(locale="en-GB")
    stays, goes = tab(context, proxy.url), tab(context, proxy.url)
    goes.says("Before")
    stays.hears("bot", "Two working days.")
    proxy.becomes(Way.CUT)
    expect(goes.chat.locator(".notice")).to_contain_text("No connection")
    goes.says("Written offline")
    expect(goes.chat.locator(".state")).to_have_text("Sending…")
    goes.page.close()
    proxy.becomes(Way.OPEN)
    expect(stays.chat.locator(".row.bot", has_text="Two working days.")).to_have_count(
        2,
        timeout=2 * BACK_MS,  # found with the next ping at the latest
    )
    assert words(stays) == ["Before", "Written offline"]
    context.close()


def test_messages_of_an_offline_page_survive_its_reload(chromium: Browser, proxy: Proxy) -> None:
    widget = Widget.visit(chromium, proxy.url)
    widget.open()
    widget.says("First")
    widget.hears("bot", "Two working days.")
    # The page and its script come; the desk's own requests do not.
    broken = [True]
    widget.page.route(
        "**/widget/session", lambda route: route.abort() if broken[0] else route.continue_()
    )
    proxy.becomes(Way.OPEN)  # cuts what is open
    expect(widget.chat.locator(".notice")).to_contain_text("No connection")
    widget.says("Second")
    widget.says("Third")
    widget.page.reload()
    expect(widget.chat.locator(".state")).to_have_text(["Sending…", "Sending…"])
    broken[0] = False
    expect(widget.chat.locator(".row.bot", has_text="Two working days.")).to_have_count(
        3, timeout=BACK_MS
    )
    assert words(widget) == ["First", "Second", "Third"]
    widget.close_page()


def test_the_conversation_goes_on_on_the_next_page(chromium: Browser, live_desk: LiveDesk) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.says("On the first page")
    widget.hears("bot", "Two working days.")
    widget.page.goto(f"{live_desk.url}/?lang=en&page=2")
    expect(widget.panel).to_be_visible()
    widget.hears("customer", "On the first page")
    widget.says("On the second page")
    expect(widget.chat.locator(".row.bot", has_text="Two working days.")).to_have_count(2)
    widget.close_page()


def test_a_network_that_falls_silent_is_noticed_and_the_gap_fetched(
    chromium: Browser, live_desk: LiveDesk, proxy: Proxy
) -> None:
    widget = Widget.visit(chromium, proxy.url)
    widget.open()
    widget.chat.locator(".human").click()
    widget.hears("system", "passing you on")
    anna = live_desk.agent()
    anna.claims()
    widget.hears("system", "Anna has joined")
    proxy.becomes(Way.SILENT, cut=False)
    anna.replies("Are you still there?")
    widget.says("Yes, I am")  # nobody answers: the line is dead, though open
    expect(widget.chat.locator(".notice")).to_contain_text("No connection", timeout=BACK_MS)
    proxy.becomes(Way.OPEN)
    widget.hears("agent", "Are you still there?")
    expect(widget.chat.locator(".notice")).to_be_hidden(timeout=BACK_MS)
    expect(widget.chat.locator(".state")).to_have_text("Delivered")
    assert words(widget)[-1] == "Yes, I am"
    widget.close_page()


@pytest.mark.parametrize("without_sockets", [False, True])
def test_a_desk_that_restarts_in_the_middle_of_a_message_loses_nothing(
    chromium: Browser, tmp_path: Path, without_sockets: bool
) -> None:
    port = free_port()
    with open_live_desk(tmp_path, port=port) as desk:
        widget = Widget.visit(chromium, desk.url)
        if without_sockets:
            widget.page.evaluate(
                "localStorage.setItem('firstline:customer-care:stream', Date.now() + 3_600_000)"
            )
            widget.page.reload()
        widget.open()
        widget.says("Before")
        widget.hears("bot", "Two working days.")
        desk.is_silent()
        widget.says("In the middle")
        expect(widget.chat.locator(".state")).to_have_text("Delivered")
    expect(widget.chat.locator(".notice")).to_contain_text("No connection", timeout=PATIENCE_MS)
    widget.says("While it is away")
    with open_live_desk(tmp_path, port=port):
        expect(widget.chat.locator(".notice")).to_be_hidden(timeout=BACK_MS)
        expect(widget.chat.locator(".row.bot", has_text="Two working days.")).to_have_count(
            3, timeout=BACK_MS
        )
        assert words(widget) == ["Before", "In the middle", "While it is away"]
        widget.close_page()
