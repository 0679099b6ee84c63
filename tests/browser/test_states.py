"""How far a message has come, what is new, and the way to the end of the list."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from bot.inbox import reading
from tests.browser.live import LiveAgent, LiveDesk, Widget
from tests.browser.proxy import Way, open_proxy

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def opens(desk: LiveDesk, agent: LiveAgent) -> None:
    """As the agent's page does when it shows the conversation."""
    there = desk.conversation()
    parts = desk.parts
    desk.run(
        reading.mark_read(
            parts.db, agent._agent, there.id, there.last_seq, publish=parts.bus.publish
        )
    )


def test_a_message_is_sending_then_delivered_then_read(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    with open_proxy(live_desk) as proxy:
        widget = Widget.visit(chromium, proxy.url)
        widget.open()
        state = widget.chat.locator(".state")
        widget.says("First")
        widget.hears("bot", "Two working days.")
        expect(state).to_have_text("Read")

        proxy.becomes(Way.CUT)
        expect(widget.chat.locator(".notice")).to_contain_text("No connection")
        widget.says("Second")
        expect(state).to_have_text("Sending…")
        live_desk.is_silent()
        proxy.becomes(Way.OPEN)
        expect(state).to_have_text("Delivered", timeout=30_000)
        live_desk.answers("Later.")
        expect(state).to_have_text("Read")
        widget.close_page()


def test_in_a_queue_it_is_sent_with_an_agent_delivered_and_opened_read(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    anna = live_desk.agent()
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    state = widget.chat.locator(".state")
    widget.chat.locator(".human").click()
    widget.hears("system", "passing you on")
    expect(state).to_have_text("Sent")
    anna.claims()
    expect(state).to_have_text("Delivered")
    opens(live_desk, anna)
    expect(state).to_have_text("Read")
    widget.says("Are you there?")
    expect(state).to_have_text("Delivered")
    opens(live_desk, anna)
    expect(state).to_have_text("Read")
    widget.page.reload()
    expect(state).to_have_text("Read")
    widget.close_page()


def test_a_refused_message_is_sent_again_with_one_click(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.says("Hello")
    widget.hears("bot", "Two working days.")
    conversations = live_desk.parts.frontdesk._conversations
    conversations._max_text_length = 3
    widget.says("Too long now")
    failed = widget.chat.locator(".state.failed")
    expect(failed).to_contain_text("Not sent")
    assert Axe().run(widget.page).response["violations"] == []
    conversations._max_text_length = 4000
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_have_count(0)
    expect(widget.chat.locator(".row.bot", has_text="Two working days.")).to_have_count(2)
    expect(widget.row("customer", "Too long now")).to_have_count(1)
    widget.close_page()
