"""Back in after a forgotten password; nobody learns from it who has an account."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from bot.accounts.models import AccountLink, Agent
from bot.clock import now
from tests.inbox import Office, mails_are_out, open_office
from tests.smtp_server import Postbox, smtp_server

pytestmark = pytest.mark.asyncio
FORGOT = "/inbox/forgot"
SENT = "If there is an account"


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with smtp_server() as box:
        yield box


@pytest_asyncio.fixture
async def mailing(tmp_path: Path, postbox: Postbox) -> AsyncIterator[Office]:
    """A desk that sends mail."""
    place = f"smtp+plain://127.0.0.1:{postbox.port}"
    async with open_office(
        tmp_path,
        smtp_url=place,
        smtp_from="Acme <help@acme.example>",
        sign_in_attempts_per_minute=5,
    ) as office:
        yield office


async def mailed_link(office: Office, postbox: Postbox) -> str:
    await mails_are_out(office)
    found = re.search(r"http://127.0.0.1:8080(/inbox/reset/\S+)", postbox.mails[-1].get_content())
    assert found
    return found[1]


async def test_a_mailed_link_sets_a_new_password_and_signs_out_everywhere(
    mailing: Office, postbox: Postbox
) -> None:
    anna = await mailing.hire()
    http = mailing.browser()
    # Whoever asks may claim any Host: the link leads to the desk all the same.
    answer = await http.post(
        FORGOT, data={"email": " ANNA@example.com"}, headers={"Host": "evil.example"}
    )
    assert SENT in answer.text
    link = await mailed_link(mailing, postbox)
    assert postbox.recipients == [["anna@example.com"]]
    saved = await http.post(link, data={"password": "a new sentence"})
    assert saved.headers["location"] == "/inbox/sign-in?saved=1"
    assert "new password is saved" in (await http.get(saved.headers["location"])).text
    assert (await anna.http.get("/inbox")).status_code == 303, "the other browsers are out"
    assert await mailing.parts.accounts.sign_in("anna@example.com", "a new sentence")
    assert (await http.post(link, data={"password": "yet another one"})).status_code == 410


async def test_unknown_disabled_and_invited_accounts_get_the_same_answer_and_no_mail(
    mailing: Office, postbox: Postbox
) -> None:
    await mailing.hire("Gone")
    await mailing.hire("New")
    async with mailing.parts.db.write() as tx:
        gone = update(Agent).where(Agent.name == "Gone").values(disabled_at=now())
        await tx.session.execute(gone)
        new = update(Agent).where(Agent.name == "New").values(is_invited=True)
        await tx.session.execute(new)
    await mailing.hire("Anna")
    names = ("nobody", "gone", "new", "anna")
    asked = {
        name: await mailing.browser().post(FORGOT, data={"email": f"{name}@example.com"})
        for name in names
    }
    assert len({(answer.status_code, answer.text) for answer in asked.values()}) == 1
    await mails_are_out(mailing)
    assert postbox.recipients == [["anna@example.com"]]


async def test_a_link_ends_by_itself(mailing: Office, postbox: Postbox) -> None:
    await mailing.hire()
    await mailing.browser().post(FORGOT, data={"email": "anna@example.com"})
    link = await mailed_link(mailing, postbox)
    async with mailing.parts.db.write() as tx:
        row = (await tx.session.scalars(select(AccountLink))).one()
        assert timedelta(minutes=50) < row.expires_at - now() <= timedelta(hours=1)
        row.expires_at = now()
    assert (await mailing.browser().get(link)).status_code == 410
    assert (await mailing.browser().post(link, data={"password": "a sentence"})).status_code == 410


async def test_asking_and_guessing_are_slowed_down(
    mailing: Office, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.shared.buckets.monotonic", lambda: 100.0)
    http = mailing.browser()
    form = {"email": "x@example.com"}
    codes = [(await http.post(FORGOT, data=form)).status_code for _ in range(6)]
    assert codes == [200] * 5 + [429]
    codes = [(await http.get(f"/inbox/reset/guess{n}")).status_code for n in range(6)]
    assert codes == [410] * 5 + [429]


async def test_another_site_can_neither_ask_nor_use_a_link(mailing: Office) -> None:
    foreign = {"Origin": "https://evil.example"}
    for path in (FORGOT, "/inbox/reset/x", "/inbox/welcome/x"):
        assert (await mailing.browser().post(path, headers=foreign)).status_code == 403


async def test_without_mail_the_page_says_whom_to_ask(office: Office) -> None:
    assert "Ask one of its admins" in (await office.browser().get(FORGOT)).text
