"""The survey as a customer meets it: at the end, once, by keyboard, over a reload."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.survey.models import Survey
from tests.browser.live import PATIENCE_MS, LiveDesk, Widget

pytestmark = pytest.mark.browser


def kept(desk: LiveDesk) -> Survey | None:
    there = desk.conversation().id

    async def find() -> Survey | None:
        async with desk.parts.db.read() as session:
            return await session.get(Survey, there)

    return desk.run(find())


def talked(chromium: Browser, desk: LiveDesk, **options: str) -> Widget:
    """A conversation with the bot and with Anna, who closes it."""
    widget = Widget.visit(chromium, desk.url, **options)
    widget.open()
    widget.says("How long does delivery take?")
    widget.hears("bot", "Two working days.")
    agent = desk.agent()
    agent.claims()
    agent.replies("Anything else?")
    widget.hears("agent", "Anything else?")
    expect(widget.chat.locator("form.survey")).to_have_count(0)
    agent.closes()
    expect(widget.chat.locator("form.survey")).to_be_visible(timeout=PATIENCE_MS)
    return widget


def test_bot_and_people_are_rated_apart_by_keyboard(
    chromium: Browser, live_desk: LiveDesk, shots: Path
) -> None:
    widget = talked(chromium, live_desk)
    widget.page.screenshot(path=shots / "widget-survey.png")
    keyboard = widget.page.keyboard
    bot = widget.chat.get_by_role("group", name="Assistant")
    bot.get_by_role("radio", name="1 of 5").focus()
    fill = "path => getComputedStyle(path).fill"
    star = bot.locator("path").nth(1)
    assert star.evaluate(fill) == "none"
    for key in ("ArrowRight", "Tab", "ArrowRight", "ArrowRight", "Tab"):
        keyboard.press(key)
    assert star.evaluate(fill) != "none", "the second star is full"
    keyboard.type("Anna was kind")
    keyboard.press("Tab")
    keyboard.press("Enter")
    expect(widget.chat.get_by_text("Thank you for your opinion.")).to_be_visible()
    expect(widget.input).to_be_focused()
    expect(widget.chat.locator("form.survey")).to_have_count(0)
    widget.page.wait_for_function("() => !Object.keys(localStorage).some(k => /pending/.test(k))")
    found = kept(live_desk)
    assert found is not None
    assert (found.bot_score, found.human_score, found.comment) == (2, 3, "Anna was kind")
    widget.page.reload()
    widget.hears("system", "closed")
    expect(widget.chat.locator("form.survey")).to_have_count(0)
    widget.close_page()


def test_it_survives_a_reload_and_not_now_is_for_good(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = talked(chromium, live_desk)
    widget.page.reload()
    form = widget.chat.locator("form.survey")
    expect(form).to_be_visible(timeout=PATIENCE_MS)
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("radio").first).to_be_focused()
    form.get_by_role("button", name="Not now").click()
    expect(form).to_have_count(0)
    expect(widget.input).to_be_focused()
    widget.page.reload()
    widget.hears("system", "closed")
    expect(form).to_have_count(0)
    assert kept(live_desk) is None
    widget.close_page()


def test_an_opinion_given_without_a_line_arrives_later(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = talked(chromium, live_desk)
    context = widget.page.context
    form = widget.chat.locator("form.survey")
    form.get_by_role("radio", name="4 of 5").first.check(force=True)
    context.set_offline(True)
    form.get_by_role("button", name="Send").click()
    expect(widget.chat.get_by_text("Thank you for your opinion.")).to_be_visible()
    assert kept(live_desk) is None
    context.set_offline(False)
    widget.page.wait_for_function(
        "() => !Object.keys(localStorage).some(k => /pending/.test(k))", timeout=30_000
    )
    found = kept(live_desk)
    assert found is not None
    assert (found.bot_score, found.human_score) == (4, None)
    widget.close_page()


def test_spam_is_not_asked(chromium: Browser, live_desk: LiveDesk) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.says("BUY CHEAP WATCHES")
    widget.hears("bot", "Two working days.")
    agent = live_desk.agent()
    agent.claims()
    agent.closes(as_spam=True)
    widget.hears("system", "closed")
    widget.page.wait_for_timeout(500)
    expect(widget.chat.locator("form.survey")).to_have_count(0)
    widget.close_page()


def test_in_polish_and_after_the_customer_ended_it(chromium: Browser, live_desk: LiveDesk) -> None:
    widget = Widget.visit(chromium, live_desk.url, locale="pl-PL")
    widget.open()
    widget.says("Ile trwa dostawa?")
    widget.hears("bot", "Two working days.")
    widget.chat.get_by_role("button", name="Więcej").click()
    widget.chat.get_by_role("button", name="Zakończ rozmowę").click()
    form = widget.chat.get_by_role("form", name="Jak oceniasz tę rozmowę?")
    expect(form).to_be_visible(timeout=PATIENCE_MS)
    expect(form.get_by_role("group")).to_have_count(1)
    form.get_by_role("radio", name="5 z 5").check(force=True)
    form.get_by_role("button", name="Wyślij").click()
    expect(widget.chat.get_by_text("Dziękujemy za opinię.")).to_be_visible()
    widget.close_page()
