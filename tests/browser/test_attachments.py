"""Files in the widget and in the inbox, as people send and see them."""

import base64
import random
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FilePayload, Page, Route, expect
from sqlalchemy import func, select

from bot.attachments.models import StoredFile
from tests import files
from tests.browser.inbox import signed_in
from tests.browser.live import LiveDesk, Widget

pytestmark = pytest.mark.browser

CAN_WAIT_MS = 20_000
SIDE = 2300


def payload(name: str, content: bytes, kind: str = "") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


PHOTO = payload("photo.png", files.png(40, 30), "image/png")
BILL = payload("bill.pdf", files.PDF, "application/pdf")


def large_photo() -> bytes:
    """A real one, of nearly 16 MB: noise cannot be compressed."""
    noise = random.Random(7)  # noqa: S311 - a picture
    rows = b"".join(b"\x00" + noise.randbytes(3 * SIDE) for _ in range(SIDE))
    made = files.png(SIDE, SIDE, rows=rows)
    assert len(made) > 15 << 20
    return made


def attach(widget: Widget, *chosen: FilePayload) -> None:
    expect(widget.chat.locator(".tools > .tool")).to_be_visible()
    widget.chat.locator("input[type=file]").set_input_files(list(chosen))


def kept(desk: LiveDesk) -> int:
    async def count() -> int:
        async with desk.parts.db.read() as session:
            return await session.scalar(select(func.count()).select_from(StoredFile)) or 0

    return desk.run(count())


def uploads_slowly(page: Page, *, bytes_per_second: int) -> None:
    line = page.context.new_cdp_session(page)
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": bytes_per_second,
        },
    )


@pytest.fixture
def widget(chromium: Browser, live_desk: LiveDesk) -> Any:
    made = Widget.visit(chromium, live_desk.url)
    made.open()
    yield made
    made.close_page()


def test_files_go_both_ways(
    chromium: Browser, live_desk: LiveDesk, widget: Widget, shots: Path
) -> None:
    attach(widget, PHOTO, BILL)
    expect(widget.chat.locator(".tray li")).to_have_count(2)
    expect(widget.chat.locator(".tray progress")).to_have_count(0)
    widget.page.screenshot(path=shots / "files-1-chosen.png")
    widget.says("The parcel came like this")
    mine = widget.chat.locator(".row.customer").last
    expect(mine.locator(".bubble")).to_have_text("The parcel came like this")
    expect(mine.locator(".file a")).to_have_count(2)
    expect(widget.chat.locator(".tray")).to_be_hidden()
    picture = mine.locator(".file img")
    expect(picture).to_have_js_property("naturalWidth", 40)
    widget.hears("bot", "I cannot open files")
    widget.chat.get_by_role("button", name="Talk to a person").last.click()
    widget.hears("system", "passing you on")

    agent = live_desk.agent()
    agent.claims()
    page = signed_in(chromium, live_desk, agent)
    page.goto(f"{live_desk.url}/inbox/conversations/{live_desk.conversation().id}")
    expect(page.locator(".files img")).to_have_js_property("naturalWidth", 40)
    expect(page.locator(".files bdi")).to_have_text(["photo.png", "bill.pdf"])
    page.locator("#reply-files").set_input_files([payload("offer.pdf", files.PDF)])
    expect(page.locator(".chosen input[name=attachment]")).to_have_count(1)
    page.screenshot(path=shots / "files-2-inbox.png")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#entries .by-agent .files bdi")).to_have_text("offer.pdf")
    page.context.close()

    offer = widget.chat.locator(".row.agent .file a")
    offer.evaluate("link => { link.target = '_self'; }")  # Playwright misses downloads of new tabs
    with widget.page.expect_download() as saved:
        offer.click()
    assert saved.value.suggested_filename == "offer.pdf"
    assert Path(saved.value.path()).read_bytes() == files.PDF


def test_what_is_pasted_or_dropped_is_attached(widget: Widget) -> None:
    encoded = base64.b64encode(files.png()).decode()
    make = """encoded => {
      const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], "shot.png", { type: "image/png" }));
      return transfer;
    }"""
    transfer = widget.page.evaluate_handle(make, encoded)
    expect(widget.chat.locator(".tools > .tool")).to_be_visible()
    widget.input.evaluate(
        """(input, clipboardData) => input.dispatchEvent(
          new ClipboardEvent("paste", { clipboardData, cancelable: true }))""",
        transfer,
    )
    expect(widget.chat.locator(".tray li")).to_have_count(1)
    widget.panel.dispatch_event("dragover", {"dataTransfer": transfer})
    expect(widget.panel).to_have_class("panel drop")
    widget.panel.dispatch_event("drop", {"dataTransfer": transfer})
    expect(widget.panel).to_have_class("panel")
    expect(widget.chat.locator(".tray li small", has_text="✓")).to_have_count(2)
    widget.input.press("Enter")
    expect(widget.chat.locator(".row.customer .file img")).to_have_count(2)


