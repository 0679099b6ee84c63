"""`python -m tests.browser.inbox_tour`: the pictures of docs/inbox.md, taken anew."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.accounts.permissions import Role
from bot.conversations.models import Customer
from tests.browser.conftest import ARGUMENTS, NAMES
from tests.browser.inbox import opens, signed_in
from tests.browser.live import LiveAgent, LiveDesk, Widget, open_live_desk
from tests.long_talk import lengthen

IMAGES = Path("docs/images")
MOST_BYTES = 170_000
SENDER = {"smtp_url": "smtp://127.0.0.1:9", "smtp_from": "help@acme.example"}  # none is sent
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
    inbox.goto(f"{desk.url}/inbox/customers/{'/merge/'.join(desk.run(two_customers(desk)))}")
    shot(inbox, "8-merge")
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
    with inbox.expect_navigation():
        inbox.locator(".language button[lang=en]").click()
    desk.run(lengthen(desk.parts.db, desk.conversation().id, to=1_000))
    inbox.set_viewport_size({"width": 1190, "height": 770})
    opens(inbox, f"{there}?view=mine&from=500")
    desk.run(lengthen(desk.parts.db, desk.conversation().id, to=1_002))
    inbox.evaluate("document.body.dispatchEvent(new Event('refresh'))")
    expect(inbox.locator("#to-newest.is-news")).to_be_visible()
    shot(inbox, "8-window")
    mentioned(inbox, desk, anna)
    alerts(browser, desk, anna)


def mentioned(inbox: Page, desk: LiveDesk, anna: LiveAgent) -> None:
    """A colleague's note names her."""
    piotr = desk.agent("Piotr")
    words = "@Anna the customer called from Łódź: the locker did not open. Can you send a new code?"
    desk.run(desk.parts.handling.notes.write(piotr._agent, desk.conversation().id, words))
    inbox.set_viewport_size(WIDE)
    opens(inbox, f"{desk.url}/inbox?view=mentions")
    inbox.locator("#rows .row").first.evaluate("row => row.click()")
    expect(inbox.locator(".note.is-sought")).to_be_in_viewport()
    shot(inbox, "9-mentions")


def alerts(browser: Browser, desk: LiveDesk, anna: LiveAgent) -> None:
    """What a lead may be told away from the inbox, on a screen and on a dark phone in Polish."""
    page = signed_in(browser, desk, anna)
    page.set_viewport_size(WIDE)
    page.goto(f"{desk.url}/inbox/alerts")
    expect(page.get_by_text("escalat").first).to_be_visible()
    shot(page, "10-alerts")
    page.get_by_role("button", name="PL").click()
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    expect(page.locator("html[lang=pl]")).to_be_attached()
    shot(page, "11-alerts-phone")


async def two_customers(desk: LiveDesk) -> tuple[str, str]:
    """Two who may well be one person, and an agent who may say so."""
    async with desk.parts.db.write() as tx:
        newest = select(Customer).order_by(Customer.created_at.desc()).limit(2)
        one, other = await tx.session.scalars(newest)
        one.name, one.email = "Anna Nowak", "anna.nowak@shop.example"
        other.name, other.email, other.phone = "Ania", one.email, "600 700 800"
        await tx.session.execute(update(Agent).values(role=Role.LEAD))
    return one.id, other.id


def main() -> None:
    """All of them."""
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        path = next(filter(None, map(shutil.which, NAMES)), None)
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        with open_live_desk(Path(folder), **SENDER) as desk:
            tour(browser, desk)
        browser.close()


if __name__ == "__main__":
    main()
