"""`python -m tests.browser.inbox_tour`: the pictures of docs/inbox.md, taken anew."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.browser.conftest import ARGUMENTS, NAMES
from tests.browser.inbox import opens, signed_in
from tests.browser.live import LiveDesk, Widget, open_live_desk

IMAGES = Path("docs/images")
MOST_BYTES = 170_000
WIDE: ViewportSize = {"width": 1190, "height": 720}
PHONE: ViewportSize = {"width": 390, "height": 780}
ASKED = (
    (
        "My parcel has not come",
        "I am sorry. It should come by Friday.",
        "care_delivery_missing",
    ),
    ("I was charged twice", "I see one payment of 349 zł.", "care_double_charge"),
    ("Where is my order 10482?", "It was sent yesterday with InPost.", "care_order_status"),
)


def ask(browser: Browser, desk: LiveDesk, words: str, answer: str, intent: str) -> Widget:
    """A customer asks, is answered, and wants a person."""
    ranking = [
        {"name": intent, "confidence": 0.91},
        {"name": "care_delivery_late", "confidence": 0.05},
    ]
    desk.says(answer, intent=intent, confidence=0.91, ranking=ranking)
    widget = Widget.visit(browser, desk.url)
    widget.open()
    widget.says(words)
    widget.hears("bot", answer)
    widget.chat.locator(".human").click()
    widget.hears("system", "passing you on")
    return widget


def shot(page: Page, name: str) -> None:
    """A picture of the window."""
    page.wait_for_timeout(500)  # what slides has arrived
    path = IMAGES / f"inbox-{name}.png"
    page.screenshot(path=path, animations="disabled")
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path} is larger than {MOST_BYTES} bytes")


def tour(browser: Browser, desk: LiveDesk) -> None:
    """An agent's morning."""
    anna = desk.agent()
    for asked in ASKED:
        ask(browser, desk, *asked)
    there = f"{desk.url}/inbox/conversations/{desk.conversation().id}"
    inbox = signed_in(browser, desk, anna)
    inbox.set_viewport_size(WIDE)
    opens(inbox, f"{there}?view=queue")
    shot(inbox, "1-queue")
    inbox.keyboard.press("?")
    expect(inbox.locator("#keys")).to_be_visible()
    shot(inbox, "2-keys")
    inbox.keyboard.press("Escape")
    anna.claims()
    anna.replies("Good morning, I am **Anna**. I am looking into it.")
    opens(inbox, f"{there}?view=mine")
    inbox.locator("#reply-text").fill("Your parcel is in the locker **WAW01A**, code below.")
    shot(inbox, "3-reply")
    inbox.emulate_media(color_scheme="dark")
    shot(inbox, "4-dark")
    inbox.emulate_media(color_scheme="light")
    inbox.goto(f"{desk.url}/inbox/customers/{desk.conversation().customer_id}")
    shot(inbox, "7-customer")
    phone = signed_in(browser, desk, anna)
    phone.set_viewport_size(PHONE)
    opens(phone, f"{there}?view=mine")
    shot(phone, "5-phone")
    inbox = signed_in(browser, desk, anna)
    inbox.set_viewport_size(WIDE)
    opens(inbox, f"{there}?view=mine")
    with inbox.expect_navigation():
        inbox.get_by_role("button", name="PL").click()
    shot(inbox, "6-polish")


def main() -> None:
    """All of them."""
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        path = next(filter(None, map(shutil.which, NAMES)), None)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        with open_live_desk(Path(folder)) as desk:
            tour(browser, desk)
        browser.close()


if __name__ == "__main__":
    main()
