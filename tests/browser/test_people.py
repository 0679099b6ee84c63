"""The pages about accounts in Chromium: by keyboard alone, in every look, and what axe says."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.accounts.permissions import Role
from tests.browser.inbox import signed_in
from tests.browser.live import LiveDesk
from tests.browser.test_accessible import AXE_OPTIONS, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LOOKS: dict[str, tuple[str, dict[str, Any]]] = {
    "light": ("en", {"viewport": {"width": 1280, "height": 900}}),
    "dark": ("en", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
    "phone": ("en", PHONE),
    "polish": ("pl", {"viewport": {"width": 1280, "height": 900}}),
}


def admin_page(chromium: Browser, desk: LiveDesk) -> Page:
    boss = desk.agent("Boss")

    async def promote() -> None:
        async with desk.parts.db.write() as tx:
            named = update(Agent).where(Agent.name == "Boss")
            await tx.session.execute(named.values(role=Role.ADMIN))

    desk.run(promote())
    return signed_in(chromium, desk, boss)


def invite_by_keyboard(page: Page, desk: LiveDesk) -> str:
    """From the inbox to the link, without a mouse; returns the link."""
    page.goto(f"{desk.url}/inbox/people")
    page.get_by_role("link", name="Invite somebody").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type("ola@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("Ola")
    page.keyboard.press("Tab")
    page.keyboard.type("Lead")
    for _ in range(5):  # two desks, two languages
        page.keyboard.press("Tab")
    page.keyboard.type("vip, returns")
    page.keyboard.press("Enter")
    link = page.get_by_label("The link")
    expect(link).to_be_focused()
    return link.input_value()


def test_somebody_is_invited_by_keyboard_and_comes_in(
    chromium: Browser, live_desk: LiveDesk, shots: Path
) -> None:
    page = admin_page(chromium, live_desk)
    link = invite_by_keyboard(page, live_desk)
    page.screenshot(path=shots / "people-link.png", full_page=True)
    guest = chromium.new_context(locale="en-GB")
    welcome = guest.new_page()
    welcome.goto(link)
    assert violations(welcome) == []
    welcome.screenshot(path=shots / "people-welcome.png")
    welcome.keyboard.type("a sentence of mine")
    welcome.keyboard.press("Enter")
    expect(welcome.get_by_role("heading", name="Choose a conversation")).to_be_visible()
    welcome.goto(f"{live_desk.url}/inbox/account")
    expect(welcome.get_by_text("this browser")).to_be_visible()
    guest.close()
    page.goto(f"{live_desk.url}/inbox/people")
    row = page.get_by_role("row", name="Ola")
    expect(row).to_contain_text("Lead")
    expect(row).to_contain_text("signed in in 1 browser")
    page.context.close()


def test_the_pages_are_fit_for_everyone_in_every_look(
    chromium: Browser, live_desk: LiveDesk, shots: Path
) -> None:
    page = admin_page(chromium, live_desk)
    invite_by_keyboard(page, live_desk)
    cookies = page.context.cookies()
    page.goto(f"{live_desk.url}/inbox/people")
    ola = page.get_by_role("link", name="Ola").get_attribute("href")
    page.goto(f"{live_desk.url}/inbox/second-factor")
    page.get_by_role("button", name="Set it up").click()
    paths = ["account", "people", "people/new", ola, "audit", "forgot", "second-factor"]
    for look, (language, options) in LOOKS.items():
        context = chromium.new_context(locale=language, **options)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{live_desk.url}/inbox/account")
        page.get_by_role("button", name={"en": "EN English", "pl": "PL Polski"}[language]).click()
        for path in paths:
            assert path
            page.goto(f"{live_desk.url}{path if path.startswith('/') else f'/inbox/{path}'}")
            name = "person" if path == ola else path.replace("/", "-")
            page.screenshot(path=shots / f"people-{name}-{look}.png", full_page=True)
            assert violations(page) == [], f"{path} {look}"
            width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert width <= 0, f"{path} {look} is {width} px too wide"
        context.close()


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]
