"""Several conversations of the list at once: by keyboard alone, two who collide, every look."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, Route, expect
from sqlalchemy import insert, update

from bot.accounts.models import Agent
from bot.audit.acts import Doer
from bot.conversations.models import Conversation
from tests.bot.inbox.test_listing import conversation
from tests.browser.inbox import opens, scroll_on, scroll_to, signed_in, takes_look
from tests.browser.live import PATIENCE_MS, LiveAgent, LiveDesk
from tests.browser.test_accessible import AXE_OPTIONS
from tests.browser.test_finding import waiting
from tests.browser.test_people import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SELECTED = "[...document.querySelectorAll('.pick-box:checked')].map(one => one.value)"


def id_of(number: int) -> str:
    return str(conversation(number)["id"])


def selected(page: Page) -> list[int]:
    """The numbers of the selected rows, in the order of the list."""
    return [int(one.partition("-")[0]) for one in page.evaluate(SELECTED)]


def says(page: Page, words: str) -> None:
    """To whoever cannot see the page."""
    expect(page.locator("#bulk-said")).to_contain_text(words, timeout=PATIENCE_MS)


def claims(desk: LiveDesk, agent: LiveAgent, number: int, *, epoch: int) -> None:
    desk.run(desk.parts.handoffs.claim(agent._agent, id_of(number), epoch=epoch))


def test_a_selection_is_made_and_acted_on_by_keyboard_alone(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    waiting(live_desk, 6)
    page = signed_in(chromium, live_desk, live_desk.agent("Anna"))
    asked: list[str] = []

    def agrees(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    page.on("dialog", agrees)
    opens(page, f"{live_desk.url}/inbox?view=for_us")
    press = page.keyboard.press
    bar = page.locator("#bulk")
    expect(bar).to_be_hidden()
    press("x")
    expect(page.locator(f"#row-{id_of(0)}")).to_be_focused()
    says(page, "Selected: 1")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown"):
        press(key)
    expect(page.locator(f"#row-{id_of(3)}")).to_be_focused()
    press("Shift+X")
    says(page, "Selected: 4")
    assert selected(page) == [0, 1, 2, 3]
    press("ArrowUp")
    press("x")
    assert selected(page) == [0, 1, 3]
    press("Escape")
    says(page, "Nothing is selected")
    expect(bar).to_be_hidden()
    press("A")
    says(page, "Selected: 6")
    press(".")
    expect(page.locator("#bulk-claim")).to_be_focused()
    press("Enter")
    says(page, "6 conversations are yours.")
    expect(page.locator("#bulk-summary")).to_be_focused()
    assert asked == [], "nothing is over by this"
    taken = page.locator(f"#row-{id_of(0)} .badge")
    expect(taken).to_have_text("with an agent: Anna", timeout=PATIENCE_MS)
    assert len(selected(page)) == 6, "they stay selected for what comes next"

    press(".")
    press("Tab")
    press("Tab")
    press("Tab")
    expect(page.locator("#bulk-priority")).to_be_focused()
    press("Enter")
    expect(page.locator("#bulk-panel input").first).to_be_focused()
    press("Escape")
    expect(page.locator("#bulk-priority")).to_be_focused()
    press("Enter")
    expect(page.locator("#bulk-panel input").first).to_be_focused()
    press("Space")
    press("Enter")
    says(page, "Priority set on 6 conversations.")
    press("Tab")
    expect(page.locator("#bulk-undo")).to_be_focused()
    press("Enter")
    says(page, "Priority as before on 6 conversations.")

    press(".")
    for _ in range(5):
        press("Tab")
    expect(page.locator("#bulk-close")).to_be_focused()
    press("Enter")
    says(page, "6 conversations closed.")
    assert len(asked) == 1
    assert "(6)" in asked[0]
    expect(page.locator("#rows .row")).to_have_count(0, timeout=PATIENCE_MS)
    page.context.close()


def test_two_agents_take_the_same_and_one_is_told(chromium: Browser, live_desk: LiveDesk) -> None:
    waiting(live_desk, 4)
    anna, ola = live_desk.agent("Anna"), live_desk.agent("Ola")
    page, other = (signed_in(chromium, live_desk, one) for one in (anna, ola))
    opens(page, f"{live_desk.url}/inbox?view=for_us")
    opens(other, f"{live_desk.url}/inbox?view=queue")
    page.keyboard.press("A")
    says(page, "Selected: 4")
    # Ola is faster with one, by herself, and takes another together with a third.
    claims(live_desk, ola, 1, epoch=1)
    for number in (2, 3):
        other.locator(f"#rows .pick-box[value='{id_of(number)}']").check()
    other.locator("#bulk-claim").click()
    says(other, "2 conversations are yours.")
    expect(page.locator(f"#row-{id_of(3)} .badge")).to_have_text(
        "with an agent: Ola", timeout=PATIENCE_MS
    )
    assert selected(page) == [0, 1, 2, 3], "the list has changed, the selection has not"
    page.locator("#bulk-claim").click()
    says(page, "1 conversation is yours. 3 were left as they are:")
    left = page.locator(".bulk-left li")
    expect(left).to_have_count(1)
    expect(left).to_contain_text("3 were taken by Ola meanwhile:")
    expect(left.locator("a").first).to_have_attribute("href", f"/inbox/conversations/{id_of(1)}")
    owner = live_desk.conversation  # the newest of all, number 3
    assert owner().agent_name == "Ola"
    for one in (page, other):
        one.context.close()


def test_while_one_act_runs_no_second_one_begins_whatever_the_list_does(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    waiting(live_desk, 4)
    anna, ola = live_desk.agent("Anna"), live_desk.agent("Ola")
    page = signed_in(chromium, live_desk, anna)
    opens(page, f"{live_desk.url}/inbox?view=for_us")
    for number in (0, 1):
        page.locator(f"#rows .pick-box[value='{id_of(number)}']").check()
    held: list[Route] = []
    page.route("**/inbox/bulk/claim", lambda route: held.append(route))
    page.locator("#bulk-claim").click()
    says(page, "Working on 2")
    # Meanwhile the list has news.
    claims(live_desk, ola, 2, epoch=1)
    expect(page.locator(f"#row-{id_of(2)} .badge")).to_have_text(
        "with an agent: Ola", timeout=PATIENCE_MS
    )
    for name in ("claim", "labels", "close"):
        expect(page.locator(f"#bulk-{name}")).to_be_disabled()
    [one] = held
    one.continue_()
    says(page, "2 conversations are yours.")
    expect(page.locator("#bulk-claim")).to_be_enabled()
    # An act that never reached the desk holds up nothing.
    page.route("**/inbox/bulk/spam", lambda route: route.abort())
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#bulk-spam").click()
    expect(page.locator("#alert")).not_to_be_empty(timeout=PATIENCE_MS)
    expect(page.locator("#bulk-claim")).to_be_enabled()
    page.context.close()


def test_what_leaves_the_list_leaves_the_selection_and_that_is_said(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    waiting(live_desk, 130)
    ola = live_desk.agent("Ola")
    page = signed_in(chromium, live_desk, live_desk.agent("Anna"))
    opens(page, f"{live_desk.url}/inbox?view=queue")
    box = page.locator("#rows .pick-box")
    scroll_on(page, 120)
    for number in (100, 1, 2):  # the deepest first: a list that is brought again holds it then
        box.nth(number).check()
    scroll_to(page.locator(f"#row-{id_of(3)}"))
    claims(live_desk, ola, 2, epoch=1)
    says(page, "no longer selected: 1")
    expect(page.locator("#bulk-note")).to_be_visible()
    assert selected(page) == [1, 100], "also far down, though the top is read"
    newcomer = conversation(999, priority=3, thread="new")

    async def arrive() -> None:
        async with live_desk.parts.db.write() as tx:
            await tx.session.execute(insert(Conversation), [newcomer])

    live_desk.run(arrive())
    page.evaluate("document.body.dispatchEvent(new Event('refresh'))")
    expect(page.locator(f"#row-{newcomer['id']}")).to_be_attached(timeout=PATIENCE_MS)
    assert selected(page) == [1, 100]
    page.locator(f"#row-{id_of(3)}").click()
    expect(page.locator("#work")).to_have_attribute("data-conversation", id_of(3))
    assert selected(page) == [1, 100], "a conversation is opened beside it"
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.locator("#list")).to_have_attribute("data-view", "mine")
    expect(page.locator("#bulk")).to_be_hidden()
    page.context.close()


def test_a_range_by_shift_and_a_limit_that_is_told(chromium: Browser, live_desk: LiveDesk) -> None:
    waiting(live_desk, 260)
    page = signed_in(chromium, live_desk, live_desk.agent("Anna"))
    opens(page, f"{live_desk.url}/inbox?view=queue")
    boxes = page.locator("#rows .pick-box")
    boxes.nth(2).click()
    page.locator("#rows label.pick").nth(6).click(modifiers=["Shift"], position={"x": 3, "y": 3})
    assert selected(page) == [2, 3, 4, 5, 6]
    boxes.nth(4).click(modifiers=["Shift"])
    assert selected(page) == [2, 3], "to the other end, what is taken off"
    for count in (120, 180, 240):
        scroll_on(page, count)
    page.keyboard.press("A")
    says(page, "Selected: 240. At most 200 can be changed at once")
    expect(page.locator("#bulk-limit")).to_be_visible()
    expect(page.locator("#bulk-claim")).to_be_disabled()
    page.locator("#bulk-clear").click()
    assert selected(page) == []
    page.context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_is_accessible(
    chromium: Browser, live_desk: LiveDesk, shots: Path, look: str
) -> None:
    language, options = LOOKS[look]
    waiting(live_desk, 12)
    anna, ola = live_desk.agent("Anna"), live_desk.agent("Ola")
    # Of whoever has gone home the desk takes back what has waited for three days.
    olas = signed_in(chromium, live_desk, ola)
    opens(olas, f"{live_desk.url}/inbox?view=mine")
    claims(live_desk, ola, 1, epoch=1)

    async def prepare() -> None:
        async with live_desk.parts.db.write() as tx:
            await tx.session.execute(update(Agent).values(language=language))

    async def label() -> None:
        for name, colour in (("Refund", "red"), ("Delivery", "blue")):
            await live_desk.parts.handling.labels.make(
                anna._agent, Doer(anna._agent), anna._agent.desks[0], name, colour
            )

    live_desk.run(prepare())
    live_desk.run(label())
    page = signed_in(chromium, live_desk, anna)
    takes_look(page, options)
    page.goto(f"{live_desk.url}/inbox?view=for_us")

    def look_at(name: str) -> None:
        page.screenshot(path=shots / f"bulk-{name}-{look}.png", animations="disabled")
        report: Any = Axe().run(page, options=AXE_OPTIONS)
        assert report.violations_count == 0, (name, report.generate_report())
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name

    for number in (0, 1, 2):
        page.locator("#rows .pick-box").nth(number).check()
    expect(page.locator("#bulk")).to_be_visible()
    look_at("bar")
    for panel in ("hand_over", "labels", "snooze", "priority", "block"):
        page.locator(f"#bulk-{panel}").click()
        expect(page.locator(f"#bulk-panel form[hx-post$={panel}]")).to_be_visible()
        look_at(panel)
        page.keyboard.press("Escape")
        expect(page.locator("#bulk-panel")).to_be_empty()
    page.locator("#bulk-claim").click()
    expect(page.locator(".bulk-left li")).to_have_count(1, timeout=PATIENCE_MS)
    look_at("report")
    for one in (page, olas):
        one.context.close()
