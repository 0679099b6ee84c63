"""What admins do with accounts, page by page."""

import asyncio
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.accounts.models import AccountLink, Agent
from bot.accounts.permissions import Role
from bot.audit.models import AuditEntry
from bot.conversations.models import Note
from bot.conversations.state import Status
from tests.desk import DESK
from tests.inbox import ORIGIN, AgentBrowser, Office, mails_are_out, open_office
from tests.smtp_server import smtp_server

pytestmark = pytest.mark.asyncio

PASSWORD = "a sentence of mine"
FORM = {
    "email": "Ola@example.com",
    "name": "Ola",
    "role": "lead",
    "desk": [DESK],
    "speaks": ["pl"],
    "skills": "VIP, zwroty",
}


async def boss(office: Office) -> AgentBrowser:
    return await office.hire("Boss", [DESK, "it-help"], role=Role.ADMIN)


async def agent_of(office: Office, email: str) -> Agent:
    async with office.parts.db.read() as session:
        return (await session.scalars(select(Agent).where(Agent.email == email))).one()


async def acts(office: Office) -> list[tuple[str, str | None, str | None]]:
    """What was done, by whom, to whom; without the sign-ins of those who were hired."""
    async with office.parts.db.read() as session:
        rows = await session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        own = ("signed_in", "agent_added")
        found = [(row.act.value, row.actor_name, row.subject_name) for row in rows]
        return [row for row in found if row[0] not in own]


def link_in(page: str) -> str:
    found = re.search(rf'value="{ORIGIN}(/inbox/(?:welcome|reset)/[\w-]+)"', page)
    assert found, page
    return found[1]


