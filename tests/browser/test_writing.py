"""Writing in the inbox by keyboard: saved replies, taking back, and what stops a reply."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Route, expect
from sqlalchemy import update

from bot.accounts.permissions import Role
from bot.audit.acts import Doer
from bot.writing.macro import Step
from bot.writing.models import SavedReply
from bot.writing.saved import Content
from tests.browser.inbox import everybody_speaks, opens, signed_in, takes_look
from tests.browser.live import PATIENCE_MS, LiveDesk, Widget, open_live_desk
from tests.browser.test_people import LOOKS, is_fit
from tests.browser.writing import claimed, customer_says
from tests.desk import DESK

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveDesk]:
    with open_live_desk(tmp_path) as opened:
        yield opened


def test_a_saved_reply_by_keyboard_alone(chromium: Browser, desk: LiveDesk) -> None:
    anna, address = claimed(desk)
    text = "**Hello**, parcel {order_number} is on its way."
    content = Content("parcel", {"en": "Parcel"}, {"en": text}, (Step("snooze", "morning"),))
    desk.run(desk.parts.writing.saved.keep(anna._agent, Doer(anna._agent), DESK, content, id=None))
    page = signed_in(chromium, desk, anna)
    opens(page, address)
    field = page.locator("#reply-text")
    field.press_sequentially("/pa")
    expect(page.locator("#finder li")).to_contain_text("/parcel")
    expect(page.locator("#finder li")).to_contain_text("put it off")
    field.press("Enter")
    expect(field).to_have_value("**Hello**, parcel \u27e6Order number\u27e7 is on its way.")
    expect(page.locator(".saved-used")).to_contain_text("Fill in before you send it: Order number")
    field.press("Enter")
    expect(page.locator("#alert")).to_contain_text("still missing", timeout=PATIENCE_MS)
    expect(field).to_be_focused()
    page.keyboard.type("10482")  # over the gap, which is selected
    expect(field).to_have_value("**Hello**, parcel 10482 is on its way.")
    field.press("Enter")
    expect(page.locator(".by-agent .words strong")).to_have_text("Hello", timeout=PATIENCE_MS)
    expect(page.locator(".badge.is-snoozed")).to_be_visible(timeout=PATIENCE_MS)
    page.context.close()


def test_enter_that_is_quicker_than_the_saved_replies_takes_and_does_not_send(
    chromium: Browser, desk: LiveDesk
) -> None:
    anna, address = claimed(desk)
    content = Content("parcel", {"en": "Parcel"}, {"en": "It is on its way."}, ())
    desk.run(desk.parts.writing.saved.keep(anna._agent, Doer(anna._agent), DESK, content, id=None))
    page = signed_in(chromium, desk, anna)
    opens(page, address)
    field = page.locator("#reply-text")
    held: list[Route] = []
    page.route("**/saved?q=*", lambda route: held.append(route))

    def types(words: str) -> None:
        """And Enter, before any answer is there."""
        before = len(held)
        field.press_sequentially(words)
        field.press("Enter")
        while len(held) == before:
            page.wait_for_timeout(10)
        while held:
            held.pop(0).continue_()

    types("/pa")
    expect(field).to_have_value("It is on its way.", timeout=PATIENCE_MS)
    field.press("Control+a")
    types("See /nowhere")
    expect(page.locator(".by-agent")).to_contain_text("See /nowhere", timeout=PATIENCE_MS)
    expect(page.locator(".by-agent")).to_have_count(1)
    page.context.close()


def test_new_words_stop_a_reply_and_send_anyway_sends_it(chromium: Browser, desk: LiveDesk) -> None:
    anna, address = claimed(desk)
    page = signed_in(chromium, desk, anna)
    opens(page, address)
    field = page.locator("#reply-text")
    field.press_sequentially("It comes")
    customer_says(desk, "Never mind, it is here!", "2")
    field.press_sequentially(" tomorrow")
    field.press("Enter")
    stop = page.locator("#reply-stop")
    expect(stop).to_contain_text("Never mind, it is here!", timeout=PATIENCE_MS)
    expect(field).to_have_value("It comes tomorrow")
    expect(page.locator(".by-agent")).to_have_count(0)
    page.get_by_role("button", name="Send anyway").press("Enter")
    expect(page.locator(".by-agent")).to_contain_text("It comes tomorrow", timeout=PATIENCE_MS)
    expect(stop).to_be_empty()
    page.context.close()


def test_a_held_reply_comes_back_into_the_composer(chromium: Browser, desk: LiveDesk) -> None:
    anna, address = claimed(desk)
    # As long as can be chosen: the machine may be slow, and the test is not about the clock.
    desk.run(desk.parts.writing.replies.choose_undo(anna._agent, 20))
    page = signed_in(chromium, desk, anna)
    opens(page, address)
    field = page.locator("#reply-text")
    field.fill("Dear Olaf")
    field.press("Enter")
    expect(page.locator(".held")).to_contain_text("Dear Olaf", timeout=PATIENCE_MS)
    page.locator("#held-undo").press("Enter")
    expect(field).to_have_value("Dear Olaf", timeout=PATIENCE_MS)
    expect(field).to_be_focused()
    expect(page.locator(".held")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator(".by-agent")).to_have_count(0)
    page.context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_a_held_reply_is_on_the_screen_in_every_look(
    chromium: Browser, desk: LiveDesk, shots: Path, look: str
) -> None:
    language, options = LOOKS[look]
    anna, address = claimed(desk)
    desk.run(desk.parts.writing.replies.choose_undo(anna._agent, 20))
    everybody_speaks(desk, language)
    page = signed_in(chromium, desk, anna)
    takes_look(page, options)
    opens(page, address)
    page.locator("#reply-text").fill(
        "A long reply, longer than a phone is wide, is held for a while."
    )
    page.locator("#reply-text").press("Enter")
    expect(page.locator("#held-undo")).to_be_in_viewport(ratio=1, timeout=PATIENCE_MS)
    expect(page.locator("#held-send")).to_be_in_viewport(ratio=1)
    expect(page.locator("#reply-text")).to_be_in_viewport(ratio=1)
    page.screenshot(path=shots / f"held-{look}.png")
    page.context.close()


def test_a_held_reply_goes_out_by_itself(chromium: Browser, desk: LiveDesk) -> None:
    anna, address = claimed(desk)
    desk.run(desk.parts.writing.replies.choose_undo(anna._agent, 20))
    page = signed_in(chromium, desk, anna)
    opens(page, address)
    field = page.locator("#reply-text")
    field.fill("Dear Ola")
    field.press("Enter")
    expect(page.locator(".held")).to_contain_text("Dear Ola", timeout=PATIENCE_MS)
    field.press_sequentially("And one more thing")
    expect(page.locator(".by-agent .words")).to_have_text(["Dear Ola"], timeout=4 * PATIENCE_MS)
    expect(page.locator(".held")).to_have_count(0)
    expect(field).to_have_value("And one more thing")
    page.context.close()


def test_a_macro_with_a_variable_that_is_unknown_by_now_leaves_the_words(
    chromium: Browser, desk: LiveDesk
) -> None:
    anna, address = claimed(desk)
    content = Content("old", {"en": "Old"}, {"en": "Hi"}, (Step("close", ""),))
    desk.run(desk.parts.writing.saved.keep(anna._agent, Doer(anna._agent), DESK, content, id=None))

    async def outdate() -> None:
        async with desk.parts.db.write() as tx:
            await tx.session.execute(update(SavedReply).values(text={"en": "Hi {gone_by_now}"}))

    desk.run(outdate())
    page = signed_in(chromium, desk, anna)
    opens(page, address)
    field = page.locator("#reply-text")
    field.press_sequentially("Dear Ola, /ol")
    expect(page.locator("#finder li")).to_contain_text("/old")
    field.press("Enter")
    notice = page.get_by_text("{gone_by_now}")
    expect(notice).to_be_visible(timeout=PATIENCE_MS)
    expect(field).to_have_value(re.compile("^Dear Ola, "))
    expect(field).to_be_focused()
    expect(page.locator(".by-agent")).to_have_count(0)
    assert desk.conversation().status == "with_agent", "nor was anything else of it done"
    page.context.close()


def test_the_keys_and_the_composer_are_accessible(chromium: Browser, desk: LiveDesk) -> None:
    axe = Axe()
    anna, address = claimed(desk)
    page = signed_in(chromium, desk, anna)
    opens(page, address)
    page.locator("#customer").focus()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    assert axe.run(page).response["violations"] == []
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("r")
    expect(page.locator("#reply-text")).to_be_focused()
    page.keyboard.type("**Hi** :smi")
    expect(page.locator("#finder li")).to_contain_text("smile")
    assert axe.run(page).response["violations"] == []
    page.keyboard.press("Tab")
    expect(page.locator("#reply-text")).to_have_value("**Hi** 🙂")
    page.get_by_role("button", name="Preview").press("Enter")
    expect(page.locator(".preview strong")).to_have_text("Hi")
    page.goto(f"{desk.url}/inbox/saved")
    assert axe.run(page).response["violations"] == []
    page.context.close()


def test_keys_composer_and_saved_replies_are_fit_for_everyone_in_every_look(
    chromium: Browser, desk: LiveDesk, shots: Path
) -> None:
    lead = desk.agent(role=Role.LEAD)
    customer_says(desk, "Where is my parcel?", "1")
    lead.claims()
    address = f"{desk.url}/inbox/conversations/{desk.conversation().id}"
    content = Content("old", {"en": "Old"}, {"en": "Hi"}, (Step("close", ""),))
    desk.run(desk.parts.writing.saved.keep(lead._agent, Doer(lead._agent), DESK, content, id=None))
    page = signed_in(chromium, desk, lead)
    for look, (language, options) in LOOKS.items():
        everybody_speaks(desk, language)
        takes_look(page, options)
        opens(page, address)
        page.locator("#customer").focus()
        page.keyboard.press("?")
        expect(page.locator("dialog#keys")).to_be_visible()
        is_fit(page, shots / f"writing-keys-{look}.png")
        page.keyboard.press("Escape")
        page.locator("#reply-text").fill("")
        page.locator("#reply-text").press_sequentially("**Hi** :smi")
        expect(page.locator("#finder li").first).to_contain_text("🙂")
        is_fit(page, shots / f"writing-composer-{look}.png")
        page.goto(f"{desk.url}/inbox/saved")
        for folded in page.locator("details.saved-one > summary").all():
            folded.click()
        is_fit(page, shots / f"writing-saved-{look}.png")
    page.context.close()


def test_the_customer_sees_marks_and_nothing_else_of_html(
    chromium: Browser, desk: LiveDesk
) -> None:
    anna = desk.agent()
    widget = Widget.visit(chromium, desk.url)
    widget.open()
    widget.says("Hello?")
    widget.hears("bot", "Two working days.")
    anna.claims()
    anna.replies("**Hello** <b>Ola</b>:\n- one\n- [two](javascript:alert(1))")
    bubble = widget.chat.locator(".row.agent .bubble").last
    expect(bubble.locator("strong")).to_have_text("Hello", timeout=PATIENCE_MS)
    expect(bubble.locator("li").last).to_have_text("[two](javascript:alert(1))")
    expect(bubble).to_contain_text("<b>Ola</b>")
    expect(bubble.locator("a, b")).to_have_count(0)
    anna.replies("`--force` is [here](https://shop.example/help)")
    bubble = widget.chat.locator(".row.agent .bubble").last
    expect(bubble.locator("code")).to_have_text("--force", timeout=PATIENCE_MS)
    link = bubble.get_by_role("link", name="here")
    expect(link).to_have_attribute("href", "https://shop.example/help")
    widget.close_page()
