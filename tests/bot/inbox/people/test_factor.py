"""A second factor from its picture to the lost phone, in the agent's browser."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pyotp
import pytest
from sqlalchemy import select

from bot.accounts.models import AgentSession, SecondFactor
from bot.accounts.permissions import Role
from bot.accounts.second_factor import reset_factor_of
from bot.clock import now
from tests.databases import database_of
from tests.inbox import AgentBrowser, Office, open_office

pytestmark = pytest.mark.asyncio

FACTOR = "/inbox/second-factor"
STEP = "/inbox/second-step"
PASSWORD = "a sentence of mine"
# Codes are those of this moment, however slow the machine is.
MOMENT = now()


@pytest.fixture(autouse=True)
def _time_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.accounts.second_factor.now", lambda: MOMENT)


def shows(app: pyotp.TOTP, *, steps: int = 0) -> str:
    """What the phone shows at the moment, or so many half minutes later."""
    return app.at(MOMENT + timedelta(seconds=30 * steps))


async def anna_with_password(office: Office, **fields: Role) -> AgentBrowser:
    anna = await office.hire("Anna", **fields)
    one_time = await office.parts.accounts.reset_password(anna.agent.email)
    token = await office.parts.accounts.sign_in(anna.agent.email, one_time)
    who = await office.parts.accounts.who(token)
    assert who is not None
    await office.parts.accounts.change_password(who, one_time, PASSWORD)
    anna.http.cookies.set("firstline_session", token)
    anna.csrf = who.csrf
    return anna


async def scan(anna: AgentBrowser) -> pyotp.TOTP:
    """What the phone knows after it has looked at the page."""
    await anna.post(f"{FACTOR}/begin", htmx=False)
    page = await anna.page(FACTOR)
    assert "<svg" in page
    assert "style=" not in page
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert secret
    return pyotp.TOTP(secret[1].replace(" ", ""))


async def set_up(anna: AgentBrowser) -> tuple[pyotp.TOTP, list[str]]:
    app = await scan(anna)
    # The step before, so that the present one is still good.
    shown = await anna.post(f"{FACTOR}/confirm", htmx=False, code=shows(app, steps=-1))
    codes = re.findall(r"<li>(\w{5}-\w{5})</li>", shown.text)
    assert len(codes) == 10
    return app, codes


async def with_password(office: Office, **headers: str) -> httpx.AsyncClient:
    http = office.browser()
    form = {"email": "anna@example.com", "password": PASSWORD, "next": "/inbox?view=mine"}
    answer = await http.post("/inbox/sign-in", data=form)
    assert answer.headers["location"] == f"{STEP}?next=/inbox%3Fview%3Dmine"
    return http


async def gives(http: httpx.AsyncClient, code: str) -> httpx.Response:
    return await http.post(STEP, data={"code": code, "next": "/inbox?view=mine"})


async def test_the_password_alone_opens_nothing_and_a_code_is_good_once(office: Office) -> None:
    anna = await anna_with_password(office)
    app, _ = await set_up(anna)
    async with office.parts.db.read() as session:
        kept = (await session.scalars(select(SecondFactor))).one()
    assert app.secret not in kept.secret, "sealed at rest"

    http = await with_password(office)
    for path in ("/inbox", "/inbox/live", "/inbox/account", FACTOR):
        assert (await http.get(path)).headers["location"].startswith("/inbox/sign-in"), path
    assert "Type the code" in (await http.get(STEP)).text
    wrong = await gives(http, "000000")
    assert wrong.status_code == 401
    assert "This code is wrong" in wrong.text
    code = shows(app)
    right = await gives(http, f"{code[:3]} {code[3:]}")
    assert right.headers["location"] == "/inbox?view=mine"
    assert (await http.get("/inbox")).status_code == 200
    again = await gives(await with_password(office), code)
    assert again.status_code == 401, "somebody looked over the shoulder"


async def test_of_two_who_send_one_backup_code_one_gets_in(office: Office) -> None:
    anna = await anna_with_password(office)
    _, codes = await set_up(anna)
    browsers = [await with_password(office) for _ in range(2)]
    answers = await asyncio.gather(*(gives(http, codes[0].upper()) for http in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 401]
    assert "9 backup codes are left" in await anna.page(FACTOR)


async def test_wrong_codes_in_a_row_close_the_door_for_a_while(office: Office) -> None:
    anna = await anna_with_password(office)
    app, codes = await set_up(anna)
    http = await with_password(office)
    answers = [await gives(http, "000000") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401] * 4 + [429]
    assert "in 1 minute" in answers[-1].text
    for code in (shows(app), codes[0]):
        assert (await gives(http, code)).status_code == 429, "not even the right one"


async def test_turning_it_off_takes_a_code_and_ends_the_backup_codes(office: Office) -> None:
    anna = await anna_with_password(office)
    app, codes = await set_up(anna)
    assert (await anna.post(f"{FACTOR}/off", htmx=False, code="1")).status_code == 401
    fresh = await anna.post(f"{FACTOR}/codes", htmx=False, code=codes[0])
    newer = re.findall(r"<li>(\w{5}-\w{5})</li>", fresh.text)
    assert not set(newer) & set(codes)
    assert (await anna.post(f"{FACTOR}/off", htmx=False, code=codes[1])).status_code == 401
    assert (await anna.post(f"{FACTOR}/off", htmx=False, code=shows(app))).status_code == 303
    assert "Set it up" in await anna.page(FACTOR)
    token = await office.parts.accounts.sign_in(anna.agent.email, PASSWORD)
    assert await office.parts.accounts.who(token) is not None
    assert (await anna.post(f"{FACTOR}/off", htmx=False, code=newer[0])).status_code == 409


async def test_who_lost_everything_is_let_in_by_an_admin_or_the_command_line(
    office: Office, tmp_path: Path
) -> None:
    anna = await anna_with_password(office)
    boss = await office.hire("Boss", role=Role.ADMIN)
    for way in ("page", "command"):
        await set_up(anna)
        person = f"/inbox/people/{anna.agent.id}"
        assert "Reset the second factor" in await boss.page(person)
        if way == "page":
            await boss.post(f"{person}/reset-factor", htmx=False)
        else:
            await reset_factor_of(database_of(tmp_path), anna.agent.email)
        assert (await anna.http.get("/inbox")).status_code == 303, "signed out everywhere"
        token = await office.parts.accounts.sign_in(anna.agent.email, PASSWORD)
        who = await office.parts.accounts.who(token)
        assert who is not None
        anna.http.cookies.set("firstline_session", token)
        anna.csrf = who.csrf
    log = await boss.page("/inbox/audit", act="factor_reset")
    assert log.count("Reset a second factor: <strong") == 2


async def test_a_role_that_needs_one_gets_to_nothing_else_first(tmp_path: Path) -> None:
    async with open_office(tmp_path, second_factor_roles="admin,lead") as office:
        boss, anna = await anna_with_password(office, role=Role.LEAD), await office.hire("Ben")
        assert (await anna.http.get("/inbox")).status_code == 200
        for path in ("/inbox", "/inbox/account", "/inbox/live"):
            assert (await boss.http.get(path)).headers["location"] == FACTOR, path
        assert "Your role needs a second factor" in await boss.page(FACTOR)
        await set_up(boss)
        assert (await boss.http.get("/inbox")).status_code == 200


async def test_with_another_installation_secret_it_says_what_to_do(office: Office) -> None:
    anna = await anna_with_password(office)
    await set_up(anna)
    async with office.parts.db.write() as tx:
        (await tx.session.scalars(select(SecondFactor))).one().secret = "sealed.with.another..key"
    answer = await gives(await with_password(office), "000000")
    assert answer.status_code == 409
    assert "Ask an admin to reset it" in answer.text


async def test_a_password_does_not_wait_for_its_code_for_long(office: Office) -> None:
    anna = await anna_with_password(office)
    app, _ = await set_up(anna)
    http = await with_password(office)
    assert "this browser" in await anna.page("/inbox/account")
    async with office.parts.db.write() as tx:
        waiting = select(AgentSession).where(AgentSession.awaits_factor)
        (await tx.session.scalars(waiting)).one().expires_at = now()
    assert (await http.get(STEP)).headers["location"] == "/inbox/sign-in"
    assert (await gives(http, shows(app))).headers["location"] == "/inbox/sign-in"
