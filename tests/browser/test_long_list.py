"""10,000 conversations in one list: what is on the screen stays there, and every key works."""

from collections.abc import Sequence
from statistics import median

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from bot.inbox.pages import STAYS
from tests.browser.inbox import opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveDesk
from tests.browser.test_window import Customer
from tests.long_list import multiply

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

COUNT = 10_000
SHORT = 1_000
MOST_TIMES = 3  # the work of a key in the long list, compared with the short one
STEPS = 9
MIDDLE = COUNT // 2
MOST_WHOLE = 300
FURTHER = 14  # than a screen holds
SLOW_MS = 4 * PATIENCE_MS
TO_THE_END = """
async (count) => {
  const pane = document.querySelector(".list-pane");
  while (document.querySelectorAll("#rows > li:not(.more)").length < count) {
    pane.scrollTop = pane.scrollHeight;
    await new Promise((next) => setTimeout(next, 10));
  }
}
"""
# By the scroll bar; rows far from the screen have nothing in them until it comes near.
IN_THE_MIDDLE = """
async (index) => {
  const row = document.querySelectorAll("#rows > li")[index];
  for (let place = NaN; place !== row.getBoundingClientRect().top; ) {
    row.scrollIntoView({ block: "center" });
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 100)));
    place = row.getBoundingClientRect().top;
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 100)));
  }
}
"""
# A function: the page's policy forbids to read an expression again and again.
FEW_ROWS = "() => document.querySelectorAll('#rows .row').length < 100"
DRAWN = "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
PLACE = "id => document.getElementById(id).getBoundingClientRect().top"


def rows(page: Page) -> int:
    return int(page.evaluate("document.querySelectorAll('#rows > li:not(.more)').length"))


def is_open(page: Page, conversation: str) -> None:
    """Beside the list, which says so at this row and at no other."""
    expect(page.locator(f"#work[data-conversation='{conversation}'] #customer")).to_be_focused(
        timeout=SLOW_MS
    )
    current = page.locator("#rows .row[aria-current]")
    expect(current).to_have_count(1)
    expect(current).to_have_id(f"row-{conversation}")
    expect(current).to_be_in_viewport()


def selects_down_to_the_end(page: Page, ids: Sequence[str]) -> None:
    """From the middle with Shift, over rows that are far by then."""
    box = ".pick:has(.pick-box[value='{}'])"
    page.locator(box.format(ids[MIDDLE])).click()
    page.evaluate(IN_THE_MIDDLE, COUNT)
    page.locator(box.format(ids[-1])).click(modifiers=["Shift"])
    expect(page.locator("#bulk-count")).to_contain_text(str(COUNT - MIDDLE))
    page.evaluate(IN_THE_MIDDLE, MIDDLE + 1)
    expect(page.locator(f"#rows .pick-box[value='{ids[MIDDLE + 3]}']")).to_be_checked()
    expect(page.locator(f"#rows .pick-box[value='{ids[MIDDLE - 1]}']")).not_to_be_checked()
    page.locator("#bulk-clear").click()
    expect(page.locator("#bulk-bar")).to_be_hidden()
    expect(page.locator("#rows .is-picked")).to_have_count(0)


