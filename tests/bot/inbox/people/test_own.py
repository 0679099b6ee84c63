"""One's own account: where one is signed in, and out again."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.accounts.models import AgentSession
from bot.clock import now
from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def second_browser(office: Office, anna: AgentBrowser) -> AgentBrowser:
    """Anna on another machine, who signed in by the form."""
    async with office.parts.db.read() as session:
        await session.scalars(select(AgentSession))
    password = await office.parts.accounts.reset_password(anna.agent.email)
    http = office.browser()
    http.headers["User-Agent"] = FIREFOX
    form = {"email": anna.agent.email, "password": password}
    assert (await http.post("/inbox/sign-in", data=form)).status_code == 303
    page = (await http.get("/inbox/password")).text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    change = {"csrf": csrf, "old": password, "new": "a sentence of mine"}
    await http.post("/inbox/password", data=change)
    return AgentBrowser(http, anna.agent, csrf)


async def sign_in_again(office: Office, anna: AgentBrowser) -> AgentBrowser:
    token = await office.parts.accounts.sign_in(anna.agent.email, "a sentence of mine")
    who = await office.parts.accounts.who(token)
    assert who is not None
    http = office.browser()
    http.cookies.set("firstline_session", token)
    return AgentBrowser(http, who.agent, who.csrf)


def ends(page: str) -> list[str]:
    return re.findall(r"/inbox/sessions/(\w{16})/end", page)


async def test_a_browser_is_listed_with_where_and_what_and_can_be_signed_out(
    office: Office,
) -> None:
    anna = await second_browser(office, await office.hire())
    page = await anna.page("/inbox/account")
    assert "Firefox 140, Linux" in page
    assert "from 127.0.0.1" in page
    assert "this browser" in page
    assert "Sign out everywhere else" not in page, "there is nowhere else"
    other = await sign_in_again(office, anna)
    page = await anna.page("/inbox/account")
    mine, its = ends(page)
    assert (await anna.post(f"/inbox/sessions/{its}/end", htmx=False)).status_code == 303
    assert (await other.http.get("/inbox")).status_code == 303
    assert ends(await anna.page("/inbox/account")) == [mine]


async def test_everywhere_else_is_everywhere_but_here(office: Office) -> None:
    anna = await second_browser(office, await office.hire())
    others = [await sign_in_again(office, anna) for _ in range(2)]
    await anna.post("/inbox/sessions/end-others", htmx=False)
    assert [(await other.http.get("/inbox")).status_code for other in others] == [303, 303]
    assert (await anna.http.get("/inbox")).status_code == 200


async def test_nobody_ends_the_session_of_somebody_else(office: Office) -> None:
    anna, piotr = await office.hire("Anna"), await office.hire("Piotr")
    [his] = ends(await piotr.page("/inbox/account"))
    assert (await anna.post(f"/inbox/sessions/{his}/end", htmx=False)).status_code == 303
    assert (await piotr.http.get("/inbox")).status_code == 200


async def test_a_use_is_noted_once_in_a_while(office: Office) -> None:
    anna = await office.hire()

    async def used_at() -> timedelta:
        async with office.parts.db.read() as session:
            row = (await session.scalars(select(AgentSession))).one()
            assert row.used_at is not None
            return now() - row.used_at

    async with office.parts.db.write() as tx:
        earlier = now() - timedelta(minutes=9)
        await tx.session.execute(update(AgentSession).values(used_at=earlier))
    await anna.page("/inbox")
    assert await used_at() >= timedelta(minutes=9)
    async with office.parts.db.write() as tx:
        earlier = now() - timedelta(minutes=11)
        await tx.session.execute(update(AgentSession).values(used_at=earlier))
    await anna.page("/inbox")
    assert await used_at() < timedelta(minutes=9)


async def test_the_language_switch_leads_back_to_the_same_page(office: Office) -> None:
    anna = await office.hire()
    changed = await anna.post("/inbox/language", htmx=False, language="pl", back="/inbox/account")
    assert changed.headers["location"] == "/inbox/account"
    assert "Twoje konto" in await anna.page("/inbox/account")
