"""Pushed alerts in Chromium: what the page says, and what the service worker shows."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.inbox import signed_in
from tests.browser.live import LiveAgent, LiveDesk, open_live_desk
from tests.browser.test_accessible import PHONE
from tests.browser.test_people import admin_page, invite_by_keyboard, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MAIL = {"smtp_url": "smtp+plain://127.0.0.1:9", "smtp_from": "help@acme.example"}
PUSHED = {"title": "A customer waits", "body": "Desk: Care", "url": "/inbox/conversations/1"}
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/inbox/");
  const shown = await registration.getNotifications();
  return shown.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
}"""
# Inside the worker. Nobody can click a notification for us, and without a click of somebody's a
# worker may neither focus nor open a window: whether it would is written down instead.
CLICK = """async (tag) => {
  const [notification] = await self.registration.getNotifications({ tag });
  const focused = [], opened = [], waited = [];
  WindowClient.prototype.focus = async function () { focused.push(new URL(this.url).pathname); };
  Clients.prototype.openWindow = async (url) => { opened.push(url); };
  const waitUntil = (promise) => waited.push(promise);
  const event = new Event("notificationclick");
  self.dispatchEvent(Object.assign(event, { notification, waitUntil }));
  await Promise.all(waited);
  return { focused, opened, waited: waited.length };
}"""
SCOPE = "navigator.serviceWorker.ready.then((one) => new URL(one.scope).pathname)"


def alerts_page(
    chromium: Browser, desk: LiveDesk, agent: LiveAgent | None = None, *, granted: bool
) -> Page:
    page = signed_in(chromium, desk, agent or desk.agent())
    if granted:
        page.context.grant_permissions(["notifications"], origin=desk.url)
    page.goto(f"{desk.url}/inbox/alerts")
    return page


def registration_id(page: Page, cdp: CDPSession) -> str:
    """Of the desk's service worker, which is active now."""
    ids: list[str] = []

    def note(update: dict[str, Any]) -> None:
        ids.extend(one["registrationId"] for one in update["registrations"])

    cdp.on("ServiceWorker.workerRegistrationUpdated", note)
    cdp.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.register('/inbox/service-worker.js').then(() => true)")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    while not ids:
        page.wait_for_timeout(50)
    return ids[-1]


def shown_after(page: Page, cdp: CDPSession, registration: str, data: str) -> list[dict[str, Any]]:
    before = len(page.evaluate(SHOWN))
    pushed = {"origin": page.evaluate("origin"), "registrationId": registration, "data": data}
    cdp.send("ServiceWorker.deliverPushMessage", pushed)
    found: list[dict[str, Any]] = []
    while len(found) <= before:  # pytest's own limit ends it
        page.wait_for_timeout(100)
        found = page.evaluate(SHOWN)
    return found


def test_a_push_becomes_a_notification(chromium: Browser, live_desk: LiveDesk) -> None:
    page = alerts_page(chromium, live_desk, granted=True)
    cdp = page.context.new_cdp_session(page)
    registration = registration_id(page, cdp)
    assert (
        page.evaluate("navigator.serviceWorker.ready.then((one) => new URL(one.scope).pathname)")
        == "/inbox/"
    )
    [shown] = shown_after(page, cdp, registration, json.dumps(PUSHED | {"tag": "a"}))
    assert shown == {
        "title": "A customer waits",
        "body": "Desk: Care",
        "tag": "a",
        "data": {"url": "/inbox/conversations/1"},
    }
    away = PUSHED | {"tag": "b", "url": "https://evil.example/"}
    found = shown_after(page, cdp, registration, json.dumps(away))
    assert [one["data"]["url"] for one in found if one["tag"] == "b"] == ["/inbox"]
    found = shown_after(page, cdp, registration, "nothing that can be read")
    assert "Firstline" in [one["title"] for one in found]
    assert page.evaluate("caches.keys()") == [], "nothing is kept"
    page.context.close()