def test_an_upload_shows_how_far_it_is_and_can_be_cancelled(
    live_desk: LiveDesk, widget: Widget
) -> None:
    uploads_slowly(widget.page, bytes_per_second=300_000)
    attach(widget, payload("slow.jpg", files.JPEG + bytes(6 << 20), "image/jpeg"))
    bar = widget.chat.locator(".tray progress")
    expect(bar).to_have_js_property("max", 1)
    widget.page.wait_for_function(
        "() => { const bar = document.querySelector('firstline-chat').shadowRoot"
        ".querySelector('progress'); return bar && bar.value > 0 && bar.value < 1; }"
    )
    widget.chat.get_by_role("button", name="Remove slow.jpg").click()
    expect(widget.chat.locator(".tray")).to_be_hidden()
    expect(widget.input).to_be_focused()
    widget.says("Never mind")
    widget.hears("bot", "Two working days.")
    assert kept(live_desk) == 0


def test_send_waits_for_the_upload(widget: Widget) -> None:
    held: list[Route] = []
    widget.page.route("**/widget/files?*", lambda route: held.append(route))
    attach(widget, PHOTO)
    widget.says("Look at this")
    expect(widget.chat.locator(".tray li")).to_have_count(1)
    expect(widget.input).to_have_value("Look at this")
    while not held:
        widget.page.wait_for_timeout(20)
    held[0].continue_()
    mine = widget.chat.locator(".row.customer", has_text="Look at this")
    expect(mine.locator(".file")).to_have_count(1, timeout=CAN_WAIT_MS)


def test_a_file_outlives_a_cut_line(widget: Widget) -> None:
    has_all = (
        "() => performance.getEntriesByType('resource').some(r => r.name.includes('/more.js'))"
    )
    widget.page.wait_for_function(has_all)
    widget.page.context.set_offline(True)
    attach(widget, PHOTO)
    expect(widget.chat.locator(".tray small")).to_have_text("Not sent")
    expect(widget.chat.locator(".tray").get_by_role("button", name="Try again")).to_be_visible()
    widget.page.context.set_offline(False)
    expect(widget.chat.locator(".tray small")).to_have_text("✓", timeout=CAN_WAIT_MS)
    widget.input.press("Enter")
    expect(widget.chat.locator(".row.customer .file img")).to_be_visible()


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (payload("photo.png", files.EXE), "“photo.png” is not a PNG file, whatever its name says"),
        (payload("photo.png", b""), "The file is empty"),
        (payload("logo.svg", files.SVG), "“.svg” are not accepted here. Accepted: JPG, PNG"),
        (payload("page.html", files.HTML), "“.html” are not accepted here"),
        (payload("huge.jpg", files.JPEG + bytes(15 << 20), "image/jpeg"), "larger than 10 MB"),
        (payload("\u202egnp.exe", files.EXE), "“.exe” are not accepted here"),
    ],
    ids=["program", "empty", "svg", "html", "15 MB", "turned name"],
)
def test_what_is_not_taken_says_why_and_nothing_is_lost(
    live_desk: LiveDesk, widget: Widget, file: FilePayload, says: str
) -> None:
    widget.input.fill("My words")
    attach(widget, PHOTO, file)
    expect(widget.chat.locator(".tray .failed small")).to_contain_text(says, timeout=CAN_WAIT_MS)
    widget.input.press("Enter")
    mine = widget.chat.locator(".row.customer", has_text="My words")
    expect(mine.locator(".file")).to_have_count(1)
    expect(widget.chat.locator(".tray li")).to_have_count(1)  # until it is removed
    assert kept(live_desk) == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("photo\u202egnp.png", "photognp.png"),
        ("x" * 200 + ".png", "x" * 116 + ".png"),
        ("zdjęcie paczki 📦.png", "zdjęcie paczki 📦.png"),
    ],
)
def test_strange_names_become_harmless_ones(widget: Widget, name: str, shown: str) -> None:
    widget.page.evaluate(
        """([name, encoded]) => {
          const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], name));
          const panel = document.querySelector("firstline-chat").shadowRoot.querySelector(".panel");
          panel.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer }));
        }""",
        [name, base64.b64encode(files.png()).decode()],
    )
    expect(widget.chat.locator(".tray small")).to_have_text("✓")
    widget.input.press("Enter")
    expect(widget.chat.locator(".row.customer .file bdi")).to_have_text(shown)


def test_a_name_of_ten_thousand_characters_and_too_many_files(widget: Widget) -> None:
    long = payload("y" * 10_000 + ".png", files.png())
    attach(widget, long, *(payload(f"{n}.png", files.png()) for n in range(5)))
    expect(widget.chat.locator(".tray .failed small")).to_have_text("Not sent: at most 5 files")
    widget.input.press("Enter")
    sent = widget.chat.locator(".row.customer .file bdi")
    expect(sent).to_have_count(5)
    assert len(sent.first.inner_text()) == 120


