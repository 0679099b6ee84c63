""" "Was this helpful?" as a customer meets it in the widget (tests/bot/feedback has the rest)."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from bot.feedback.models import Feedback
from tests.browser.live import LiveDesk, Widget

pytestmark = pytest.mark.browser


def opinions(desk: LiveDesk) -> list[tuple[str, bool]]:
    async def find() -> list[tuple[str, bool]]:
        async with desk.parts.db.read() as session:
            return [(row.answer, row.helpful) for row in await session.scalars(select(Feedback))]

    return desk.run(find())


def test_it_is_asked_under_an_answer_and_a_press_is_kept(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    live_desk.says("Two working days.", answered="utter_care_delivery_time")
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.says("How long does delivery take?")
    widget.hears("bot", "Was this helpful?")
    yes = widget.log.get_by_role("button", name="Yes")
    yes.focus()
    widget.page.keyboard.press("Enter")
    widget.hears("bot", "Thank you, good to know.")
    expect(yes).to_have_count(0)
    expect(widget.input).to_be_focused()
    assert opinions(live_desk) == [("utter_care_delivery_time", True)]
    widget.page.reload()
    widget.hears("bot", "Thank you, good to know.")
    expect(yes).to_have_count(0)
    widget.close_page()


def test_a_no_in_polish_leads_to_a_person(chromium: Browser, live_desk: LiveDesk) -> None:
    live_desk.says("Dwa dni robocze.", answered="utter_care_delivery_time", language="pl")
    widget = Widget.visit(chromium, live_desk.url, locale="pl-PL")
    widget.open()
    widget.says("Ile trwa dostawa?")
    widget.hears("bot", "Czy to pomogło?")
    widget.log.get_by_role("button", name="Nie", exact=True).click()
    widget.hears("bot", "Przepraszam.")
    widget.log.get_by_role("button", name="Porozmawiaj z człowiekiem").click()
    widget.hears("system", "przekazuję rozmowę")
    assert opinions(live_desk) == [("utter_care_delivery_time", False)]
    widget.close_page()
