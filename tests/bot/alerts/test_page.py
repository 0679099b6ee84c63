"""What an agent chooses about alerts is kept, and a page that is wrong says so."""

from pathlib import Path

import pytest

from bot.accounts.permissions import Role
from bot.alerts.rules import Choice, Kind, Way, When
from tests.inbox import open_office

pytestmark = pytest.mark.asyncio
FORM = {"kind": ["assigned", "near"], "patience": "300", "when": "open"}


async def test_what_is_chosen_is_kept_and_shown(tmp_path: Path) -> None:
    place, sender = "smtp+plain://127.0.0.1:9", "help@acme.example"
    async with open_office(tmp_path, smtp_url=place, smtp_from=sender) as office:
        anna = await office.hire()
        assert "By e-mail to anna@example.com" in await anna.page("/inbox/alerts")
        saved = await anna.post("/inbox/alerts/mail", htmx=False, **FORM)
        assert saved.headers["location"] == "/inbox/alerts?saved=mail"
        kept = await office.parts.alerts.choice(anna.agent.id, Way.MAIL)
        assert kept == Choice(frozenset({Kind.ASSIGNED, Kind.NEAR}), 300, When.OPEN)
        page = await anna.page("/inbox/alerts", saved="mail")
        assert 'value="near" checked' in page
        assert 'value="mention" checked' not in page
        assert "Saved." in page
        for wrong in ({"patience": "1"}, {"when": "never"}, {"kind": "x"}):
            bad = await anna.post("/inbox/alerts/mail", htmx=False, **(FORM | wrong))
            assert bad.status_code == 422
            assert "choose from what is offered" in bad.text
        assert (await anna.post("/inbox/alerts/pigeon", htmx=False, **FORM)).status_code == 404
        assert await office.parts.alerts.choice(anna.agent.id, Way.MAIL) == kept


async def test_leads_alone_are_offered_escalations(tmp_path: Path) -> None:
    place, sender = "smtp+plain://127.0.0.1:9", "help@acme.example"
    async with open_office(tmp_path, smtp_url=place, smtp_from=sender) as office:
        anna, lead = await office.hire(), await office.hire("Lea", role=Role.LEAD)
        form = FORM | {"kind": "escalated"}
        assert "escalated" not in await anna.page("/inbox/alerts")
        assert (await anna.post("/inbox/alerts/mail", htmx=False, **form)).status_code == 422
        assert (await lead.post("/inbox/alerts/mail", htmx=False, **form)).status_code == 303
        page = await lead.page("/inbox/alerts")
        assert 'value="escalated" checked' in page
        assert "a conversation is escalated to the leads" in page


async def test_a_desk_without_mail_says_so(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        anna = await office.hire()
        page = await anna.page("/inbox/alerts")
        assert "This desk sends no mail" in page
        assert "By e-mail to" not in page
