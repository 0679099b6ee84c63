"""Logging in and out in real browsers: two devices, several tabs, and another person after that."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.site import Site, Visit, look, open_site, visit
from tests.identity import DESKS, SECRET, token, user_hash

pytestmark = pytest.mark.browser


# A page that hears of nothing that happens in another tab: it goes on with the guest's token.
DEAF = "<script>addEventListener('storage', (e) => e.stopImmediatePropagation());</script>"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "identity.key").write_text(SECRET)
    with open_site(tmp_path, DESKS) as running:
        yield running


def signed_page(site: Site, user_id: str, path: str = "/account") -> str:
    """A page as the host's server renders it for whoever is logged in."""
    jwt = token(user_id, claims={"name": user_id.title()})
    return site.put(path, site.script(f'data-desk="customer-care" data-jwt="{jwt}"'))


def identify(here: Visit, proof: dict[str, str]) -> None:
    here.page.evaluate("proof => Firstline.identify(proof)", proof)


def kept(here: Visit) -> dict[str, str]:
    found: dict[str, str] = here.page.evaluate("({ ...localStorage })")
    return {key: value for key, value in found.items() if key.startswith("firstline")}


def test_the_same_person_on_two_devices_has_one_conversation(site: Site, chromium: Browser) -> None:
    address = signed_page(site, "anna")
    phone, laptop = visit(chromium, address), visit(chromium, address)
    phone.open()
    phone.ask("From the phone")
    laptop.open()
    expect(laptop.chat.locator(".row.customer")).to_have_text(["You: From the phone"])
    laptop.ask("From the laptop")
    expect(phone.chat.locator(".row.customer").last).to_contain_text("From the laptop")
    assert phone.errors == laptop.errors == []


def test_a_guest_who_logs_in_keeps_the_conversation_in_every_tab(
    site: Site, chromium: Browser
) -> None:
    here = visit(chromium, site.put("/", site.script()))
    here.open()
    here.ask("As a guest")
    other = look(here.page.context.new_page(), f"{site.url}/")
    expect(other.chat.locator(".row.customer")).to_have_count(1)
    identify(here, {"jwt": token("anna")})
    here.ask("Logged in")
    expect(here.chat.locator(".row.customer")).to_have_count(2)
    expect(other.chat.locator(".row.customer")).to_have_count(2)
    other.ask("From the other tab")
    expect(here.chat.locator(".row.customer").last).to_contain_text("From the other tab")
    elsewhere = visit(chromium, signed_page(site, "anna"))
    elsewhere.open()
    expect(elsewhere.chat.locator(".row.customer")).to_have_count(3)
    assert here.errors == other.errors == []


def test_a_tab_that_missed_the_login_does_not_log_the_others_out(
    site: Site, chromium: Browser
) -> None:
    here = visit(chromium, site.put("/", site.script()))
    here.open()
    here.ask("As a guest")
    deaf = look(here.page.context.new_page(), site.put("/deaf", DEAF + site.script()))
    expect(deaf.chat.locator(".row.customer")).to_have_count(1)
    identify(here, {"jwt": token("anna")})
    here.ask("Logged in")
    deaf.write("From a tab that does not know")
    expect(here.chat.locator(".row.customer", has_text="does not know")).to_have_count(1)
    expect(deaf.chat.locator(".row.bot")).to_have_count(3, timeout=20_000)
    assert kept(here)["firstline:customer-care:person"].startswith("person-")
    here.page.reload()
    expect(here.chat.locator(".row.customer")).to_have_count(3, timeout=15_000)


def test_what_a_guest_wrote_while_offline_goes_out_after_the_login_once(
    site: Site, chromium: Browser
) -> None:
    here = visit(chromium, site.put("/", site.script()))
    here.open()
    here.ask("As a guest")
    here.page.context.set_offline(True)
    here.write("Written in a tunnel")
    identify(here, {"jwt": token("anna")})
    here.page.context.set_offline(False)
    expect(here.chat.locator(".row.bot")).to_have_count(2, timeout=20_000)
    expect(here.chat.locator(".row.customer", has_text="tunnel")).to_have_count(1)


def test_logging_out_clears_token_storage_and_window_in_all_tabs(
    site: Site, chromium: Browser
) -> None:
    here = visit(chromium, site.put("/", site.script()))
    identify(here, {"jwt": token("anna")})
    here.open()
    here.ask("Anna's secret")
    other = look(here.page.context.new_page(), f"{site.url}/")
    expect(other.chat.locator(".row.customer")).to_have_count(1)
    here.page.evaluate("Firstline.logout()")
    for tab in (here, other):
        expect(tab.chat.locator(".panel")).to_be_hidden()
        expect(tab.chat.locator(".row.customer")).to_have_count(0)
    assert kept(here) == {}
    other.open()
    other.ask("A guest again")
    expect(other.chat.locator(".row.customer")).to_have_count(1)
    assert "secret" not in other.chat.inner_text()


def test_another_person_in_the_same_browser_sees_and_sends_nothing_of_the_first(
    site: Site, chromium: Browser
) -> None:
    here = visit(chromium, signed_page(site, "anna"))
    here.open()
    here.ask("Anna's secret")
    here.page.context.set_offline(True)
    here.write("Anna's, not sent yet")
    here.page.context.set_offline(False)
    expect(here.chat.locator(".row.bot")).to_have_count(2, timeout=20_000)
    here.page.goto(signed_page(site, "jan", "/jan"))
    here.open() if here.chat.locator(".panel").is_hidden() else None
    here.ask("Jan's question")
    expect(here.chat.locator(".row.customer")).to_have_count(1)
    assert "Anna" not in here.chat.inner_text()


def test_a_broken_signature_is_told_and_the_guest_goes_on(site: Site, chromium: Browser) -> None:
    jwt = token("anna")[:-4] + "AAAA"
    page = site.put("/", site.script(f'data-desk="customer-care" data-jwt="{jwt}"'))
    here = visit(chromium, page)
    here.open()
    expect(here.chat.locator(".problem")).to_contain_text("could not confirm who you are")
    here.ask("As a guest, nothing is lost")
    assert any("bad_identity: it is no token signed with HS256" in line for line in here.said)


def test_a_page_that_was_open_for_too_long_changes_nothing_for_who_is_here(
    site: Site, chromium: Browser
) -> None:
    here = visit(chromium, signed_page(site, "anna"))
    here.open()
    here.ask("On time")
    late = token("anna", seconds=-100)
    here.page.goto(site.put("/l", site.script(f'data-desk="customer-care" data-jwt="{late}"')))
    expect(here.chat.locator(".row.customer")).to_have_count(1)
    expect(here.chat.locator(".problem")).to_contain_text("Reload the page")
    assert any("identity_expired" in line for line in here.said)


def test_a_hash_with_a_claimed_name(site: Site, chromium: Browser) -> None:
    attributes = (
        f'data-desk="it-help" data-user-id="e-17" data-user-hash="{user_hash("e-17")}" '
        'data-user-name="Jan"'
    )
    here = visit(chromium, site.put("/it", site.script(attributes)))
    here.open()
    here.ask("VPN?")
    assert kept(here)["firstline:it-help:person"].startswith("person-")
