"""A transcript of 1,000 messages in Chromium: scrolling, jumping, the keyboard, what comes in."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.channel import InboundMessage
from bot.inbox.window import PAGE
from tests.browser.inbox import opens, signed_in, takes_look
from tests.browser.live import PATIENCE_MS, LiveDesk
from tests.browser.test_accessible import AXE_OPTIONS
from tests.browser.test_people import LOOKS
from tests.desk import DESK
from tests.long_talk import lengthen

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LENGTH = 1_000
# A row is a plain link, which loads the page anew, until htmx has seen it.
IS_READY = "id => document.getElementById(id)?.['htmx-internal-data']?.boosted"
REFRESH = "document.body.dispatchEvent(new Event('refresh'))"


class Customer:
    """Who writes in a long conversation."""

    def __init__(self, desk: LiveDesk, thread: str = "t1") -> None:
        self._desk = desk
        self._thread = thread
        self._said = 0

    def says(self, text: str) -> str:
        """The conversation, once everything that the message set off is done."""
        self._said += 1
        inbound = InboundMessage(
            channel="web",
            thread=self._thread,
            customer=self._thread,
            desk=DESK,
            external_id=f"{self._thread} said {self._said}",
            language="en",
            text=text,
        )
        parts = self._desk.parts

        async def receive() -> str:
            receipt = await parts.frontdesk.receive_customer_message(inbound)
            while parts.turns._tasks:
                await asyncio.sleep(0.01)
            return receipt.conversation

        return self._desk.run(receive())

    def talks(self, *, to: int = LENGTH) -> str:
        """Until so many messages are there."""
        conversation = self.says("Hello?")
        self._desk.run(lengthen(self._desk.parts.db, conversation, to=to))
        return conversation


def numbers(page: Page) -> list[int]:
    """The messages that the page has."""
    found: Sequence[str] = page.evaluate(
        "[...document.querySelectorAll('#entries .message')].map((one) => one.id.slice(1))"
    )
    return [int(one) for one in found]


def place_of(page: Page, number: int) -> float:
    """How far from the top of the screen."""
    top = "id => document.getElementById(id).getBoundingClientRect().top"
    return float(page.evaluate(top, f"m{number}"))


def shows(page: Page, number: int, block: str = "start") -> None:
    scroll = "([id, block]) => document.getElementById(id).scrollIntoView({block})"
    page.evaluate(scroll, [f"m{number}", block])


def has(page: Page, count: int) -> None:
    expect(page.locator("#entries .message")).to_have_count(count, timeout=PATIENCE_MS)


def test_scrolling_brings_earlier_pages_and_the_place_stays(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    conversation = Customer(live_desk).talks()
    page = signed_in(chromium, live_desk, live_desk.agent())
    opens(page, f"{live_desk.url}/inbox/conversations/{conversation}")
    expect(page.locator("#m1000")).to_be_in_viewport()
    expect(page.locator("#to-newest")).to_be_hidden()
    assert numbers(page) == list(range(LENGTH - PAGE + 1, LENGTH + 1))
    for lap in (1, 2):
        first = LENGTH - PAGE * lap + 1
        shows(page, first)
        place = place_of(page, first)
        has(page, PAGE * (lap + 1))
        assert abs(place_of(page, first) - place) < 3
    assert numbers(page) == list(range(LENGTH - 3 * PAGE + 1, LENGTH + 1))
    expect(page.locator("#to-newest")).to_have_text("To the newest messages")
    page.locator("#to-newest").click()
    expect(page.locator("#m1000")).to_be_focused()
    expect(page.locator("#m1000")).to_be_in_viewport()
    expect(page.locator("#to-newest")).to_be_hidden()
    page.context.close()


def test_reading_it_all_by_keyboard_alone(chromium: Browser, live_desk: LiveDesk) -> None:
    conversation = Customer(live_desk).talks(to=210)
    page = signed_in(chromium, live_desk, live_desk.agent())
    opens(page, f"{live_desk.url}/inbox/conversations/{conversation}?from=100")
    expect(page.locator("#m100")).to_be_focused()
    expect(page.locator("#m100")).to_be_in_viewport()
    assert numbers(page)[0] == 85
    page.keyboard.press("u")
    expect(page.locator("#m84")).to_be_focused()
    expect(page.locator("#m84")).to_be_in_viewport()
    expect(page.locator("#announcer")).to_have_text("Messages loaded: 60")
    # By Tab to the link, which fetches by itself as soon as it is seen: the focus is not lost.
    page.locator(".scroll").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#m24")).to_be_focused()
    expect(page.locator("#earlier-entries")).to_be_hidden()
    assert numbers(page)[0] == 1
    page.keyboard.press("l")
    expect(page.locator("#m210")).to_be_focused()
    assert numbers(page) == list(range(151, 211))
    page.context.close()


def test_from_the_middle_later_pages_and_the_pill_lead_to_the_end(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    customer = Customer(live_desk)
    conversation = customer.talks()
    anna = live_desk.agent()
    anna.claims()
    page = signed_in(chromium, live_desk, anna)
    opens(page, f"{live_desk.url}/inbox/conversations/{conversation}?from=500#m500")
    expect(page.locator("#m500")).to_be_in_viewport()
    pill = page.locator("#to-newest")
    expect(pill).to_have_text("To the newest messages")
    last = numbers(page)[-1]
    shows(page, last, "end")
    place = place_of(page, last)
    expect(page.locator(f"#m{last + PAGE}")).to_be_attached(timeout=PATIENCE_MS)
    assert abs(place_of(page, last) - place) < 3
    customer.says("Is anybody there?")
    expect(pill).to_have_text("New messages: 1", timeout=PATIENCE_MS)
    customer.says("Hello?")
    expect(pill).to_have_text("New messages: 2", timeout=PATIENCE_MS)
    assert "Is anybody there?" not in page.locator("#entries").inner_text()
    assert numbers(page) == sorted(set(numbers(page)))
    pill.click()
    expect(page.locator("#entries .message").last).to_contain_text("Hello?")
    expect(page.locator("#entries .message").last).to_be_focused()
    expect(pill).to_be_hidden()
    customer.says("At last")
    expect(page.locator(".live .message")).to_contain_text("At last", timeout=PATIENCE_MS)
    page.context.close()


def test_a_jump_keeps_what_is_being_written(chromium: Browser, live_desk: LiveDesk) -> None:
    conversation = Customer(live_desk).talks()
    anna = live_desk.agent()
    anna.claims()
    page = signed_in(chromium, live_desk, anna)
    opens(page, f"{live_desk.url}/inbox/conversations/{conversation}")
    page.locator("#reply-text").fill("Half a sentence")
    link = page.locator(".facts-list [data-message]").first
    number = int(link.get_attribute("data-message") or 0)
    assert number < numbers(page)[0]
    link.click()
    expect(page.locator(f"#m{number}")).to_be_focused()
    expect(page.locator(f"#m{number}")).to_be_in_viewport()
    expect(page.locator("#reply-text")).to_have_value("Half a sentence")
    page.locator("#reply-text").press("Enter")
    # What one has written is at the end, and so is the window then.
    expect(page.locator("#to-newest")).to_be_hidden(timeout=PATIENCE_MS)
    expect(page.locator("#entries .message").last).to_contain_text(
        "Half a sentence", timeout=PATIENCE_MS
    )
    page.context.close()


def test_who_reads_above_is_not_moved_by_news(chromium: Browser, live_desk: LiveDesk) -> None:
    customer = Customer(live_desk)
    conversation = customer.talks(to=80)
    anna = live_desk.agent()
    anna.claims()
    page = signed_in(chromium, live_desk, anna)
    opens(page, f"{live_desk.url}/inbox/conversations/{conversation}")
    shows(page, 60, "center")
    place = place_of(page, 60)
    customer.says("A long story.\n" * 12)
    expect(page.locator("#to-newest")).to_have_text("New messages: 1", timeout=PATIENCE_MS)
    assert abs(place_of(page, 60) - place) < 3
    page.context.set_offline(True)
    customer.says("Two")
    customer.says("Three")
    page.context.set_offline(False)
    expect(page.locator("#to-newest")).to_have_text("New messages: 3", timeout=PATIENCE_MS)
    assert abs(place_of(page, 60) - place) < 3
    page.locator("#to-newest").click()
    expect(page.locator("#entries .message").last).to_contain_text("Three")
    customer.says("Four")
    expect(page.locator("#entries .message").last).to_contain_text("Four", timeout=PATIENCE_MS)
    expect(page.locator("#entries .message").last).to_be_in_viewport()
    assert numbers(page) == sorted(set(numbers(page)))
    page.context.close()


def test_a_long_gap_is_read_on_from_where_one_was(chromium: Browser, live_desk: LiveDesk) -> None:
    conversation = Customer(live_desk).talks(to=20)
    page = signed_in(chromium, live_desk, live_desk.agent())
    opens(page, f"{live_desk.url}/inbox/conversations/{conversation}")
    live_desk.run(lengthen(live_desk.parts.db, conversation, to=150))
    page.evaluate(REFRESH)
    expect(page.locator("#to-newest")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#m80")).to_be_in_viewport()
    expect(page.locator("#m140")).to_be_attached(timeout=PATIENCE_MS)
    shows(page, 140, "end")
    expect(page.locator("#m150")).to_be_attached(timeout=PATIENCE_MS)
    expect(page.locator("#later-entries")).to_be_hidden()
    assert numbers(page) == list(range(1, 151))
    live_desk.run(lengthen(live_desk.parts.db, conversation, to=152))
    page.evaluate(REFRESH)
    expect(page.locator(".live #m152")).to_be_attached(timeout=PATIENCE_MS)
    assert numbers(page) == list(range(1, 153))
    page.context.close()


def test_an_edit_comes_into_the_open_window(chromium: Browser, live_desk: LiveDesk) -> None:
    conversation = Customer(live_desk).talks(to=100)
    page = signed_in(chromium, live_desk, live_desk.agent())
    opens(page, f"{live_desk.url}/inbox/conversations/{conversation}")
    live_desk.run(live_desk.parts.edits.edited("web", "t1:long:99", "In Łódź, I meant"))
    expect(page.locator("#m99")).to_contain_text("In Łódź, I meant", timeout=PATIENCE_MS)
    expect(page.locator("#m99")).to_contain_text("Edited by the customer")
    live_desk.run(live_desk.parts.edits.withdrawn("web", "t1:long:99"))
    expect(page.locator("#m99")).to_contain_text("deleted this message", timeout=PATIENCE_MS)
    page.locator("#m97 summary").click()
    expect(page.locator("#m97 .guesses")).to_contain_text("93 %")
    page.context.close()


def test_a_page_that_only_grows_keeps_so_many(chromium: Browser, live_desk: LiveDesk) -> None:
    conversation = Customer(live_desk).talks(to=20)
    page = signed_in(chromium, live_desk, live_desk.agent())
    opens(page, f"{live_desk.url}/inbox/conversations/{conversation}")
    expect(page.locator("#earlier-entries")).to_be_hidden()
    for to in range(60, 261, 40):
        live_desk.run(lengthen(live_desk.parts.db, conversation, to=to))
        page.evaluate(REFRESH)
        expect(page.locator(f"#m{to}")).to_be_in_viewport(timeout=PATIENCE_MS)
    left = numbers(page)
    assert left == list(range(left[0], 261))
    assert 80 <= len(left) <= 200
    expect(page.locator("#earlier-entries")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(f"#m{left[0] - 1}")).to_be_focused()
    assert numbers(page) == list(range(left[0] - PAGE, 261))
    page.context.close()


@pytest.mark.parametrize("what", [".row", "#rows .pick", "#tabs a"])
def test_a_click_while_the_list_is_brought_again_is_no_click_into_nothing(
    chromium: Browser, live_desk: LiveDesk, what: str
) -> None:
    customer = Customer(live_desk)
    customer.says("Hello?")
    page = signed_in(chromium, live_desk, live_desk.agent())
    opens(page, f"{live_desk.url}/inbox?view=bot")
    pressed = page.locator(what).first
    href = pressed.get_attribute("href")
    place = pressed.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down()
    with page.expect_response("**/inbox/list?*"):
        page.evaluate("one => { window.pressed = one }", pressed.element_handle())
        customer.says("Is anybody there?")
    page.wait_for_function("() => !window.pressed.isConnected")
    page.mouse.up()
    if what == "#rows .pick":
        expect(page.locator(".pick-box:checked")).to_have_count(1)
    else:
        expect(page).to_have_url(f"{live_desk.url}{href}")
    page.context.close()


def test_opened_conversations_leave_nothing_behind(chromium: Browser, live_desk: LiveDesk) -> None:
    """What the page has is what is on the screen, after 24 conversations as after eight."""
    people = [Customer(live_desk, f"t{number}") for number in range(8)]
    ids = [one.says("Hello?") for one in people]
    page = signed_in(chromium, live_desk, live_desk.agent())
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    opens(page, f"{live_desk.url}/inbox?view=bot")

    def held() -> tuple[float, float]:
        devtools.send("HeapProfiler.collectGarbage")
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        found = {metric["name"]: metric["value"] for metric in metrics}
        return found["Nodes"], found["JSEventListeners"]

    seen = []
    for _ in range(3):
        for conversation in ids:
            page.wait_for_function(IS_READY, arg=f"row-{conversation}")
            page.locator(f"#row-{conversation}").click()
            expect(page.locator("#work")).to_have_attribute("data-conversation", conversation)
        page.wait_for_load_state("networkidle")
        seen.append(held())
    for _ in range(40):  # the one before the last may be held until its last request has ended
        if seen[-1][0] - seen[0][0] < 3_000 and seen[-1][1] - seen[0][1] < 100:
            break
        page.wait_for_timeout(250)
        seen.append(held())
    # One conversation is a thousand nodes and more than thirty listeners.
    assert seen[-1][0] - seen[0][0] < 3_000, seen
    assert seen[-1][1] - seen[0][1] < 100, seen
    page.context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_is_accessible(
    chromium: Browser, live_desk: LiveDesk, shots: Path, look: str
) -> None:
    language, options = LOOKS[look]
    customer = Customer(live_desk)
    conversation = customer.talks()
    anna = live_desk.agent()
    anna.claims()

    async def prepare() -> None:
        await live_desk.parts.handoffs.note(anna._agent, conversation, "Klientka dzwoniła z Łodzi")
        async with live_desk.parts.db.write() as tx:
            await tx.session.execute(update(Agent).values(language=language))

    live_desk.run(prepare())
    page = signed_in(chromium, live_desk, anna)
    takes_look(page, options)
    address = f"{live_desk.url}/inbox/conversations/{conversation}"
    opens(page, f"{address}?from=500#m500")
    expect(page.locator("#m500")).to_be_in_viewport()
    customer.says("Is anybody there?")
    expect(page.locator("#to-newest.is-news")).to_be_visible(timeout=PATIENCE_MS)
    looks_right(page, shots / f"window-middle-{look}.png")
    page.locator("#to-newest").click()
    expect(page.locator("#to-newest")).to_be_hidden()
    looks_right(page, shots / f"window-end-{look}.png")
    page.evaluate("document.querySelector('.scroll').scrollTop = -1e6")
    expect(page.locator("#to-newest")).to_be_visible()
    looks_right(page, shots / f"window-above-{look}.png")
    if look == "phone":
        page.locator("#evidence summary").click()
    link = page.locator(".facts-list [data-message]").first
    link.click()
    expect(page.locator(f"#m{link.get_attribute('data-message')}")).to_be_in_viewport()
    page.goto(f"{address}/transcript")
    expect(page.locator("#m1000")).to_be_attached()
    page.screenshot(path=shots / f"window-whole-{look}.png")
    page.emulate_media(media="print")
    page.screenshot(path=shots / f"window-print-{look}.png")
    page.context.close()


def looks_right(page: Page, shot: Path) -> None:
    page.screenshot(path=shot)
    report: Any = Axe().run(page, options=AXE_OPTIONS)
    assert report.violations_count == 0, (shot.name, report.generate_report())
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, shot.name
