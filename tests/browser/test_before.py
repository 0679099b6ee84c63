"""Before the chat: the form, the consent, and the chat that speaks first."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.site import DESKS, Site, look, open_site, visit

pytestmark = pytest.mark.browser

ASKING = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
[customer-care.widget.consent]
en = "I have read https://shop.example/privacy and agree that this chat is stored."
pl = "Przeczytałem https://shop.example/privacy i zgadzam się na przechowywanie rozmowy."
[[customer-care.widget.form]]
key = "mail"
label = { en = "Your e-mail", pl = "Twój e-mail" }
kind = "email"
required = true
[[customer-care.widget.form]]
key = "phone"
label = { en = "Phone", pl = "Telefon" }
kind = "phone"
[[customer-care.widget.form]]
key = "topic"
label = { en = "What is it about?", pl = "Czego dotyczy sprawa?" }
kind = "select"
required = true
options = [{ value = "order", label = { en = "An order", pl = "Zamówienie" } }]
[[customer-care.widget.proactive]]
page = "/open*"
after_seconds = 0
show = "open"
text = { en = "May I help?", pl = "Pomóc?" }
[[customer-care.widget.proactive]]
page = "/pay*"
after_seconds = 1
text = { en = "Questions about paying?", pl = "Pytania o płatność?" }
"""
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("site"), ASKING) as running:
        yield running


def test_the_form_is_filled_in_by_keyboard_and_the_answers_reach_the_agent(
    site: Site, chromium: Browser
) -> None:
    here = visit(chromium, site.put("/", site.script()))
    here.chat.locator(".launcher").focus()
    here.page.keyboard.press("Enter")
    expect(here.chat.get_by_label("Your e-mail")).to_be_focused()
    here.page.keyboard.type("anna@")
    here.page.keyboard.press("Enter")
    alerts = here.chat.locator(".intake .told")
    expect(alerts.nth(0)).to_have_text("This is no e-mail address")
    expect(alerts.nth(2)).to_have_text("Please fill this in")
    expect(alerts.nth(3)).to_have_text("The chat needs your consent")
    expect(here.chat.get_by_label("Your e-mail")).to_be_focused()
    expect(here.chat.get_by_label("Your e-mail")).to_have_attribute("aria-invalid", "true")
    here.page.keyboard.type("example.com")
    here.page.keyboard.press("Tab")
    here.page.keyboard.press("Tab")
    here.page.keyboard.press("ArrowDown")
    here.page.keyboard.press("Tab")
    here.page.keyboard.press("Space")
    here.page.keyboard.press("Enter")
    expect(here.chat.locator("textarea")).to_be_focused()
    here.ask("Hello?")
    assert here.errors == []
    again = look(here.page.context.new_page(), f"{site.url}/")
    expect(again.chat.locator(".row.customer")).to_have_count(1)  # and no form


def test_the_server_has_the_last_word_and_what_was_typed_stays(
    site: Site, chromium: Browser
) -> None:
    here = visit(chromium, site.put("/", site.script()))
    here.open()
    here.chat.get_by_label("Your e-mail").fill("anna@localhost")  # good for a browser
    here.chat.get_by_label("What is it about?").select_option("order")
    here.chat.get_by_role("checkbox").check()
    here.chat.get_by_role("button", name="Start the chat").click()
    expect(here.chat.locator(".intake .told").first).to_have_text("This is no e-mail address")
    here.chat.get_by_role("button", name="Polski").click()
    expect(here.chat.get_by_label("Twój e-mail")).to_have_value("anna@localhost")


def test_what_a_page_sends_before_the_form_waits_and_is_not_lost(
    site: Site, chromium: Browser
) -> None:
    here = visit(chromium, site.put("/", site.script()))
    here.page.evaluate("Firstline.open(); Firstline.send('Where is my order?')")
    expect(here.chat.locator(".intake form")).to_be_visible()
    here.page.reload()
    expect(here.chat.locator(".intake form")).to_be_visible()
    here.chat.get_by_label("Your e-mail").fill("anna@example.com")
    here.chat.get_by_label("What is it about?").select_option("order")
    here.chat.get_by_role("checkbox").check()
    here.chat.get_by_role("button", name="Start the chat").click()
    expect(here.chat.locator(".row.bot")).to_have_count(1, timeout=15_000)
    expect(here.chat.locator(".row.customer")).to_contain_text("Where is my order?")