async def test_an_invitation_makes_an_account_that_its_link_opens_once(office: Office) -> None:
    admin = await boss(office)
    made = await admin.post("/inbox/people", htmx=False, **FORM)
    link = link_in(made.text)
    ola = await agent_of(office, "ola@example.com")
    assert (ola.role, ola.desks, ola.skills, ola.languages) == (
        Role.LEAD,
        [DESK],
        ["vip", "zwroty"],
        ["pl"],
    )
    assert "Invited" in await admin.page("/inbox/people")
    async with office.parts.db.read() as session:
        kept = (await session.scalars(select(AccountLink))).one()
    assert kept.token_hash not in link
    assert link.rpartition("/")[2] not in str(vars(kept)), "only the hash is kept"

    http = office.browser()
    for _ in range(2):
        assert "Ola" in (await http.get(link)).text, "looking uses nothing up"
    short = await http.post(link, data={"password": "short"})
    assert short.status_code == 422
    assert "at least 10" in short.text
    done = await http.post(link, data={"password": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/inbox")
    assert (await http.get("/inbox")).status_code == 200
    again = await office.browser().post(link, data={"password": "another sentence"})
    assert again.status_code == 410
    assert "does not work any more" in again.text
    assert await office.parts.accounts.sign_in("ola@example.com", PASSWORD)
    assert await acts(office) == [
        ("invited", "Boss", "Ola"),
        ("invitation_accepted", "Ola", None),
    ]


async def test_of_two_who_use_a_link_at_once_one_is_refused(office: Office) -> None:
    admin = await boss(office)
    link = link_in((await admin.post("/inbox/people", htmx=False, **FORM)).text)
    answers = await asyncio.gather(
        *(office.browser().post(link, data={"password": f"{PASSWORD} {n}"}) for n in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410]


async def test_a_newer_link_ends_the_one_before(office: Office) -> None:
    admin = await boss(office)
    first = link_in((await admin.post("/inbox/people", htmx=False, **FORM)).text)
    ola = await agent_of(office, "ola@example.com")
    second = link_in((await admin.post(f"/inbox/people/{ola.id}/link", htmx=False)).text)
    assert second.startswith("/inbox/welcome/")
    assert (await office.browser().get(first)).status_code == 410
    assert (await office.browser().get(second)).status_code == 200
    crossed = second.replace("welcome", "reset")
    assert (await office.browser().get(crossed)).status_code == 410


async def test_a_form_that_is_wrong_keeps_what_was_typed(office: Office) -> None:
    admin = await boss(office)
    bad = await admin.post("/inbox/people", htmx=False, **(FORM | {"email": "ola"}))
    assert bad.status_code == 422
    assert 'value="VIP, zwroty"' in bad.text
    assert '<option value="lead" selected>' in bad.text
    await admin.post("/inbox/people", htmx=False, **FORM)
    taken = await admin.post("/inbox/people", htmx=False, **FORM)
    assert taken.status_code == 409
    assert "already an account" in taken.text


async def test_a_change_is_there_at_once_and_on_record(office: Office) -> None:
    admin, anna = await boss(office), await office.hire("Anna")
    assert (await anna.http.get("/inbox/audit")).status_code == 403
    form = {"name": "Anna", "role": "manager", "desk": [DESK], "speaks": ["en"], "skills": ""}
    saved = await admin.post(f"/inbox/people/{anna.agent.id}", htmx=False, **form)
    assert saved.status_code == 303
    log = await anna.page("/inbox/audit")
    assert "Changed an account" in log
    assert "Agent → Manager" in log
    assert "English, Polish → English" in log


async def test_the_only_admin_stays_one(office: Office) -> None:
    admin = await boss(office)
    me = f"/inbox/people/{admin.agent.id}"
    form = {"name": "Boss", "role": "agent", "desk": [DESK], "speaks": ["en"], "skills": ""}
    refused = await admin.post(me, htmx=False, **form)
    assert refused.status_code == 409
    assert "only admin" in refused.text
    assert (await admin.post(f"{me}/disable", htmx=False)).status_code == 409
    other = await office.hire("Other", role=Role.ADMIN)
    gone = f"/inbox/people/{other.agent.id}/disable"
    assert (await admin.post(gone, htmx=False)).status_code == 303
    assert (await admin.post(f"{me}/disable", htmx=False)).status_code == 409


async def test_who_is_disabled_is_out_at_once_and_their_conversations_wait(office: Office) -> None:
    admin, anna = await boss(office), await office.hire("Anna")
    conversation = await office.customer_says("Hello?")
    other = await office.customer_says("Hello?", thread="t2")
    for one in (conversation, other):
        await anna.act(one, "claim", epoch=await office.epoch(one))
    await anna.act(other, "snooze", epoch=await office.epoch(other), until="hour")
    await office.settle()
    gone = await admin.post(f"/inbox/people/{anna.agent.id}/disable", htmx=False)
    assert gone.status_code == 303
    refused = await anna.http.get("/inbox")
    assert refused.headers["location"].startswith("/inbox/sign-in")
    for one in (conversation, other):
        now = await office.conversation(one)
        assert (now.status, now.agent_id) == (Status.QUEUED, None)
    async with office.parts.db.read() as session:
        notes = (await session.scalars(select(Note))).all()
    assert [(note.author_name, "Anna does not work" in note.text) for note in notes] == [
        ("Boss", True)
    ] * 2
    assert (await acts(office))[-1] == ("agent_disabled", "Boss", "Anna")
    assert "2 conversations went back" in await admin.page("/inbox/audit")
    await office.settle()

    await admin.post(f"/inbox/people/{anna.agent.id}/enable", htmx=False)
    back = await admin.post(f"/inbox/people/{anna.agent.id}/link", htmx=False)
    link = link_in(back.text)
    assert link.startswith("/inbox/reset/")
    used = await office.browser().post(link, data={"password": PASSWORD})
    assert used.headers["location"] == "/inbox/sign-in?saved=1"
    assert await office.parts.accounts.sign_in("anna@example.com", PASSWORD)


async def test_who_leaves_a_desk_leaves_its_conversations(office: Office) -> None:
    admin, anna = await boss(office), await office.hire("Anna", [DESK, "it-help"])
    conversation = await office.customer_says("Hello?")
    await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
    form = {"name": "Anna", "role": "agent", "desk": ["it-help"], "speaks": ["en"], "skills": ""}
    await admin.post(f"/inbox/people/{anna.agent.id}", htmx=False, **form)
    assert (await office.conversation(conversation)).status is Status.QUEUED
    await office.settle()


async def test_the_invitation_is_mailed_where_there_is_mail(tmp_path: Path) -> None:
    with smtp_server() as postbox:
        place = f"smtp+plain://127.0.0.1:{postbox.port}"
        async with open_office(
            tmp_path,
            smtp_url=place,
            smtp_from="Acme <help@acme.example>",
            public_url="https://desk.acme.example",
        ) as office:
            admin = await boss(office)
            await admin.post("/inbox/language", htmx=False, language="pl")
            made = await admin.post("/inbox/people", htmx=False, **FORM)
            assert "Link zostanie też wysłany na adres ola@example.com." in made.text
            await mails_are_out(office)
            [mail] = postbox.mails
            assert mail["To"] == "ola@example.com"
            link = re.search(r"https://desk.acme.example/inbox/welcome/[\w-]+", mail.get_content())
            assert link
            assert link[0] in made.text
            assert "przez 7 dni" in mail.get_content()
            ola = await agent_of(office, "ola@example.com")
            assert "przyjął wiadomość" in await admin.page(f"/inbox/people/{ola.id}")

            postbox.refusal = "550 No such user"
            other = FORM | {"email": "nobody@example.com"}
            await admin.post("/inbox/people", htmx=False, **other)
            await mails_are_out(office)
            nobody = await agent_of(office, "nobody@example.com")
            page = await admin.page(f"/inbox/people/{nobody.id}")
            assert "nie udało się dostarczyć na adres nobody@example.com" in page
            assert "550" in page, "the reason stands beside it"