def test_a_click_leads_to_the_window_that_shows_it_or_to_a_new_one(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    page = alerts_page(chromium, live_desk, granted=True)
    page.goto(f"{live_desk.url}/inbox/alerts?from=elsewhere")
    cdp = page.context.new_cdp_session(page)
    registration = registration_id(page, cdp)
    [worker] = page.context.service_workers
    for tag, url, expected in (
        ("a", "/inbox/alerts", {"focused": ["/inbox/alerts"], "opened": []}),
        ("b", "/inbox/conversations/1", {"focused": [], "opened": ["/inbox/conversations/1"]}),
    ):
        shown_after(page, cdp, registration, json.dumps(PUSHED | {"tag": tag, "url": url}))
        assert worker.evaluate(CLICK, tag) == expected | {"waited": 1}
        page.wait_for_function(f"async () => (await ({SHOWN})()).length === 0")
    page.context.close()


def test_the_page_says_how_it_is(chromium: Browser, live_desk: LiveDesk) -> None:
    page = alerts_page(chromium, live_desk, granted=True)
    expect(page.get_by_text("Off in this browser.")).to_be_visible()
    button = page.get_by_role("button", name="Turn on in this browser")
    # This Chromium has no push service: as anywhere when it does not answer.
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("could not be turned on", timeout=60_000)
    expect(button).to_be_enabled()
    page.context.close()


def test_a_browser_that_was_told_no_says_where_to_change_it(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    page = signed_in(chromium, live_desk, live_desk.agent())
    denied = "Object.defineProperty(Notification, 'permission', { get: () => 'denied' })"
    page.add_init_script(denied)
    page.goto(f"{live_desk.url}/inbox/alerts")
    expect(page.get_by_text("Allow them in its settings")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on in this browser")).to_be_hidden()
    old = page.context.new_page()
    old.add_init_script("delete window.PushManager")
    old.goto(f"{live_desk.url}/inbox/alerts")
    expect(old.get_by_text("takes no pushed alerts here")).to_be_visible()
    page.context.close()


def test_the_page_is_fit_for_everyone_in_every_look(
    chromium: Browser, tmp_path: Path, shots: Path
) -> None:
    with open_live_desk(tmp_path, **MAIL) as desk:
        page = admin_page(chromium, desk)
        invite_by_keyboard(page, desk)
        page.get_by_role("link", name="Ola").click()
        # Nobody listens there: the mail is tried again and again, and the page says so.
        while page.locator("[data-mail].problem").count() == 0:
            page.wait_for_timeout(200)
            page.reload()
        person, cookies = page.url, page.context.cookies()
        looks: dict[str, dict[str, Any]] = {
            "light": {},
            "dark": {"color_scheme": "dark"},
            "phone": PHONE,
            "polish": {},
        }
        for look, options in looks.items():
            context = chromium.new_context(locale="en-GB", **options)
            context.add_cookies(cookies)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(f"{desk.url}/inbox/account")
            if look == "polish":
                page.get_by_role("button", name="PL Polski").click()
            page.goto(f"{desk.url}/inbox/alerts")
            page.wait_for_selector("[data-push][data-state]")
            page.screenshot(path=shots / f"alerts-{look}.png", full_page=True)
            assert violations(page) == [], look
            width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert width <= 0, f"{look} is {width} px too wide"
            page.goto(person)
            page.screenshot(path=shots / f"people-mail-{look}.png", full_page=True)
            assert violations(page) == [], look
            context.close()


def test_what_to_hear_of_is_chosen_by_keyboard(chromium: Browser, tmp_path: Path) -> None:
    with open_live_desk(tmp_path, **MAIL) as desk:
        page = signed_in(chromium, desk, desk.agent())
        page.goto(f"{desk.url}/inbox/alerts")
        mail = page.get_by_role("region", name="By e-mail to anna@example.com")
        mail.get_by_role("checkbox", name="a deadline comes near").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type("5")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Saved.")).to_be_visible()
        expect(mail.get_by_role("checkbox", name="a deadline comes near")).to_be_checked()
        expect(mail.get_by_role("radio", name="opening hours")).to_be_checked()
        expect(mail.get_by_role("combobox")).to_have_value("300")
        page.context.close()
