"""Waiting for a person, as a customer meets it: place, receipt, other ways, and who joins."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Route, expect

from bot.accounts.pictures import Pictures
from bot.clock import now
from bot.conversations.models import Conversation
from bot.conversations.state import Status
from bot.handoff.packet import Packet
from bot.handoff.queries import load_packet
from bot.queue.repository import keep_wait
from tests.bot.accounts.test_pictures import png
from tests.browser.live import PATIENCE_MS, LiveDesk, Widget, open_live_desk
from tests.desk import DESK

pytestmark = pytest.mark.browser

# The names of buttons when they come, in the same task: before the chat draws what it shows.
NAMES_AT_FIRST = """
(card) => {
  const append = card.append.bind(card);
  card.append = (...parts) => {
    append(...parts);
    window.namesAtFirst = [...card.querySelectorAll("button")].map((one) => one.textContent);
  };
}
"""


@pytest.fixture
def live_desk(tmp_path: Path) -> Iterator[LiveDesk]:
    with open_live_desk(tmp_path) as desk:
        desk.says("On its way.", intent="care_order_status", slots={"order_number": "10482"})
        yield desk


def waits(chromium: Browser, desk: LiveDesk, **options: Any) -> Widget:
    """Somebody who asked about an order, and for a person."""
    widget = Widget.visit(chromium, desk.url, **options)
    widget.open()
    widget.says("Where is my order 10482?")
    widget.hears("bot", "On its way.")
    widget.chat.locator(".human").click()
    expect(card(widget)).to_contain_text("10482", timeout=PATIENCE_MS)
    return widget


def card(widget: Widget) -> Locator:
    return widget.chat.locator(".waiting")


def packet(desk: LiveDesk) -> Packet:
    async def load() -> Packet:
        async with desk.parts.db.read() as session:
            there = await session.get_one(Conversation, conversation)
            return await load_packet(session, there, desks=[DESK])

    conversation = desk.conversation().id
    return desk.run(load())


def test_the_place_in_the_queue_moves_while_they_watch(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    first = waits(chromium, live_desk)
    expect(card(first)).to_contain_text("Your place in the queue: 1", timeout=PATIENCE_MS)
    second = waits(chromium, live_desk)
    expect(card(second)).to_contain_text("Your place in the queue: 2", timeout=PATIENCE_MS)
    expect(card(second)).not_to_contain_text("Waiting time")  # nothing was measured yet
    second.page.reload()
    expect(card(second)).to_contain_text("Your place in the queue: 2", timeout=PATIENCE_MS)
    card(first).get_by_role("button", name="Back to the assistant").click()
    expect(card(second)).to_contain_text("Your place in the queue: 1", timeout=PATIENCE_MS)
    first.close_page()
    second.close_page()


def test_the_expected_wait_is_what_others_have_waited(
    chromium: Browser, live_desk: LiveDesk, shots: Path
) -> None:
    agent = live_desk.agent()
    widget = waits(chromium, live_desk)
    conversation = live_desk.conversation()

    async def measure() -> None:
        """One was taken every three minutes, and just now the last of them."""
        await live_desk.parts.presence.heartbeat(agent._agent.id)
        async with live_desk.parts.db.write() as tx:
            for number in range(1, 6):
                start = now() - timedelta(minutes=15)
                taken = start + timedelta(minutes=3 * number)
                keep_wait(
                    tx.session,
                    conversation,
                    queued_at=start,
                    taken_at=taken,
                    open_seconds=180.0 * number,
                )

    live_desk.run(measure())
    expect(card(widget)).to_contain_text("Waiting time: about 3 min", timeout=PATIENCE_MS)
    widget.page.screenshot(path=shots / "widget-expected-wait.png")
    # The last agent goes: nobody can say how long it will take.
    live_desk.run(live_desk.parts.presence.left(agent._agent.id))
    expect(card(widget)).not_to_contain_text("Waiting time", timeout=PATIENCE_MS)
    expect(card(widget)).to_contain_text("Your place in the queue: 1")
    widget.close_page()


def test_back_to_the_assistant_by_keyboard_and_to_a_person_again(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = waits(chromium, live_desk)
    expect(widget.chat.locator(".human")).to_be_hidden()
    card(widget).get_by_role("button", name="Back to the assistant").focus()
    widget.page.keyboard.press("Enter")
    widget.hears("system", "talking with the assistant again")
    expect(card(widget)).to_be_hidden()
    expect(widget.input).to_be_focused()
    live_desk.says("Two days.")
    widget.says("How long does it take?")
    widget.hears("bot", "Two days.")
    widget.chat.locator(".human").click()
    expect(card(widget)).to_be_visible(timeout=PATIENCE_MS)
    widget.close_page()


def test_a_contact_is_left_instead_of_waiting(chromium: Browser, live_desk: LiveDesk) -> None:
    widget = waits(chromium, live_desk)
    card(widget).get_by_role("button", name="Leave e-mail or phone").click()
    contact = widget.chat.get_by_label("E-mail or phone number")
    expect(contact).to_be_focused()
    contact.fill("call me")
    contact.press("Enter")
    expect(widget.chat.locator(".sheet [role=alert]")).to_have_text(
        "Please give an e-mail address or a phone number."
    )
    contact.fill("ola@example.com")
    contact.press("Enter")
    widget.hears("customer", "ola@example.com")
    widget.hears("system", "We will get back to you at ola@example.com")
    expect(card(widget)).to_contain_text("ola@example.com")
    assert packet(live_desk).customer.email == "ola@example.com"
    widget.close_page()


def test_what_was_passed_on_is_put_right_before_the_agent_joins(
    chromium: Browser, live_desk: LiveDesk, shots: Path
) -> None:
    widget = waits(chromium, live_desk)
    widget.page.screenshot(path=shots / "widget-waiting.png")
    expect(card(widget)).to_contain_text("You asked for a person")
    expect(card(widget)).to_contain_text("Where is my order 10482?")
    change = card(widget).get_by_role("button", name="Change: Order number")
    change.focus()
    keyboard = widget.page.keyboard
    keyboard.press("Enter")
    expect(card(widget).get_by_label("Order number")).to_be_focused()
    keyboard.press("Escape")
    expect(card(widget).get_by_label("Order number", exact=True)).to_have_count(0)
    expect(widget.panel).to_be_visible()  # Escape ended the editing, not the chat
    change.focus()
    keyboard.press("Enter")
    keyboard.type(" ")
    keyboard.press("Enter")
    expect(card(widget).get_by_role("alert")).to_contain_text("Please write 1 to 200 characters")
    keyboard.type("10483")
    widget.page.screenshot(path=shots / "widget-correcting.png")
    keyboard.press("Enter")
    expect(card(widget)).to_contain_text("10483")
    expect(card(widget)).to_contain_text("corrected")
    fact = next(fact for fact in packet(live_desk).facts if fact.name == "order_number")
    assert (fact.value, fact.before) == ("10483", "10482")
    live_desk.agent().claims()
    expect(card(widget)).to_be_hidden(timeout=PATIENCE_MS)
    widget.close_page()


def test_what_is_being_typed_stays_when_the_queue_moves(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    other = waits(chromium, live_desk)
    widget = waits(chromium, live_desk)
    expect(card(widget)).to_contain_text("queue: 2", timeout=PATIENCE_MS)
    card(widget).get_by_role("button", name="Change: Order number").click()
    widget.page.keyboard.type("104")
    card(other).get_by_role("button", name="Back to the assistant").click()
    expect(card(widget)).to_contain_text("queue: 1", timeout=PATIENCE_MS)
    expect(card(widget).get_by_label("Order number")).to_have_value("104")
    other.close_page()
    widget.close_page()


def test_an_agent_joins_with_name_and_face(
    chromium: Browser, live_desk: LiveDesk, shots: Path
) -> None:
    widget = waits(chromium, live_desk)
    agent = live_desk.agent()
    live_desk.run(Pictures(live_desk.parts.db).set(agent._agent.id, png(64, 64)))
    agent = live_desk.same(agent)
    agent.claims()
    widget.hears("system", "Anna has joined the conversation")
    faces = widget.chat.locator(".head .face img, .row.system .face img")
    expect(faces).to_have_count(2, timeout=PATIENCE_MS)
    agent.replies("Good morning!")
    widget.hears("agent", "Good morning!")
    picture = widget.row("agent", "Good morning!").locator("i img")
    expect(picture).to_have_attribute("src", re.compile(r"/widget/pictures/[\w-]{20,}$"))
    assert picture.evaluate("image => image.naturalWidth") == 64
    # The bot looks otherwise: square, with a sign of its own, and by another name.
    radius = "mark => getComputedStyle(mark).borderRadius"
    bot = widget.row("bot", "On its way.").locator(".name i")
    assert bot.evaluate(radius) != picture.locator("..").evaluate(radius)
    expect(bot.locator("svg")).to_be_visible()
    widget.page.screenshot(path=shots / "widget-agent-joined.png")
    widget.close_page()


def test_an_agent_without_a_picture_has_an_initial(chromium: Browser, live_desk: LiveDesk) -> None:
    widget = waits(chromium, live_desk)
    problems: list[str] = []
    widget.page.on("console", lambda message: problems.append(message.text))
    live_desk.agent().claims()
    expect(widget.chat.locator(".head .face")).to_have_text("A", timeout=PATIENCE_MS)
    assert problems == []
    widget.close_page()


LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "locale": "pl-PL"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_while_they_wait(
    chromium: Browser, live_desk: LiveDesk, shots: Path, look: str
) -> None:
    widget = waits(chromium, live_desk, **LOOKS[look])
    expect(card(widget)).to_contain_text(re.compile("queue: 1|kolejce: 1"), timeout=PATIENCE_MS)
    widget.page.screenshot(path=shots / f"widget-waiting-{look}.png")
    assert Axe().run(widget.page).response["violations"] == []
    card(widget).locator("dl button").first.click()
    assert Axe().run(widget.page).response["violations"] == []
    widget.page.keyboard.press("Escape")
    card(widget).locator(".choices button").last.click()
    widget.page.screenshot(path=shots / f"widget-leave-contact-{look}.png")
    assert Axe().run(widget.page).response["violations"] == []
    small = widget.panel.locator("button:visible, input:visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).filter(({ width, height }) =>"
        " Math.min(width, height) < 44).length"
    )
    assert small == 0
    assert live_desk.conversation().status is Status.QUEUED
    widget.close_page()


def test_what_only_those_who_wait_need_is_fetched_then_and_again_when_that_failed(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    asked: list[str] = []

    def fail_once(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    widget.page.route("**/widget/people.js*", fail_once)
    card(widget).evaluate(NAMES_AT_FIRST)
    widget.open()
    widget.says("Where is my order 10482?")
    widget.hears("bot", "On its way.")
    assert asked == []
    widget.chat.locator(".human").click()
    expect(card(widget)).to_contain_text("10482", timeout=PATIENCE_MS)
    assert len(asked) == 2
    names = widget.page.evaluate("namesAtFirst")
    assert names == ["Back to the assistant", "Leave e-mail or phone"]
    widget.close_page()
