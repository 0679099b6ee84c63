"""The pages about accounts in Chromium: by keyboard alone, in every look, and what axe says."""

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from bot.accounts.models import Agent, AgentSession
from bot.accounts.permissions import Role
from bot.channel import InboundMessage
from tests.browser.inbox import opens, signed_in
from tests.browser.live import LiveDesk
from tests.browser.test_accessible import AXE_OPTIONS, PHONE
from tests.desk import DESK

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
    here = acted_on_conversation(page, live_desk)
    paths = ["account", "people", "people/new", ola, "audit", "forgot", "second-factor"]
    paths += ["password", "labels", f"{here}/transcript", f"audit?conversation={here[-36:]}"]
    for look, (language, options) in LOOKS.items():
        context = chromium.new_context(locale=language, **options)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{live_desk.url}/inbox/account")
        page.get_by_role("button", name={"en": "EN English", "pl": "PL Polski"}[language]).click()
        for path in paths:
            assert path
            page.goto(f"{live_desk.url}{path if path.startswith('/') else f'/inbox/{path}'}")
            name = "person" if path == ola else re.sub(r"[0-9a-f-]{36}|[^a-z]+", "-", path)
            is_fit(page, shots / f"people-{name}-{look}.png")
        context.close()


def test_the_ways_in_are_fit_for_everyone_in_every_look(
    chromium: Browser, live_desk: LiveDesk, shots: Path
) -> None:
    half_way_in = signed_in(chromium, live_desk, live_desk.agent("Ewa")).context

    async def owe_a_code() -> None:
        async with live_desk.parts.db.write() as tx:
            await tx.session.execute(update(AgentSession).values(awaits_factor=True))

    live_desk.run(owe_a_code())
    for look, (language, options) in LOOKS.items():
        for path, cookies in (("sign-in", []), ("second-step", half_way_in.cookies())):
            context = chromium.new_context(locale=language, **options)
            context.add_cookies(cookies)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(f"{live_desk.url}/inbox/{path}?lang={language}")
            expect(page).to_have_url(re.compile(path))
            is_fit(page, shots / f"people-{path}-{look}.png")
            context.close()
    half_way_in.close()


def acted_on_conversation(page: Page, desk: LiveDesk) -> str:
    """Somebody waits and is taken by whoever is on the page; the way to the log; its path."""
    inbound = InboundMessage("web", "t1", "t1", DESK, "1", "en", "I want a person")
    receipt = desk.run(desk.parts.frontdesk.receive_customer_message(inbound))
    path = f"/inbox/conversations/{receipt.conversation}"
    opens(page, f"{desk.url}{path}")
    page.locator("#do-claim").press("Enter")
    expect(page.locator("#do-release")).to_be_visible()
    page.locator("#open-audit").press("Enter")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Took it")
    expect(rows).to_contain_text("127.0.0.1")
    page.get_by_role("link", name="Everything").click()
    expect(rows.first).to_contain_text("Took it")
    return path


def is_fit(page: Page, shot: Path) -> None:
    """What axe says, and that nothing is wider than the screen."""
    page.screenshot(path=shot, full_page=True)
    assert violations(page) == [], shot.name
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0, f"{shot.name} is {width} px too wide"


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]
