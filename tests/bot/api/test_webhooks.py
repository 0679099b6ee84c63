"""A webhook is no way around a token's scopes: words go only to who may read them."""

import httpx
import pytest
from sqlalchemy import select

from bot.api_tokens.scopes import Scope
from bot.audit.models import AuditEntry
from tests.bot.api.conftest import ApiDesk

pytestmark = pytest.mark.asyncio
HERE, THERE = "https://example.com/here", "https://example.com/there"
MANAGE, MESSAGES, NOTES = Scope.MANAGE_WEBHOOKS, Scope.READ_CONVERSATIONS, Scope.READ_NOTES


def missing(answer: httpx.Response) -> str | None:
    """The scope that was missing; None: it was done."""
    if answer.status_code != 403:
        assert answer.is_success, answer.text
        return None
    error = answer.json()["error"]
    assert error["code"] == "missing_scope"
    return next(scope for scope in Scope if scope in error["message"])


@pytest.mark.parametrize(
    ("kinds", "scope"),
    [
        ([], MESSAGES),  # all but notes
        (["message.created"], MESSAGES),
        (["conversation.closed", "message.created"], MESSAGES),
        (["note.created"], NOTES),
        (["conversation.closed"], None),
    ],
)
async def test_who_may_not_read_words_gets_no_webhook_of_them(
    api: ApiDesk, kinds: list[str], scope: Scope | None
) -> None:
    agent = await api.agent()
    bare = await api.program(agent, MANAGE)
    wish = {"url": HERE, "kinds": kinds}
    assert missing(await bare.post("/webhooks", json=wish)) == scope
    listed = (await bare.get("/webhooks")).json()["webhooks"]
    assert len(listed) == (scope is None)
    may = await api.program(agent, MANAGE, *([scope] if scope else []), name="may")
    assert missing(await may.post("/webhooks", json=wish)) is None


@pytest.mark.parametrize(("kinds", "scope"), [([], MESSAGES), (["note.created"], NOTES)])
async def test_nor_leads_anothers_to_an_address_of_theirs(
    api: ApiDesk, kinds: list[str], scope: Scope
) -> None:
    agent = await api.agent()
    bare, full = await api.program(agent, MANAGE), await api.program(agent, name="full")
    made = (await full.post("/webhooks", json={"url": HERE, "kinds": kinds})).json()
    quiet = await bare.post("/webhooks", json={"url": HERE, "kinds": ["conversation.closed"]})
    place, own = f"/webhooks/{made['id']}", f"/webhooks/{quiet.json()['id']}"
    assert missing(await bare.patch(place, json={"url": THERE})) == scope
    assert missing(await bare.patch(own, json={"kinds": kinds})) == scope
    assert (await full.get(place)).json()["url"] == HERE
    assert (await full.get(own)).json()["kinds"] == ["conversation.closed"]
    # What brings them no word is theirs to do: to look after it, and to make it tell less.
    assert missing(await bare.patch(place, json={"active": False})) is None
    assert missing(await bare.patch(place, json={"kinds": ["conversation.closed"]})) is None
    assert missing(await bare.patch(place, json={"url": THERE})) is None


async def test_the_audit_log_says_which_program_did_it_and_from_where(api: ApiDesk) -> None:
    crm = await api.program(await api.agent(), name="crm")
    crm.headers["User-Agent"] = "crm/7"
    place = f"/webhooks/{(await crm.post('/webhooks', json={'url': HERE})).json()['id']}"
    await crm.patch(place, json={"url": THERE})
    await crm.post(f"{place}/secret")
    await crm.delete(place)
    async with api.parts.db.read() as session:
        entries = await session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        log = [entry for entry in entries if "url" in entry.details]
    assert [(entry.act, entry.details) for entry in log] == [
        ("webhook_made", {"url": HERE, "program": "crm"}),
        ("webhook_changed", {"url": THERE, "program": "crm"}),
        ("webhook_secret_renewed", {"url": THERE, "program": "crm"}),
        ("webhook_removed", {"url": THERE, "program": "crm"}),
    ]
    seen = {(entry.actor_name, entry.address, entry.browser) for entry in log}
    assert seen == {("Anna", "127.0.0.1", "crm/7")}
