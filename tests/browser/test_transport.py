"""The widget behind proxies that break sockets: it finds out by itself, and goes on without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.live import LiveDesk, Widget
from tests.browser.proxy import Proxy, Way, open_proxy

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

KEY = "firstline:customer-care:stream"


@pytest.fixture
def proxy(live_desk: LiveDesk) -> Iterator[Proxy]:
    with open_proxy(live_desk) as running:
        yield running


@pytest.mark.parametrize("way", [Way.REFUSES_SOCKETS, Way.HANGS_SOCKETS])
def test_where_sockets_are_broken_the_conversation_goes_by_streams(
    chromium: Browser, live_desk: LiveDesk, proxy: Proxy, way: Way
) -> None:
    proxy.way = way
    widget = Widget.visit(chromium, proxy.url)
    asked: list[str] = []
    widget.page.on("request", lambda request: asked.append(request.url))
    widget.open()
    widget.says("How long does delivery take?")
    expect(widget.row("bot", "Two working days.")).to_be_visible(timeout=30_000)
    assert proxy.upgrades == 2

    widget.chat.locator(".human").click()
    widget.hears("system", "passing you on")
    anna = live_desk.agent()
    anna.claims()
    anna.replies("Good morning!")
    widget.hears("agent", "Good morning!")
    expect(widget.row("customer", "How long")).to_have_count(1)

    token = widget.page.evaluate("localStorage.getItem('firstline:customer-care')")
    assert token
    assert not any(token in url for url in asked), "never in an address"
    widget.close_page()


def test_a_stream_is_remembered_over_pages_and_given_up_after_an_hour(
    chromium: Browser, proxy: Proxy
) -> None:
    proxy.way = Way.REFUSES_SOCKETS
    widget = Widget.visit(chromium, proxy.url)
    widget.open()
    widget.says("Hello?")
    widget.hears("bot", "Two working days.")
    tried = proxy.upgrades
    widget.page.reload()
    widget.hears("bot", "Two working days.")
    assert proxy.upgrades == tried, "the next page uses the stream at once"

    proxy.way = Way.OPEN
    widget.page.evaluate(f"localStorage.setItem('{KEY}', String(Date.now() - 1))")
    widget.page.reload()
    widget.hears("bot", "Two working days.")
    widget.says("And now?")
    expect(widget.chat.locator(".row.bot", has_text="Two working days.")).to_have_count(2)
    assert proxy.upgrades == tried + 1
    assert widget.page.evaluate(f"localStorage.getItem('{KEY}')") is None
    widget.close_page()


def test_a_stream_that_is_cut_comes_back_and_nothing_is_lost_or_doubled(
    chromium: Browser, proxy: Proxy
) -> None:
    proxy.way = Way.REFUSES_SOCKETS
    widget = Widget.visit(chromium, proxy.url)
    widget.open()
    widget.says("Before")
    widget.hears("bot", "Two working days.")
    proxy.becomes(Way.CUT)
    expect(widget.chat.locator(".notice")).to_contain_text("No connection")
    widget.says("Meanwhile")
    widget.says("And again")
    proxy.becomes(Way.REFUSES_SOCKETS)
    expect(widget.chat.locator(".notice")).to_be_hidden(timeout=30_000)
    expect(widget.chat.locator(".row.bot", has_text="Two working days.")).to_have_count(3)
    words = widget.chat.locator(".row.customer .bubble").all_inner_texts()
    assert words == ["Before", "Meanwhile", "And again"]
    widget.close_page()


def test_a_stream_whose_code_does_not_come_leaves_the_socket_a_chance(
    chromium: Browser, proxy: Proxy
) -> None:
    """A desk so busy that two welcomes came too late, and its second script is blocked."""
    proxy.way = Way.REFUSES_SOCKETS
    widget = Widget.visit(chromium, proxy.url)
    widget.page.route("**/widget/more.js*", lambda route: route.abort())
    widget.open()
    widget.says("Hello?")
    for _ in range(600):
        if proxy.upgrades >= 2:
            break
        widget.page.wait_for_timeout(50)
    proxy.becomes(Way.OPEN)
    expect(widget.row("bot", "Two working days.")).to_be_visible(timeout=60_000)
    widget.close_page()


def test_a_tab_with_a_socket_and_a_tab_without_are_one_conversation(
    chromium: Browser, live_desk: LiveDesk, proxy: Proxy
) -> None:
    proxy.way = Way.REFUSES_SOCKETS
    by_stream = Widget.visit(chromium, proxy.url)
    by_stream.open()
    by_stream.says("From the stream")
    by_stream.hears("bot", "Two working days.")
    token = by_stream.page.evaluate("localStorage.getItem('firstline:customer-care')")

    by_socket = Widget(chromium.new_context(locale="en-GB").new_page())
    by_socket.page.add_init_script(
        f"localStorage.setItem('firstline:customer-care', '{token}')"  # the same visitor
    )
    by_socket.page.goto(live_desk.url)
    by_socket.open()
    by_socket.hears("customer", "From the stream")
    by_socket.says("From the socket")
    by_stream.hears("customer", "From the socket")
    by_stream.says("Back")
    by_socket.hears("customer", "Back")
    by_stream.close_page()
    by_socket.close_page()
