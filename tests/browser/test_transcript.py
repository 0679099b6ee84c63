"""The customer keeps what was said: as a file that runs nothing, or by e-mail."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.live import LiveDesk, Widget, open_live_desk
from tests.smtp_server import Postbox, smtp_server

pytestmark = pytest.mark.browser

ATTACK = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with smtp_server() as opened:
        yield opened


@pytest.fixture
def mailing_desk(tmp_path: Path, postbox: Postbox) -> Iterator[LiveDesk]:
    url = f"smtp+plain://127.0.0.1:{postbox.port}"
    with open_live_desk(tmp_path, smtp_url=url, smtp_from="help@acme.example") as desk:
        yield desk


def talked(chromium: Browser, desk: LiveDesk, **options: str) -> Widget:
    widget = Widget.visit(chromium, desk.url, **options)
    widget.open()
    widget.says(ATTACK)
    widget.hears("bot", "Two working days.")
    return widget


def test_the_file_is_on_the_customers_clock_and_runs_nothing(
    chromium: Browser, live_desk: LiveDesk, tmp_path: Path
) -> None:
    widget = talked(chromium, live_desk, timezone_id="Asia/Tokyo")
    with widget.page.expect_download() as download:
        widget.menu("Save conversation")
    assert download.value.suggested_filename.startswith("Customer-care-20")
    path = tmp_path / "kept.html"
    download.value.save_as(path)
    page = widget.page.context.new_page()
    page.goto(path.as_uri())
    expect(page.get_by_text(ATTACK)).to_be_visible()
    expect(page.get_by_text("Japan Standard Time (Asia/Tokyo)")).to_be_visible()
    assert page.title().startswith("Customer care: conversation of")
    assert page.locator("script, img").count() == 0
    widget.close_page()


def test_without_a_mail_server_no_mail_is_offered(chromium: Browser, live_desk: LiveDesk) -> None:
    widget = talked(chromium, live_desk)
    widget.chat.get_by_role("button", name="More").click()
    offered = widget.chat.locator(".menu button").all_inner_texts()
    assert offered == ["Save conversation", "End conversation"]
    widget.close_page()


def test_a_copy_is_sent_to_the_address_that_was_given(
    chromium: Browser, mailing_desk: LiveDesk, postbox: Postbox, shots: Path
) -> None:
    widget = talked(chromium, mailing_desk)
    widget.menu("Send by e-mail")
    field = widget.chat.get_by_label("Your e-mail address")
    expect(field).to_be_focused()
    widget.page.keyboard.type("jan@example")
    widget.page.keyboard.press("Enter")
    problem = widget.chat.locator(".sheet.copy").get_by_role("alert")
    expect(problem).to_contain_text("does not look like an e-mail address")
    expect(field).to_be_focused()
    widget.page.screenshot(path=shots / "widget-mail.png")
    widget.page.keyboard.type(".com")
    widget.page.keyboard.press("Enter")
    expect(widget.chat.get_by_text("on its way to jan@example.com")).to_be_visible()
    widget.page.keyboard.press("Enter")
    expect(widget.chat.locator(".sheet.copy")).to_be_hidden()
    expect(widget.chat.get_by_role("button", name="More")).to_be_focused()
    for _ in range(300):
        if postbox.mails:
            break
        widget.page.wait_for_timeout(100)
    assert postbox.recipients == [["jan@example.com"]]
    widget.close_page()


def test_without_a_line_it_says_so_and_escape_leads_out(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = talked(chromium, live_desk)
    with widget.page.expect_download():
        widget.menu("Save conversation")
    widget.page.context.set_offline(True)
    widget.menu("Save conversation")
    expect(widget.chat.get_by_text("That did not work. Please try again.")).to_be_visible()
    widget.page.keyboard.press("Escape")
    expect(widget.chat.locator(".sheet.copy")).to_be_hidden()
    expect(widget.panel).to_be_visible()
    widget.close_page()
