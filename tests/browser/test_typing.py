"""Whoever waits for an answer sees that it is being written, on both sides."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.inbox import opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveDesk, Widget

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_customer_and_agent_see_each_other_write(chromium: Browser, live_desk: LiveDesk) -> None:
    anna = live_desk.agent()
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.chat.locator(".human").click()
    widget.hears("system", "passing you on")
    anna.claims()
    widget.hears("system", "Anna has joined")
    inbox = signed_in(chromium, live_desk, anna)
    opens(inbox, f"{live_desk.url}/inbox/conversations/{live_desk.conversation().id}")
    line = inbox.locator(".typing")
    expect(line).to_have_text("")

    widget.input.press_sequentially("Good mor", delay=30)
    expect(line).to_have_text("The customer is writing…", timeout=PATIENCE_MS)
    widget.says("Good morning")
    expect(inbox.locator("#entries")).to_contain_text("Good morning", timeout=PATIENCE_MS)
    expect(line).to_have_text("")

    field = inbox.locator("#reply-text")
    field.press_sequentially("Hel", delay=30)
    typing = widget.chat.locator(".typing")
    expect(typing).to_contain_text("Anna is typing", timeout=PATIENCE_MS)
    field.fill("Hello!")
    field.press("Control+Enter")
    widget.hears("agent", "Hello!")
    expect(typing).to_have_count(0)
    inbox.context.close()
    widget.close_page()


def test_it_fades_when_nothing_comes_of_it(chromium: Browser, live_desk: LiveDesk) -> None:
    anna = live_desk.agent()
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.chat.locator(".human").click()
    widget.hears("system", "passing you on")
    anna.claims()
    inbox = signed_in(chromium, live_desk, anna)
    opens(inbox, f"{live_desk.url}/inbox/conversations/{live_desk.conversation().id}")
    widget.input.press_sequentially("Hm")
    line = inbox.locator(".typing")
    expect(line).to_have_text("The customer is writing…", timeout=PATIENCE_MS)
    expect(line).to_have_text("", timeout=PATIENCE_MS)
    inbox.context.close()
    widget.close_page()
