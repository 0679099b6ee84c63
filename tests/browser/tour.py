"""`python -m tests.browser.tour`: the pictures of docs/widget.md, taken anew."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, expect, sync_playwright

from tests import files
from tests.browser.conftest import ARGUMENTS, NAMES
from tests.browser.live import LiveDesk, Widget, open_live_desk
from tests.browser.test_attachments import CARD, attach, payload
from tests.browser.test_hours import closed_today, desk_with

IMAGES = Path("docs/images")
MOST_BYTES = 60_000
SCREEN: dict[str, Any] = {"viewport": {"width": 900, "height": 600}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 620},
    "locale": "pl-PL",
    "has_touch": True,
}
CHAT: Any = {"x": 490, "y": 0, "width": 410, "height": 600}
BUTTONS = [
    {"title": "Where is my order?", "payload": "/care_order_status"},
    {"title": "Send something back", "payload": "/care_return"},
]


class Tour:
    """Takes a picture of each state, numbered in the order of the page."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.taken = 0

    def shot(self, widget: Widget, name: str, *, whole: bool = False) -> None:
        """The chat's corner, or the whole screen."""
        self.taken += 1
        path = IMAGES / f"widget-{self.taken:02}-{name}.png"
        widget.page.wait_for_timeout(400)  # what slides has arrived
        widget.page.screenshot(path=path, clip=None if whole else CHAT, animations="disabled")
        if path.stat().st_size > MOST_BYTES:
            raise SystemExit(f"{path} is larger than {MOST_BYTES} bytes")

    def visit(self, desk: LiveDesk, **options: Any) -> Widget:
        """A new customer on the demo shop's page."""
        return Widget.visit(self.browser, desk.url, **(SCREEN | options))

    def talk(self, desk: LiveDesk) -> None:
        """From the first words to the survey."""
        widget = self.visit(desk)
        expect(widget.chat.locator(".launcher")).to_be_visible()
        self.shot(widget, "closed")
        widget.open()
        self.shot(widget, "welcome")
        desk.says(replies=[{"text": "Hello! What can I do for you?", "buttons": BUTTONS}])
        widget.says("Hello")
        widget.hears("bot", "What can I do")
        self.shot(widget, "answer-with-buttons")
        desk.says(replies=[{"text": "This one?", "custom": {"cards": [CARD]}}])
        attach(widget, payload("invoice.pdf", files.PDF))
        expect(widget.chat.locator(".tray small", has_text="✓")).to_be_visible()
        widget.says("Are these in stock?")
        expect(widget.chat.locator(".card")).to_be_visible()
        self.shot(widget, "file-and-card")
        widget.chat.locator(".human").click()
        expect(widget.chat.locator(".waiting")).to_be_visible()
        self.shot(widget, "waiting-for-a-person")
        agent = desk.agent()
        agent.claims()
        agent.replies("Good morning, this is Anna. I am looking into it.")
        widget.hears("agent", "I am looking into it.")
        agent.types()
        expect(widget.chat.locator(".typing")).to_be_visible()
        self.shot(widget, "with-an-agent")
        widget.page.context.set_offline(True)
        widget.says("Thank you, I will wait.")
        self.shot(widget, "no-connection")
        widget.page.context.set_offline(False)
        expect(widget.chat.locator(".notice")).to_be_hidden(timeout=30_000)
        widget.menu("Send by e-mail")
        expect(widget.chat.locator(".sheet.copy input")).to_be_focused()
        self.shot(widget, "copy-by-e-mail")
        widget.page.keyboard.press("Escape")
        agent.closes()
        form = widget.chat.locator("form.survey")
        expect(form).to_be_visible()
        for part, stars in (("Assistant", 3), ("Agent", 4)):
            group = form.get_by_role("group", name=part)
            group.get_by_role("radio").nth(stars).check(force=True)
        self.shot(widget, "survey")
        widget.close_page()

    def looks(self, desk: LiveDesk) -> None:
        """Dark, and on a phone in Polish."""
        desk.says("Within the country it takes two working days.")
        widget = self.visit(desk, color_scheme="dark")
        widget.open()
        widget.says("How long does delivery take?")
        widget.hears("bot", "two working days")
        self.shot(widget, "dark")
        widget.close_page()
        desk.says("Dostawa w kraju trwa dwa dni robocze.", language="pl")
        widget = self.visit(desk, **PHONE)
        widget.open()
        widget.says("Ile trwa dostawa?")
        widget.hears("bot", "dwa dni")
        self.shot(widget, "phone", whole=True)
        widget.close_page()

    def closed(self, desk: LiveDesk) -> None:
        """Outside hours: the form."""
        widget = self.visit(desk)
        widget.open()
        widget.says("My parcel has not come.")
        widget.hears("bot", "Two working days.")
        widget.chat.locator(".human").click()
        expect(widget.chat.locator(".sheet form:visible")).to_be_visible()
        self.shot(widget, "outside-hours")
        widget.close_page()


@contextmanager
def open_desk(folder: Path) -> Iterator[LiveDesk]:
    """With a mail server named, so that the menu has everything."""
    sender = {"smtp_url": "smtp://127.0.0.1:9", "smtp_from": "help@acme.example"}
    with open_live_desk(folder, **sender) as desk:
        yield desk


def main() -> None:
    """All pictures, in place of those of before."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for old in IMAGES.glob("widget-*.png"):
        old.unlink()
    path = next(filter(None, map(shutil.which, NAMES)), None)
    with (
        TemporaryDirectory() as one,
        TemporaryDirectory() as other,
        sync_playwright() as playwright,
    ):
        tour = Tour(playwright.chromium.launch(executable_path=path, args=ARGUMENTS))
        with open_desk(Path(one)) as desk:
            tour.talk(desk)
            tour.looks(desk)
        with desk_with(Path(other), closed_today()) as desk:
            tour.closed(desk)


if __name__ == "__main__":
    main()