def test_a_long_list_stays_where_the_agent_reads(chromium: Browser, live_desk: LiveDesk) -> None:
    customer = Customer(live_desk)
    first = customer.says("Hello?")
    ids = live_desk.run(multiply(live_desk.parts, first, COUNT))
    page = signed_in(chromium, live_desk, live_desk.agent())
    page.set_default_timeout(120_000)
    opens(page, f"{live_desk.url}/inbox?view=bot")
    page.evaluate(TO_THE_END, COUNT)
    expect(page.locator("#rows > .more")).to_have_count(0, timeout=SLOW_MS)
    assert rows(page) == COUNT + 1

    page.evaluate(IN_THE_MIDDLE, MIDDLE + 1)
    place = page.evaluate(PLACE, f"row-{ids[MIDDLE]}")
    page.locator(f"#row-{ids[MIDDLE]}").click()
    is_open(page, ids[MIDDLE])
    assert abs(page.evaluate(PLACE, f"row-{ids[MIDDLE]}") - place) < 3
    for step in range(1, FURTHER + 1):
        page.keyboard.press("j")
        is_open(page, ids[MIDDLE + step])
    for step in range(FURTHER - 1, 0, -1):
        page.keyboard.press("k")
        is_open(page, ids[MIDDLE + step])
    # What is far is not in the page, however much there is.
    assert page.evaluate("document.querySelectorAll('#rows .row').length") < MOST_WHOLE
    assert rows(page) == COUNT + 1

    # Selected there, and the arrows go on from it.
    page.keyboard.press("x")
    expect(page.locator("#bulk-count")).to_contain_text("1")
    expect(page.locator(f"#row-{ids[MIDDLE + 1]}")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#row-{ids[MIDDLE + 2]}")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#bulk-bar")).to_be_hidden()
    selects_down_to_the_end(page, ids)

    # Somebody new is told of, and nothing moves before the agent wants it to.
    changed = page.locator("#list-changed")
    expect(changed).to_be_hidden()
    page.evaluate(IN_THE_MIDDLE, MIDDLE + 1)
    place = page.evaluate(PLACE, f"row-{ids[MIDDLE]}")
    newest = Customer(live_desk, "t2").says("And me?")
    expect(changed).to_be_visible(timeout=SLOW_MS)
    assert rows(page) == COUNT + 1
    assert abs(page.evaluate(PLACE, f"row-{ids[MIDDLE]}") - place) < 60  # the notice above

    # Claimed, and on with the next one, which no change of the list has taken away.
    page.keyboard.press("c")
    expect(page.locator("#reply-text")).to_be_focused(timeout=SLOW_MS)
    assert rows(page) == COUNT + 1
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    is_open(page, ids[MIDDLE + 2])
    changed.click()
    expect(page.locator("#rows .row").first).to_have_id(f"row-{newest}", timeout=SLOW_MS)
    expect(changed).to_be_hidden()
    page.wait_for_function(FEW_ROWS, timeout=SLOW_MS)
    page.context.close()


def test_the_first_change_of_a_long_list_is_told_too(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    customer = Customer(live_desk)
    live_desk.run(multiply(live_desk.parts, customer.says("Hello?"), 400))
    page = signed_in(chromium, live_desk, live_desk.agent())
    opens(page, f"{live_desk.url}/inbox?view=bot")
    page.evaluate(TO_THE_END, 400)
    expect(page.locator("#rows > .more")).to_have_count(0, timeout=SLOW_MS)
    page.evaluate(IN_THE_MIDDLE, 200)
    known = page.locator("#list-digest").input_value()
    assert not known.startswith(STAYS), "what it knows is another kind of list"
    expect(page.locator("#list-changed")).to_be_hidden()
    Customer(live_desk, "t2").says("And me?")
    expect(page.locator("#list-changed")).to_be_visible()
    page.context.close()


def work_of_a_key(page: Page, devtools: CDPSession, ids: Sequence[str]) -> float:
    """Seconds for which the page was busy with `j`, in the middle of so many steps."""

    def busy() -> float:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")

    took = []
    for conversation in ids:
        page.evaluate(DRAWN)
        before = busy()
        page.keyboard.press("j")
        work = page.locator("#work")
        expect(work).to_have_attribute("data-conversation", conversation, timeout=SLOW_MS)
        page.evaluate(DRAWN)
        took.append(busy() - before)
    return median(took)


def test_a_key_costs_as_much_in_ten_thousand_rows_as_in_a_thousand(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    """On whatever machine: the same keys in the same page, which has ten times as many rows."""
    first = Customer(live_desk).says("Hello?")
    ids = live_desk.run(multiply(live_desk.parts, first, COUNT))
    page = signed_in(chromium, live_desk, live_desk.agent())
    page.set_default_timeout(120_000)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})  # not what others take
    opens(page, f"{live_desk.url}/inbox?view=bot")
    cost = []
    for count in (SHORT, COUNT):
        page.evaluate(TO_THE_END, count)
        middle = count // 2
        page.evaluate(IN_THE_MIDDLE, middle + 1)
        page.locator(f"#row-{ids[middle]}").click()
        is_open(page, ids[middle])
        assert count <= rows(page) < 2 * count
        cost.append(work_of_a_key(page, devtools, ids[middle + 1 : middle + 1 + STEPS]))
    assert cost[1] < MOST_TIMES * cost[0], cost
    page.context.close()


def test_what_an_agent_does_far_down_is_told_of(chromium: Browser, live_desk: LiveDesk) -> None:
    first = Customer(live_desk).says("Hello?")
    ids = live_desk.run(multiply(live_desk.parts, first, 400))
    page = signed_in(chromium, live_desk, live_desk.agent())
    opens(page, f"{live_desk.url}/inbox?view=bot")
    page.evaluate(TO_THE_END, 400)
    page.locator(f"#row-{ids[350]}").click()
    is_open(page, ids[350])
    expect(page.locator("#list-changed")).to_be_hidden()
    page.keyboard.press("c")
    expect(page.locator("#reply-text")).to_be_focused(timeout=SLOW_MS)
    expect(page.locator("#list-changed")).to_be_visible(timeout=SLOW_MS)
    assert rows(page) == 401
    page.locator("#list-changed").click()
    expect(page.locator("#rows .row").first).to_have_id(f"row-{first}", timeout=SLOW_MS)
    page.wait_for_function(FEW_ROWS, timeout=SLOW_MS)
    page.context.close()