def test_without_a_connection_the_form_says_so_and_keeps_what_was_typed(
    site: Site, chromium: Browser
) -> None:
    here = visit(chromium, site.put("/", site.script()))
    here.open()
    here.chat.get_by_label("Your e-mail").fill("anna@example.com")
    here.chat.get_by_label("What is it about?").select_option("order")
    here.chat.get_by_role("checkbox").check()
    here.page.context.set_offline(True)
    here.chat.get_by_role("button", name="Start the chat").click()
    expect(here.chat.locator(".intake [role=alert]")).not_to_be_empty()
    here.page.context.set_offline(False)
    here.chat.get_by_role("button", name="Start the chat").click()
    expect(here.chat.locator("textarea")).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("look", LOOKS)
def test_the_form_is_clean_for_axe_in_every_look(
    site: Site, chromium: Browser, shots: Path, look: str
) -> None:
    page = site.put("/form", f"<main><h1>Shop</h1></main>{site.script()}")
    here = visit(chromium, page, **LOOKS[look])
    here.open()
    here.chat.get_by_role("button", name="Start the chat").click()
    here.page.screenshot(path=shots / f"widget-form-{look}.png")
    assert Axe().run(here.page).response["violations"] == []


def test_a_bubble_comes_after_a_while_on_its_pages_once(
    site: Site, chromium: Browser, shots: Path
) -> None:
    here = visit(chromium, site.put("/pay/now", f"<main><h1>Pay</h1></main>{site.script()}"))
    greeting = here.chat.locator(".greeting")
    expect(greeting).to_be_visible()
    expect(greeting).to_contain_text("Questions about paying?")
    here.page.screenshot(path=shots / "widget-bubble.png")
    assert Axe().run(here.page).response["violations"] == []
    greeting.get_by_role("button", name="Close chat").click()
    expect(here.chat.locator(".launcher")).to_be_focused()
    here.page.reload()
    here.page.wait_for_timeout(2000)
    expect(greeting).to_be_hidden()


def test_pressing_the_bubble_opens_the_chat(site: Site, chromium: Browser) -> None:
    here = visit(chromium, site.put("/pay", site.script()))
    here.chat.locator(".greeting").get_by_role("button", name="Questions").click()
    expect(here.chat.locator(".panel")).to_be_visible()
    expect(here.chat.locator(".greeting")).to_be_hidden()


def test_another_page_without_a_reload_is_another_page(site: Site, chromium: Browser) -> None:
    here = visit(chromium, site.put("/shop", site.script()))
    here.page.wait_for_timeout(1500)
    expect(here.chat.locator(".greeting")).to_be_hidden()
    here.page.evaluate("history.pushState({}, '', '/pay/step'); Firstline.setPage()")
    expect(here.chat.locator(".greeting")).to_be_visible()


def test_a_rule_can_open_the_chat_and_takes_no_focus(site: Site, chromium: Browser) -> None:
    here = visit(chromium, site.put("/open", f"<input autofocus>{site.script()}"), wait=False)
    expect(here.chat.locator(".panel")).to_be_visible(timeout=10_000)
    assert here.page.evaluate("document.activeElement.localName") == "input"


def test_who_has_used_the_chat_is_not_spoken_to(site: Site, chromium: Browser) -> None:
    here = visit(chromium, site.put("/a", site.script()))
    here.open()
    here.chat.locator(".head").get_by_role("button", name="Close chat").click()
    here.page.goto(site.put("/pay/2", site.script()))
    here.page.wait_for_timeout(2000)
    expect(here.chat.locator(".greeting")).to_be_hidden()


def test_the_form_costs_nothing_where_no_desk_asks(tmp_path: Path, chromium: Browser) -> None:
    with open_site(tmp_path, DESKS) as plain:
        here = visit(chromium, plain.put("/", plain.script()))
        asked: list[str] = []
        here.page.on("request", lambda r: asked.append(r.url))
        here.open()
        here.ask("Hello?")
        assert not any(url.endswith("/widget/form.js") for url in asked)
