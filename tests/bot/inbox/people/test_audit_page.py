"""Who did what from where, as managers read it."""

import pytest

from bot.accounts.errors import WrongSignIn
from bot.accounts.permissions import Role
from bot.audit.acts import Act, Doer, Place
from bot.audit.repository import record
from bot.inbox.people.audit import PAGE
from tests.inbox import Office

pytestmark = pytest.mark.asyncio


async def test_sign_ins_and_failures_are_listed_with_where_they_came_from(office: Office) -> None:
    manager = await office.hire("Marek", role=Role.MANAGER)
    anna = await office.hire("Anna")
    place = Place("203.0.113.7", "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
    for email in (anna.agent.email, "my-password-in-the-wrong-field"):
        with pytest.raises(WrongSignIn):
            await office.parts.accounts.sign_in(email, "guess", place=place)
    page = await manager.page("/inbox/audit", act="sign_in_failed")
    assert page.count("<td>203.0.113.7") == 2
    assert "Firefox 140, Windows" in page
    assert '<strong dir="auto">Anna</strong>' in page
    assert "my-password" not in page
    of_anna = await manager.page("/inbox/audit", agent=anna.agent.id)
    assert "203.0.113.7" in of_anna
    assert "Marek</td>" not in of_anna


async def test_a_filter_that_cannot_be_read_is_left_out(office: Office) -> None:
    manager = await office.hire("Marek", role=Role.MANAGER)
    query = {"act": "nonsense", "since": "yesterday", "until": "9999-12-31", "before": "-1"}
    assert "Signed in" in await manager.page("/inbox/audit", **query)
    assert "Nothing like this" in await manager.page("/inbox/audit", until="2020-01-01")
    assert "Nothing like this" in await manager.page("/inbox/audit", since="2999-01-01")


async def test_a_long_log_is_read_page_by_page(office: Office) -> None:
    manager = await office.hire("Marek", role=Role.MANAGER)
    async with office.parts.db.write() as tx:
        for n in range(PAGE + 5):
            record(tx, Act.SIGNED_OUT, Doer(manager.agent, Place(f"10.0.0.{n}", "")))
    first = await manager.page("/inbox/audit", act="signed_out")
    assert first.count("<td>10.0.0.") == PAGE
    older = first.split('<a href="/inbox/audit?')[1].split('"')[0].replace("&amp;", "&")
    second = (await manager.http.get(f"/inbox/audit?{older}")).text
    assert second.count("<td>10.0.0.") == 5
    assert "Older entries" not in second
