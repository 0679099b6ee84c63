"""Opening hours in the widget: the line in the head, the form, and the moment of opening."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from bot.conversations.models import Customer
from bot.conversations.state import Status
from tests.browser.live import PATIENCE_MS, LiveDesk, Widget, open_live_desk

pytestmark = pytest.mark.browser

WARSAW = ZoneInfo("Europe/Warsaw")
SOON_SECONDS = 30  # until then the desk has begun, and shows that it is closed


@contextmanager
def desk_with(folder: Path, *lines: str) -> Iterator[LiveDesk]:
    file = folder / "desks.toml"
    name = 'name = { en = "Customer care", pl = "Obsługa klienta" }'
    words = ["[customer-care]", name, 'timezone = "Europe/Warsaw"', *lines]
    file.write_text("\n".join(words), "utf-8")
    with open_live_desk(folder, desks_file=file) as desk:
        yield desk


def closed_today() -> str:
    """A special day, so that the test needs no clock of its own."""
    today = datetime.now(WARSAW).date()
    reason = '{ en = "Stocktaking", pl = "Inwentaryzacja" }'
    dates = f"date = {today}\nuntil = {today + timedelta(1)}"
    return f"[[customer-care.special]]\n{dates}\nreason = {reason}"


def test_outside_hours_a_form_takes_the_message_and_the_bot_goes_on_answering(
    chromium: Browser, tmp_path: Path, shots: Path
) -> None:
    with desk_with(tmp_path, closed_today()) as desk:
        widget = Widget.visit(chromium, desk.url)
        widget.open()
        expect(widget.chat.locator(".who")).to_contain_text(
            "Closed: Stocktaking", timeout=PATIENCE_MS
        )
        widget.says("How long does delivery take?")
        widget.hears("bot", "Two working days.")
        widget.chat.locator(".human").focus()
        keyboard = widget.page.keyboard
        keyboard.press("Enter")
        form = widget.chat.locator(".sheet form:visible")
        expect(form.get_by_label("Message")).to_be_focused()
        expect(form).to_contain_text("Leave us a message")
        form.get_by_role("button", name="Send").click()
        expect(form.get_by_role("alert")).to_have_text("Please write a message.")
        expect(form.get_by_label("Message")).to_be_focused()
        keyboard.type("My parcel is broken")
        keyboard.press("Tab")
        keyboard.type("ola at example")
        keyboard.press("Enter")
        expect(form.get_by_role("alert")).to_contain_text("an e-mail address or a phone number")
        widget.page.screenshot(path=shots / "widget-form.png")
        assert Axe().run(widget.page).response["violations"] == []
        form.get_by_label("E-mail").fill("ola@example.com")
        form.get_by_label("Name").fill("Ola")
        form.get_by_label("Name").press("Enter")
        widget.hears("customer", "My parcel is broken")
        widget.hears("system", "We are closed now (Stocktaking); we open")
        there = desk.conversation()
        assert there.status is Status.QUEUED
        assert there.handoff_details == {"contact": "ola@example.com", "name": "Ola"}

        async def customer() -> Customer:
            async with desk.parts.db.read() as session:
                return await session.get_one(Customer, there.customer_id)

        assert desk.run(customer()).email == "ola@example.com"
        # The customer may talk to the bot at any time; the message is kept for people.
        widget.chat.get_by_role("button", name="Back to the assistant").click()
        widget.hears("system", "they will get back to you at ola@example.com")
        widget.says("And how much is it?")
        expect(widget.chat.locator(".row.bot", has_text="Two working days.")).to_have_count(2)
        widget.close_page()


@pytest.mark.parametrize(("zone", "ends"), [("Europe/Berlin", ""), ("Asia/Tokyo", " (Warsaw)")])
def test_whose_clock_shows_another_time_is_told_which_clock_is_meant(
    chromium: Browser, tmp_path: Path, zone: str, ends: str
) -> None:
    with desk_with(tmp_path, closed_today()) as desk:
        widget = Widget.visit(chromium, desk.url, timezone_id=zone)
        widget.open()
        line = re.compile(r"Opens on \w+ at 0:00" + re.escape(ends) + "$")
        expect(widget.chat.locator(".who span")).to_have_text(line, timeout=PATIENCE_MS)
        widget.close_page()


def test_what_only_the_desk_can_see_is_wrong_brings_the_form_back_as_it_was(
    chromium: Browser, tmp_path: Path
) -> None:
    with desk_with(tmp_path, closed_today()) as desk:
        widget = Widget.visit(chromium, desk.url, locale="pl-PL")
        widget.open()
        widget.chat.locator(".human").click()
        form = widget.chat.locator(".sheet form:visible")
        form.get_by_label("Wiadomość").fill("Paczka jest uszkodzona")
        contact = form.get_by_label("E-mail lub numer telefonu")
        contact.fill("1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0")  # more digits than a number has
        contact.press("Enter")
        expect(form.get_by_role("alert")).to_contain_text("Prosimy podać adres e-mail")
        expect(form.get_by_label("Wiadomość")).to_have_value("Paczka jest uszkodzona")
        contact.fill("600 700 800")
        contact.press("Enter")
        widget.hears("system", "Teraz mamy zamknięte (Inwentaryzacja); otwieramy")
        assert desk.conversation().status is Status.QUEUED
        widget.close_page()


def test_the_widget_opens_with_the_desk(chromium: Browser, tmp_path: Path) -> None:
    """The desk opens some seconds from now, at a full minute: the open chat says so by itself."""
    now = datetime.now(WARSAW)
    soon = timedelta(seconds=SOON_SECONDS)
    opens = (now + soon + timedelta(minutes=1)).replace(second=0, microsecond=0)
    if opens.date() != now.date():
        pytest.skip("a minute before midnight in Warsaw")
    hours = f'["{opens.hour}:{opens.minute:02}-24:00"]'
    with (
        time_machine.travel(opens - soon, tick=True),
        desk_with(
            tmp_path, f"[[customer-care.special]]\ndate = {now.date()}\nhours = {hours}"
        ) as desk,
    ):
        widget = Widget.visit(chromium, desk.url)
        widget.open()
        head = widget.chat.locator(".who")
        expect(head).to_contain_text(f"Opens today at {opens.hour}:{opens.minute:02}")
        expect(head).to_contain_text("Open; all colleagues are away", timeout=75_000)
        agent = desk.agent()
        desk.run(desk.parts.presence.heartbeat(agent._agent.id))
        expect(head).to_contain_text("Open now", timeout=PATIENCE_MS)
        widget.chat.locator(".human").click()  # now it is the queue, no form
        widget.hears("system", "need not repeat anything")
        widget.close_page()


def test_a_desk_that_wants_it_offers_the_form_when_nobody_is_on(
    chromium: Browser, tmp_path: Path
) -> None:
    with desk_with(tmp_path, 'form = "nobody_online"') as desk:
        widget = Widget.visit(chromium, desk.url)
        widget.open()
        expect(widget.chat.locator(".who")).to_contain_text("all colleagues are away")
        widget.chat.locator(".human").click()
        expect(widget.chat.get_by_label("E-mail or phone number")).to_be_visible()
        widget.page.keyboard.press("Escape")
        expect(widget.chat.get_by_label("E-mail or phone number")).to_be_hidden()
        expect(widget.panel).to_be_visible()
        widget.close_page()
