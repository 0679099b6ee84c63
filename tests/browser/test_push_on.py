"""Pushed alerts are turned on in Chromium, told, and turned off again.

Headless Chromium has no push service: `PushManager` is stood in for by a subscription to that of
the tests, which keeps to what the standard asks of a browser. All else is as it is.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.accounts.models import PushBrowser
from bot.accounts.secrets import digest
from bot.alerts.rules import Choice, Kind, Way, When
from bot.audit.acts import NOWHERE
from bot.channel import InboundMessage
from bot.inbox.guard import COOKIE
from tests.browser.live import PATIENCE_MS, LiveAgent, LiveDesk, open_live_desk
from tests.browser.test_push import alerts_page, registration_id, shown_after
from tests.desk import DESK
from tests.push_service import PushedTo, PushService, from_base64url, push_service, to_base64url
from tests.smtp_server import make_certificate
from tests.system.tellings import alerts_go_out

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# What the browser keeps outlives the page, and is its origin's, as a subscription is.
STAND_IN = """
(fields => {
  const bytes = words => {
    const plain = atob(words.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, letter => letter.charCodeAt(0)).buffer;
  };
  const words = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const kept = () => {
    const key = localStorage.getItem("stand-in");
    return key === null ? null : {
      endpoint: fields.endpoint,
      options: { userVisibleOnly: true, applicationServerKey: bytes(key) },
      getKey: name => bytes(fields[name]),
      unsubscribe: async () => { localStorage.removeItem("stand-in"); return true; },
    };
  };
  PushManager.prototype.getSubscription = async () => kept();
  PushManager.prototype.subscribe = async ({ userVisibleOnly, applicationServerKey }) => {
    if (Notification.permission !== "granted" || !userVisibleOnly)
      throw new DOMException("", "NotAllowedError");
    const key = words(applicationServerKey);
    if (bytes(key).byteLength !== 65) throw new DOMException("", "InvalidAccessError");
    const before = localStorage.getItem("stand-in");
    if (before !== null && before !== key) throw new DOMException("", "InvalidStateError");
    localStorage.setItem("stand-in", key);
    return kept();
  };
})"""
KEPT = "localStorage.getItem('stand-in')"
IS_ON = "On in this browser, until you turn it off or sign out here."
IS_OFF = "Off in this browser."


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    return made


@pytest.fixture
def desk(tmp_path: Path, certificate: Path) -> Iterator[LiveDesk]:
    # The push service is on this machine.
    with open_live_desk(tmp_path, webhooks_to_private_addresses=True) as opened:
        yield opened


@pytest.fixture
def service(desk: LiveDesk, certificate: Path) -> Iterator[PushService]:
    opening = push_service(certificate)
    yield desk.run(opening.__aenter__())
    desk.run(opening.__aexit__(None, None, None))


def page_of(chromium: Browser, desk: LiveDesk, anna: LiveAgent, browser: PushedTo) -> Page:
    """The page of alerts in a browser that is reached there; the agent has allowed it."""
    page = alerts_page(chromium, desk, anna, granted=True)
    page.add_init_script(f"({STAND_IN})({json.dumps(browser.fields)})")
    page.reload()
    expect(page.get_by_text(IS_OFF)).to_be_visible()
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press("Enter")


def is_on(page: Page) -> None:
    expect(page.get_by_text(IS_ON)).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name="Turn off in this browser")).to_be_visible()
    expect(page.get_by_role("button", name="Turn on in this browser")).to_be_hidden()
    expect(page.get_by_role("list", name="Browsers in which it is on")).to_contain_text("Chrom")


def is_off(page: Page) -> None:
    expect(page.get_by_text(IS_OFF)).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("button", name="Turn on in this browser")).to_be_visible()
    expect(page.get_by_role("button", name="Turn off in this browser")).to_be_hidden()


def known(desk: LiveDesk, anna: LiveAgent) -> list[PushBrowser]:
    return list(desk.run(desk.parts.alerts.browsers.of(anna._agent.id)))


def turned_on(
    chromium: Browser, desk: LiveDesk, anna: LiveAgent, browser: PushedTo
) -> tuple[Page, PushBrowser]:
    """The page, and what the desk knows of the browser."""
    page = page_of(chromium, desk, anna, browser)
    press(page, "Turn on in this browser")
    is_on(page)
    [kept] = known(desk, anna)
    return page, kept


def test_it_is_turned_on_told_and_turned_off_by_keyboard(
    chromium: Browser, desk: LiveDesk, service: PushService
) -> None:
    anna, browser = desk.agent(), service.browser()
    page, kept = turned_on(chromium, desk, anna, browser)
    told = {"endpoint": kept.endpoint, "p256dh": kept.p256dh, "auth": kept.auth}
    assert told == browser.fields
    assert page.evaluate(KEPT) == desk.parts.alerts.browsers.key
    page.reload()
    is_on(page)

    # A customer waits: the desk tells the push service, and that the browser.
    always = Choice(frozenset(Kind), 30, When.ALWAYS)
    desk.run(desk.parts.alerts.choose(anna._agent.id, Way.PUSH, always))
    inbound = InboundMessage("web", "t1", "t1", DESK, "t1:1", "en", "My card was charged twice")
    waits = desk.run(desk.parts.frontdesk.ask_for_human(inbound)).conversation
    desk.run(alerts_go_out(desk.parts))
    cdp = page.context.new_cdp_session(page)
    pushed = browser.read()
    [shown] = shown_after(page, cdp, registration_id(page, cdp), json.dumps(pushed))
    assert shown["title"] == "A customer waits in the queue: Customer care"
    assert shown["data"] == {"url": f"/inbox/conversations/{waits}"}

    press(page, "Turn off in this browser")
    is_off(page)
    assert known(desk, anna) == []
    assert page.evaluate(KEPT) is None, "the browser is not subscribed any more"
    page.context.close()


def test_what_was_turned_off_elsewhere_or_for_another_desk_is_turned_on_anew(
    chromium: Browser, desk: LiveDesk, service: PushService
) -> None:
    anna, browser = desk.agent(), service.browser()
    page, kept = turned_on(chromium, desk, anna, browser)
    desk.run(desk.parts.alerts.browsers.turn_off(anna._agent.id, kept.id))
    page.reload()
    is_off(page)
    # The desk has another key since; a browser takes one at a time.
    page.evaluate(f"localStorage.setItem('stand-in', '{to_base64url(bytes(65))}')")
    press(page, "Turn on in this browser")
    is_on(page)
    assert from_base64url(page.evaluate(KEPT)) == from_base64url(desk.parts.alerts.browsers.key)
    assert len(known(desk, anna)) == 1
    page.context.close()


def test_it_ends_with_the_session_that_the_browser_has_now(
    chromium: Browser, desk: LiveDesk, service: PushService
) -> None:
    anna, browser = desk.agent(), service.browser()
    page, kept = turned_on(chromium, desk, anna, browser)
    # Her session ran out: she signs in again, and opens the inbox.
    token = desk.run(desk.parts.accounts.open_session(anna._agent.id, place=NOWHERE, way="x"))
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": f"{desk.url}/inbox"}])
    with page.expect_response("**/inbox/alerts/push/browsers/here") as told:
        page.goto(f"{desk.url}/inbox")
    assert told.value.status == 204
    [now] = known(desk, anna)
    assert (now.id, now.session_hash) == (kept.id, digest(token)) != (kept.id, kept.session_hash)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/inbox/sign-in")
    assert known(desk, anna) == []
    page.context.close()


def test_a_browser_that_the_desk_does_not_take_is_not_shown_as_on(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    anna = live_desk.agent()
    # On this machine, where this desk may push to nobody.
    page = page_of(chromium, live_desk, anna, PushedTo("https://127.0.0.1:9/push/one"))
    press(page, "Turn on in this browser")
    expect(page.get_by_role("alert")).to_contain_text("could not be turned on", timeout=PATIENCE_MS)
    is_off(page)
    page.reload()
    is_off(page)
    assert known(live_desk, anna) == []
    page.context.close()
