"""Pushed alerts end where their agent is signed out, in whatever way and whoever does it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from bot.accounts.links import Links
from bot.accounts.models import Agent, LinkKind
from bot.accounts.permissions import Role
from bot.accounts.second_factor import reset_factor
from bot.accounts.secrets import hash_password
from bot.audit.acts import NOWHERE, ON_COMMAND_LINE
from tests.inbox import AgentBrowser, Office, open_office
from tests.push_service import PushedTo

pytestmark = pytest.mark.asyncio

ON = "/inbox/alerts/push/browsers"
HERE = f"{ON}/here"


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path, webhooks_to_private_addresses=True) as opened:
        yield opened


def laptop() -> PushedTo:
    return PushedTo("https://127.0.0.1:9/push/laptop")


async def turned_on(agent: AgentBrowser, browser: PushedTo) -> None:
    answer = await agent.post(ON, htmx=False, **browser.fields)
    assert answer.status_code == 204, answer.text


async def opens_a_page(agent: AgentBrowser, browser: PushedTo) -> None:
    """As push_here.js does it in every page of the inbox."""
    answer = await agent.post(HERE, htmx=False, endpoint=browser.endpoint)
    assert answer.status_code == 204, answer.text


async def known(office: Office, agent: AgentBrowser) -> list[str]:
    return [one.endpoint for one in await office.parts.alerts.browsers.of(agent.agent.id)]


async def signed_in(office: Office, anna: AgentBrowser) -> AgentBrowser:
    """Another session of hers."""
    token = await office.parts.accounts.open_session(anna.agent.id, place=NOWHERE, way="password")
    who = await office.parts.accounts.who(token)
    assert who is not None
    http = office.browser()
    http.cookies.set("firstline_session", token)
    return AgentBrowser(http, who.agent, who.csrf)


async def ends_it_in_the_list(office: Office, anna: AgentBrowser) -> None:
    page = await anna.page("/inbox/account")
    _, other = re.findall(r"/inbox/sessions/(\w+)/end", page)  # this browser is the first
    await anna.post(f"/inbox/sessions/{other}/end", htmx=False)


async def ends_all_others(office: Office, anna: AgentBrowser) -> None:
    await anna.post("/inbox/sessions/end-others", htmx=False)


async def is_given_a_password(office: Office, anna: AgentBrowser) -> None:
    await office.parts.accounts.reset_password(anna.agent.email)


async def chooses_a_password(office: Office, anna: AgentBrowser) -> None:
    async with office.parts.db.write() as tx:
        agent = await tx.session.get_one(Agent, anna.agent.id)
        agent.password_hash = await hash_password("a sentence of hers")
    change = {"old": "a sentence of hers", "new": "another sentence"}
    assert (await anna.post("/inbox/password", htmx=False, **change)).status_code == 303


async def follows_a_link(office: Office, anna: AgentBrowser) -> None:
    link = await office.parts.people.new_link(ON_COMMAND_LINE, anna.agent.id)
    links = Links(office.parts.db)
    await links.use(LinkKind.RESET, link.token, "a sentence of mine", NOWHERE)


async def loses_the_factor(office: Office, anna: AgentBrowser) -> None:
    await reset_factor(office.parts.db, ON_COMMAND_LINE, anna.agent.id)


async def is_disabled(office: Office, anna: AgentBrowser) -> None:
    admin = await office.hire("Ola", role=Role.ADMIN)
    await office.parts.people.disable(ON_COMMAND_LINE, admin.agent, anna.agent.id)


@pytest.mark.parametrize(
    "end",
    [
        ends_it_in_the_list,
        ends_all_others,
        is_given_a_password,
        chooses_a_password,
        follows_a_link,
        loses_the_factor,
        is_disabled,
    ],
)
async def test_a_laptop_that_is_signed_out_from_elsewhere_hears_nothing_more(
    office: Office, end: Callable[[Office, AgentBrowser], Awaitable[None]]
) -> None:
    anna, piotr = await office.hire(), await office.hire("Piotr")
    his = PushedTo("https://127.0.0.1:9/push/his")
    await turned_on(piotr, his)
    await turned_on(await signed_in(office, anna), laptop())
    await end(office, anna)
    assert await known(office, anna) == []
    assert await known(office, piotr) == [his.endpoint]


async def test_who_ends_the_others_keeps_it_here(office: Office) -> None:
    anna, here = await office.hire(), laptop()
    await turned_on(anna, here)
    await signed_in(office, anna)
    await ends_all_others(office, anna)
    assert await known(office, anna) == [here.endpoint]


async def test_signing_out_turns_it_off_also_after_the_session_was_renewed(office: Office) -> None:
    anna, browser = await office.hire(), laptop()
    await turned_on(anna, browser)
    again = await signed_in(office, anna)
    await opens_a_page(again, browser)
    await anna.post("/inbox/sign-out", htmx=False)
    assert await known(office, again) == [browser.endpoint], "it is of the new session"
    await again.post("/inbox/sign-out", htmx=False)
    assert await known(office, again) == []


async def test_a_page_turns_nothing_on_and_the_last_agents_off(office: Office) -> None:
    anna, piotr, browser = await office.hire(), await office.hire("Piotr"), laptop()
    await opens_a_page(anna, browser)
    assert await known(office, anna) == []
    await turned_on(anna, browser)
    await opens_a_page(piotr, browser)
    assert (await known(office, anna), await known(office, piotr)) == ([], [])