def test_a_photo_of_15_mb_is_made_smaller_and_sent(widget: Widget) -> None:
    attach(widget, payload("holiday.png", large_photo(), "image/png"))
    expect(widget.chat.locator(".tray small")).to_have_text("✓", timeout=60_000)
    widget.input.press("Enter")
    mine = widget.chat.locator(".row.customer .file")
    expect(mine.locator("bdi")).to_have_text("holiday.jpg")
    expect(mine.locator("img")).to_have_js_property("naturalWidth", SIDE)


def test_an_agent_is_told_what_is_not_taken_and_keeps_the_words(
    chromium: Browser, live_desk: LiveDesk, widget: Widget
) -> None:
    widget.says("Hello")
    widget.hears("bot", "Two working days.")
    agent = live_desk.agent()
    agent.claims()
    page = signed_in(chromium, live_desk, agent)
    page.goto(f"{live_desk.url}/inbox/conversations/{live_desk.conversation().id}")
    page.locator("#reply-text").fill("Here is the manual")
    page.locator("#reply-files").set_input_files(
        [payload("manual.pdf", files.EXE), payload("manual.pdf", files.PDF)]
    )
    expect(page.locator(".chosen .failed")).to_contain_text("“manual.pdf” is not a PDF file")
    expect(page.locator(".chosen input")).to_have_count(1)
    page.locator(".chosen button").first.click()
    expect(page.locator("#reply-files")).to_be_focused()
    transfer = page.evaluate_handle(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(["Press the button."], "steps.txt"));
          return transfer;
        }"""
    )
    page.locator("#entries").dispatch_event("dragover", {"dataTransfer": transfer})
    expect(page.locator(".composer.is-target")).to_be_visible()
    page.locator("#entries").dispatch_event("drop", {"dataTransfer": transfer})
    page.locator("#reply-text").press("Control+Enter")  # also while the second is on its way
    expect(page.locator(".by-agent .files bdi")).to_have_text(["manual.pdf", "steps.txt"])
    widget.hears("agent", "Here is the manual")
    expect(widget.chat.locator(".row.agent .file")).to_have_count(2)
    page.context.close()


CARD = {
    "title": "Sony WH-1000XM5",
    "text": "Black, more at https://shop.example/xm5.",
    "link": {"title": "See it in the shop", "url": "https://shop.example/xm5"},
    "buttons": [{"title": "In a store?", "payload": "/care_stock"}],
}


def test_cards_are_shown_pressed_and_then_settled(live_desk: LiveDesk, widget: Widget) -> None:
    live_desk.says(replies=[{"text": "", "custom": {"cards": [CARD, CARD | {"title": "Other"}]}}])
    widget.says("Headphones?")
    card = widget.chat.locator(".card", has_text="Sony")
    expect(card.get_by_role("link", name="See it in the shop")).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    expect(card.get_by_role("link", name="https://shop.example/xm5")).to_be_visible()
    live_desk.says("In all of them.")
    card.get_by_role("button", name="In a store?").click()
    widget.hears("bot", "In all of them.")
    assert live_desk.server.engine.requests[-1].payload == "/care_stock"
    expect(card.get_by_role("button")).to_be_disabled()
    expect(widget.chat.locator(".choices")).to_have_count(0)


def test_emoji_by_keyboard_alone(widget: Widget) -> None:
    widget.input.fill("Thank you ")
    page = widget.page
    page.keyboard.press("Shift+Tab")
    expect(widget.chat.get_by_role("button", name="Emoji")).to_be_focused()
    page.keyboard.press("Enter")
    # They are fetched when they are first asked for.
    expect(widget.chat.get_by_role("button", name="😀")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(widget.chat.get_by_role("button", name="Emoji")).to_be_focused()
    expect(widget.panel).to_be_visible()
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(widget.input).to_have_value("Thank you 🙂")
    expect(widget.input).to_be_focused()


LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "locale": "pl-PL", "has_touch": True},
}


@pytest.mark.parametrize("look", LOOKS)
def test_files_and_cards_are_clean_for_axe_in_every_look(
    chromium: Browser, live_desk: LiveDesk, shots: Path, look: str
) -> None:
    live_desk.says(replies=[{"text": "Here they are", "custom": {"cards": [CARD]}}])
    widget = Widget.visit(chromium, live_desk.url, **LOOKS[look])
    widget.chat.locator(".launcher").click()  # on a phone the keyboard stays away
    attach(widget, PHOTO, BILL)
    expect(widget.chat.locator(".tray small", has_text="✓")).to_have_count(2)
    widget.says("Słuchawki?")
    expect(widget.chat.locator(".card")).to_be_visible()
    attach(widget, PHOTO, payload("faktura-wrzesień-2026.png", files.EXE))
    expect(widget.chat.locator(".failed small")).to_be_visible()
    assert Axe().run(widget.page).response["violations"] == []
    widget.page.screenshot(path=shots / f"files-{look}.png")
    if look != "phone":
        widget.chat.locator(".faces .tool").click()
        assert Axe().run(widget.page).response["violations"] == []
        widget.page.screenshot(path=shots / f"emoji-{look}.png")
    widget.close_page()
