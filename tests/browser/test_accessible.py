"""WCAG 2.2 AA in the browser: what is heard, where the focus goes, what axe and Chromium's own
accessibility tree say, at every size and in every look."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.live import LiveDesk, Widget

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}}


def heard(widget: Widget) -> list[str]:
    return widget.chat.locator("[aria-live=polite]").first.locator("div").all_inner_texts()


def test_new_messages_are_heard_and_history_is_not(chromium: Browser, live_desk: LiveDesk) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.says("How long?")
    widget.hears("bot", "Two working days.")
    assert "Assistant: Two working days." in heard(widget)
    assert not any("How long?" in words for words in heard(widget)), "what was typed is known"
    widget.page.reload()
    widget.hears("bot", "Two working days.")
    assert heard(widget) == []
    live_desk.says("Three in winter.")
    widget.says("And in winter?")
    widget.hears("bot", "Three in winter.")
    assert any("Three in winter." in words for words in heard(widget))
    expect(widget.log).to_have_attribute("aria-live", "off")
    widget.close_page()


def test_what_comes_in_after_a_gap_is_heard(chromium: Browser, live_desk: LiveDesk) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.says("Hello")
    widget.hears("bot", "Two working days.")
    agent = live_desk.agent()
    agent.claims()
    widget.page.context.set_offline(True)
    agent.replies("I am Anna.")
    widget.page.context.set_offline(False)
    widget.hears("agent", "I am Anna.")
    assert "Anna: I am Anna." in heard(widget)
    widget.close_page()


def test_with_the_chat_closed_only_the_number_is_heard(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.says("Hello")
    widget.hears("bot", "Two working days.")
    agent = live_desk.agent()
    agent.claims()
    widget.page.keyboard.press("Escape")
    agent.replies("A secret for your eyes")
    expect(widget.chat.locator(".badge")).to_be_visible()
    assert any("unread" in words for words in heard(widget))
    assert not any("secret" in words for words in heard(widget))
    widget.close_page()


def test_on_a_phone_the_focus_stays_in_the_chat_and_elsewhere_it_may_leave(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    phone = Widget.visit(chromium, live_desk.url, **PHONE)
    phone.open()
    expect(phone.panel).to_have_attribute("aria-modal", "true")
    phone.says("Hello")
    phone.hears("bot", "Two working days.")
    where = "document.activeElement.tagName"
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 12:
        phone.page.keyboard.press(key)
        assert phone.page.evaluate(where) == "FIRSTLINE-CHAT", key
    phone.page.keyboard.press("Escape")
    expect(phone.chat.locator(".launcher")).to_be_focused()
    phone.close_page()

    desktop = Widget.visit(chromium, live_desk.url)
    desktop.open()
    expect(desktop.panel).to_have_attribute("aria-modal", "false")
    met = set()
    for _ in range(12):
        desktop.page.keyboard.press("Shift+Tab")
        met.add(desktop.page.evaluate(where))
    assert met > {"FIRSTLINE-CHAT"}
    desktop.close_page()


def test_the_menu_opens_closes_and_gives_the_focus_back(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    more = widget.chat.get_by_role("button", name="More")
    expect(more).to_be_hidden()
    widget.says("Hello")
    widget.hears("bot", "Two working days.")
    more.focus()
    widget.page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(widget.chat.locator(".menu button").first).to_be_focused()
    widget.page.keyboard.press("Escape")
    expect(widget.chat.locator(".menu")).to_be_hidden()
    expect(more).to_be_focused()
    expect(widget.panel).to_be_visible()
    widget.page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    widget.close_page()
