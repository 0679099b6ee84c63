"""Pages that few see, in every look: what went wrong, a new password, the backup codes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.accounts.links import make_link
from bot.accounts.models import Agent, LinkKind
from tests.browser.inbox import everybody_speaks, signed_in, takes_look
from tests.browser.live import LiveDesk, open_live_desk
from tests.browser.test_people import LOOKS, is_fit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveDesk]:
    with open_live_desk(tmp_path, sign_in_attempts_per_minute=1000) as opened:
        yield opened


def says_it_went_wrong(page: Page, url: str, status: int) -> None:
    response = page.goto(url)
    assert response is not None
    assert response.status == status
    expect(page.get_by_role("alert")).not_to_be_empty()


def test_what_went_wrong_is_said_to_everyone_in_every_look(
    chromium: Browser, desk: LiveDesk, shots: Path
) -> None:
    page = signed_in(chromium, desk, desk.agent())
    for look, (language, options) in LOOKS.items():
        everybody_speaks(desk, language)
        takes_look(page, options)
        for path, status in (("conversations/nothing", 404), ("people", 403)):
            says_it_went_wrong(page, f"{desk.url}/inbox/{path}", status)
            is_fit(page, shots / f"rare-{status}-{look}.png")
        context = chromium.new_context(locale=language, **options)
        stranger = context.new_page()
        address = f"{desk.url}/inbox/reset/nothing?lang={language}"
        says_it_went_wrong(stranger, address, 410)
        is_fit(stranger, shots / f"rare-link-{look}.png")
        context.close()
    page.context.close()


@pytest.mark.parametrize("kind", LinkKind)
def test_a_new_password_is_chosen_by_everyone_in_every_look(
    chromium: Browser, desk: LiveDesk, shots: Path, kind: LinkKind
) -> None:
    anna = desk.agent()

    async def link() -> str:
        async with desk.parts.db.write() as tx:
            agent = await tx.session.get_one(Agent, anna._agent.id)
            return (await make_link(tx, agent, kind)).token

    way = {LinkKind.INVITATION: "welcome", LinkKind.RESET: "reset"}[kind]
    address = f"{desk.url}/inbox/{way}/{desk.run(link())}"
    for look, (language, options) in LOOKS.items():
        context = chromium.new_context(locale=language, **options)
        page = context.new_page()
        page.goto(f"{address}?lang={language}")
        field = page.locator("input[name=password]")
        expect(field).to_be_focused()
        is_fit(page, shots / f"rare-{way}-{look}.png")
        # As of a browser that checks nothing.
        page.evaluate("document.querySelector('form').noValidate = true")
        field.fill("short")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        is_fit(page, shots / f"rare-{way}-refused-{look}.png")
        context.close()


def test_the_backup_codes_are_there_for_everyone_in_every_look(
    chromium: Browser, desk: LiveDesk, shots: Path
) -> None:
    page = signed_in(chromium, desk, desk.agent())
    place = f"{desk.url}/inbox/second-factor"
    page.goto(place)
    page.locator("main .primary").click()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.locator("#code-confirm").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    codes = page.locator(".codes li")
    for look, (language, options) in LOOKS.items():
        takes_look(page, options)
        if look != next(iter(LOOKS)):
            used = codes.first.inner_text()
            everybody_speaks(desk, language)
            page.goto(place)
            is_fit(page, shots / f"rare-factor-on-{look}.png")
            page.locator("#code-renew").fill(used)
            page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/(confirm|codes)$"))
        expect(codes).to_have_count(10)
        is_fit(page, shots / f"rare-codes-{look}.png")
    page.context.close()
