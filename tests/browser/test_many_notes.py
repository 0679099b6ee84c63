"""150 notes between two messages of 1,000: a window's pages lose none and bring none twice."""

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from bot.clock import now
from bot.inbox.window import PAGE
from tests.browser.inbox import opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveAgent, LiveDesk
from tests.browser.test_window import LENGTH, REFRESH, Customer, numbers
from tests.long_talk import lengthen

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
NOTES = 150


def noted(desk: LiveDesk, anna: LiveAgent, *, behind: int, to: int) -> tuple[str, list[str]]:
    """The conversation, and its notes' ids in order: all of them behind one message."""
    conversation = Customer(desk).talks(to=behind)

    async def write() -> list[str]:
        notes = [
            await desk.parts.handoffs.note(anna._agent, conversation, f"Note {number}")
            for number in range(1, NOTES + 1)
        ]
        await lengthen(desk.parts.db, conversation, to=to, at=now())
        return [note.id for note in notes]

    return conversation, desk.run(write())


def entries(page: Page) -> list[str]:
    """The ids of what the page has, in order."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('#entries :is(.message, .note)')].map((one) => one.id)"
    )
    return found


def expected(first: int, last: int, notes: list[str], behind: int) -> list[str]:
    messages = [f"m{number}" for number in range(first, last + 1)]
    at = behind - first + 1
    return [*messages[:at], *(f"n{note}" for note in notes), *messages[at:]]


def count_requests(page: Page) -> list[str]:
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/entries?" in request.url:
            asked.append(request.url)

    page.on("request", note)
    return asked


def test_pages_go_over_many_notes_in_both_directions(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    anna = live_desk.agent()
    conversation, notes = noted(live_desk, anna, behind=500, to=LENGTH)
    page = signed_in(chromium, live_desk, anna)
    address = f"{live_desk.url}/inbox/conversations/{conversation}"
    opens(page, f"{address}?note={notes[74]}")
    middle = page.locator(f"#n{notes[74]}")
    expect(middle).to_be_focused()
    expect(middle).to_be_in_viewport()
    first, last = numbers(page)[0], numbers(page)[-1]
    assert entries(page) == expected(first, last, notes, 500)
    asked = count_requests(page)
    page.evaluate("document.querySelector('#entries .message').scrollIntoView()")
    expect(page.locator(f"#m{first - PAGE}")).to_be_attached(timeout=PATIENCE_MS)
    page.evaluate("[...document.querySelectorAll('#entries .message')].at(-1).scrollIntoView()")
    expect(page.locator(f"#m{last + PAGE}")).to_be_attached(timeout=PATIENCE_MS)
    assert entries(page) == expected(first - PAGE, last + PAGE, notes, 500)
    assert len(asked) == len(set(asked)) == 2
    opens(page, f"{address}?from=560")  # the notes are beside this window, above
    expect(page.locator("#m560")).to_be_focused()
    first, last = numbers(page)[0], numbers(page)[-1]
    assert entries(page) == [f"m{number}" for number in range(first, last + 1)]
    page.keyboard.press("u")
    expect(page.locator(f"#m{first - PAGE}")).to_be_attached(timeout=PATIENCE_MS)
    assert entries(page) == expected(first - PAGE, last, notes, 500)
    page.context.close()


def test_a_window_that_grows_keeps_a_screen_of_what_is_read(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    """Notes before the last message: the oldest entries go, and are not brought again at once."""
    anna = live_desk.agent()
    conversation, notes = noted(live_desk, anna, behind=PAGE, to=PAGE + 1)
    page = signed_in(chromium, live_desk, anna)
    opens(page, f"{live_desk.url}/inbox/conversations/{conversation}")
    expect(page.locator(f"#m{PAGE + 1}")).to_be_in_viewport()
    asked = count_requests(page)
    for to in range(PAGE + 2, PAGE + 6):
        live_desk.run(lengthen(live_desk.parts.db, conversation, to=to, at=now()))
        page.evaluate(REFRESH)
        expect(page.locator(f"#m{to}")).to_be_in_viewport(timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")
    left = numbers(page)
    assert asked == []
    assert left[0] <= PAGE < PAGE + 5 == left[-1]
    assert entries(page) == expected(left[0], left[-1], notes, PAGE)
    page.context.close()
