"""An agent on duty in Chromium: given a conversation and told so, asked whether they are there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.channel import InboundMessage
from bot.clock import now
from bot.inbox import live
from tests.browser.inbox import opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveDesk, configured_desk
from tests.browser.test_accessible import AXE_OPTIONS, PHONE
from tests.desk import DESK

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SETTINGS = f"""
[{DESK}]
name = {{ en = "Customer care", pl = "Obsługa klienta" }}
[{DESK}.assignment]
strategy = "least_busy"
[{DESK}.targets]
first_response_minutes = 30
resolution_minutes = 600
"""
# What the page sounds and shows is written down; the browser still does it.
HEARD = """
window.heard = { tones: 0, shown: [] };
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  window.heard.tones += 1;
  return make.call(this);
};
const Real = window.Notification;
window.Notification = class extends Real {
  constructor(title, options) { super(title, options); window.heard.shown.push(options.body); }
};
document.hasFocus = () => false;
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveDesk]:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.5)
    with configured_desk(tmp_path, SETTINGS) as opened:
        yield opened


def customer_waits(desk: LiveDesk, thread: str = "t1") -> str:
    inbound = InboundMessage("web", thread, thread, DESK, f"{thread}:1", "en", "A person, please")
    return desk.run(desk.parts.frontdesk.ask_for_human(inbound)).conversation


def change(desk: LiveDesk, **columns: Any) -> None:
    async def write() -> None:
        async with desk.parts.db.write() as tx:
            await tx.session.execute(update(Agent).values(**columns))

    desk.run(write())


def looks_right(page: Page, shot: Path) -> None:
    """What this page has of ours; the card's other parts have tests of their own."""
    page.screenshot(path=shot)
    ours = {"include": [["#presence"], ["[data-alerts]"], ["#list"]]}
    found = Axe().run(page, context=ours, options=AXE_OPTIONS).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_what_is_given_rings_shows_and_says_why(
    chromium: Browser, desk: LiveDesk, shots: Path
) -> None:
    page = signed_in(chromium, desk, desk.agent())
    page.context.grant_permissions(["notifications"], origin=desk.url)
    page.add_init_script(HEARD)
    opens(page, f"{desk.url}/inbox?view=mine")
    menu = page.locator("[data-alerts]")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_label("Sound")).to_be_checked()
    menu.get_by_label("Notifications of this browser").check()
    looks_right(page, shots / "duty-alerts.png")
    menu.locator("summary").press("Enter")
    opened = customer_waits(desk)
    row = page.locator(f"#row-{opened}")
    expect(row).to_be_visible(timeout=PATIENCE_MS)
    expect(row).to_contain_text("answer due in")
    page.wait_for_function("() => heard.shown.includes('You were given a conversation.')")
    assert page.evaluate("heard.tones") > 0
    row.click()
    expect(page.get_by_role("heading", name="Why this agent")).to_be_visible()
    page.locator(".why summary").click()
    expect(page.get_by_text("the only one on duty who could take it")).to_be_visible()
    looks_right(page, shots / "duty-why.png")
    menu.locator("summary").press("Enter")
    menu.get_by_label("Sound").uncheck()
    page.evaluate("heard.tones = 0")
    customer_waits(desk, "t2")
    page.wait_for_function("() => heard.shown.length > 1")
    assert page.evaluate("heard.tones") == 0
    page.context.close()


def test_who_is_idle_is_asked_and_any_key_is_the_answer(
    chromium: Browser, desk: LiveDesk, shots: Path
) -> None:
    page = signed_in(chromium, desk, desk.agent())
    change(desk, active_at=now())  # else the page's first sign of life comes at any moment
    opens(page, f"{desk.url}/inbox")
    asked = page.get_by_text("Are you still there?")
    expect(page.locator("#presence-state")).to_have_value("online")
    change(desk, active_at=now() - timedelta(minutes=14))
    expect(asked).to_be_visible(timeout=PATIENCE_MS)
    looks_right(page, shots / "duty-asked.png")
    page.get_by_role("button", name="I'm here").click()
    expect(asked).to_be_hidden()
    change(desk, active_at=now() - timedelta(minutes=16))
    away = page.get_by_text("You are away, because nothing happened here")
    expect(away).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#presence-state")).to_have_value("away")
    page.keyboard.press("Shift")
    expect(away).to_be_hidden(timeout=PATIENCE_MS)
    expect(page.locator("#presence-state")).to_have_value("online")
    page.locator("#presence-state").select_option("break")
    expect(page.locator("#presence")).to_have_attribute("data-state", "break")
    page.reload()
    expect(page.locator("#presence-state")).to_have_value("break")
    page.context.close()


@pytest.mark.parametrize("look", ["dark", "phone", "polish"])
def test_it_looks_right(chromium: Browser, desk: LiveDesk, shots: Path, look: str) -> None:
    page = signed_in(chromium, desk, desk.agent())
    change(desk, active_at=now(), is_idle=True, presence="away")
    change(desk, language="pl" if look == "polish" else "en")
    if look == "dark":
        page.emulate_media(color_scheme="dark")
    if look == "phone":
        page.set_viewport_size(PHONE["viewport"])
    opened = customer_waits(desk)
    opens(page, f"{desk.url}/inbox")
    expect(page.locator(".still-here")).to_be_visible()
    looks_right(page, shots / f"duty-{look}-list.png")
    page.locator("#im-here").click()
    expect(page.locator(".still-here")).to_be_hidden()
    page.goto(f"{desk.url}/inbox/conversations/{opened}")
    expect(page.locator(".head .due").first).to_be_visible()
    looks_right(page, shots / f"duty-{look}-open.png")
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
    page.context.close()
