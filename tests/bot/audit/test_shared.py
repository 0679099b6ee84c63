"""What leads change for a whole desk stands in the audit log: who, what, from where."""

from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.accounts.permissions import Permission, Role
from bot.audit.models import AuditEntry
from bot.filters.models import SavedFilter
from bot.handling.labels import MOST_LETTERS
from bot.records.models import Label
from bot.writing.models import SavedReply
from tests.desk import DESK
from tests.inbox import AgentBrowser, Office
from tests.routes import inbox_routes

pytestmark = pytest.mark.asyncio

# Every route that is for leads and above, outside of conversations' own timelines, and its act.
ACTS = {
    ("POST", "/inbox/saved"): "saved_reply_made",
    ("POST", "/inbox/saved/remove"): "saved_reply_removed",
    ("POST", "/inbox/saved/import"): "saved_replies_taken_in",
    ("POST", "/inbox/labels"): "label_made",
    ("POST", "/inbox/labels/{label}/retire"): "label_retired",
    ("POST", "/inbox/customers/{customer_id}/merge/{other_id}"): "customers_merged",
    ("POST", "/inbox/customers/{customer_id}/split"): "customers_split",
    ("POST", "/inbox/people"): "invited",
    ("POST", "/inbox/people/{agent_id}"): "agent_changed",
    ("POST", "/inbox/people/{agent_id}/link"): "reset_link_made",
    ("POST", "/inbox/people/{agent_id}/disable"): "agent_disabled",
    ("POST", "/inbox/people/{agent_id}/enable"): "agent_enabled",
    ("POST", "/inbox/people/{agent_id}/reset-factor"): "factor_reset",
}
EVERYBODYS = {Permission.OWN_ACCOUNT, Permission.READ, Permission.WORK}
TOLD = {"what", "was", "expression", "desk", "added", "changed"}


@pytest_asyncio.fixture
async def lead(office: Office) -> AgentBrowser:
    hired = await office.hire("Anna", role=Role.LEAD)
    hired.http.headers["User-Agent"] = "Mozilla/5.0 Firefox/140.0"
    return hired


async def log(office: Office) -> list[tuple[str, dict[str, Any]]]:
    """What was done with saved replies, labels and filters; each by Anna, from her browser."""
    async with office.parts.db.read() as session:
        entries = await session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        found = [entry for entry in entries if TOLD & entry.details.keys()]
    for entry in found:
        assert entry.actor_name == "Anna"
        assert (entry.address, entry.browser) == ("127.0.0.1", "Mozilla/5.0 Firefox/140.0")
    return [(entry.act.value, entry.details) for entry in found]


async def first(office: Office, table: type[SavedReply | Label | SavedFilter]) -> Any:
    async with office.parts.db.read() as session:
        return (await session.scalars(select(table))).first()


async def saved(lead: AgentBrowser, shortcut: str, words: str = "Hi", **fields: Any) -> int:
    typed = {"desk": DESK, "shortcut": shortcut, "title_en": "A", "text_en": words}
    return (await lead.post("/inbox/saved", htmx=False, **(typed | fields))).status_code


async def test_saved_replies_are_noted_with_what_changed_their_names(
    office: Office, lead: AgentBrowser
) -> None:
    assert await saved(lead, "refund") == 303
    id = (await first(office, SavedReply)).id
    assert await saved(lead, "refund", id=id) == 303  # as it was: nobody changed anything
    assert await saved(lead, "refund", "Hello", id=id) == 303
    assert await saved(lead, "money", "Hello", id=id) == 303
    assert await saved(lead, "two words", id=id) == 422
    await lead.post("/inbox/saved/remove", desk=DESK, id=id)
    await lead.post("/inbox/saved/remove", desk=DESK, id=id)
    assert await log(office) == [
        ("saved_reply_made", {"what": "/refund", "desk": DESK}),
        ("saved_reply_changed", {"what": "/refund", "desk": DESK}),
        ("saved_reply_changed", {"what": "/money", "was": "/refund", "desk": DESK}),
        ("saved_reply_removed", {"what": "/money", "desk": DESK}),
    ]


async def test_a_file_that_is_taken_in_is_one_entry_with_the_names(
    office: Office, lead: AgentBrowser
) -> None:
    for words in ("a,A,Hi\nb,B,Hi", "a,A,Hi\nb,B,Hello\nc,C,Hi", "a a,A,Hi"):
        await lead.http.post(
            "/inbox/saved/import",
            data={"csrf": lead.csrf, "desk": DESK},
            files={"file": ("r.csv", f"shortcut,title_en,text_en\n{words}\n".encode())},
        )
    assert await log(office) == [
        ("saved_replies_taken_in", {"desk": DESK, "added": ["a", "b"], "changed": []}),
        ("saved_replies_taken_in", {"desk": DESK, "added": ["c"], "changed": ["b"]}),
    ]


async def test_labels_are_noted_when_made_retired_and_made_again(
    office: Office, lead: AgentBrowser
) -> None:
    fields: dict[str, Any] = {"desk": DESK, "name": "Late parcel", "colour": "red"}
    await lead.post("/inbox/labels", **fields)
    await lead.post("/inbox/labels", **fields)  # refused: it is there
    await lead.post("/inbox/labels", **fields | {"name": "x" * (MOST_LETTERS + 1)})
    id = (await first(office, Label)).id
    for _ in range(2):  # the second time there is nothing to retire
        await lead.post(f"/inbox/labels/{id}/retire")
    await lead.post("/inbox/labels", **fields | {"name": "late  PARCEL"})
    assert await log(office) == [
        ("label_made", {"what": "Late parcel", "desk": DESK}),
        ("label_retired", {"what": "Late parcel", "desk": DESK}),
        ("label_made", {"what": "late PARCEL", "desk": DESK}),
    ]


async def test_a_filter_is_noted_while_a_desk_has_it(office: Office, lead: AgentBrowser) -> None:
    typed = {"name": "Mine", "expression": "status:queued", "desk": ""}
    await lead.post("/inbox/filters", htmx=False, **typed)
    id = (await first(office, SavedFilter)).id
    ours = typed | {"id": id, "desk": DESK}
    for fields in (
        typed | {"id": id, "name": "Still mine"},
        ours,
        ours,  # as it was
        ours | {"name": "Ours", "expression": "status:open"},
        ours | {"desk": ""},
        ours,
    ):
        await lead.post("/inbox/filters", htmx=False, **fields)
    await lead.post("/inbox/filters/drop", htmx=False, id=id)
    mine = {"what": "Mine", "expression": "status:queued", "desk": DESK}
    renamed = {"what": "Ours", "was": "Mine", "expression": "status:open", "desk": DESK}
    assert await log(office) == [
        ("filter_shared", mine),
        ("filter_changed", renamed),
        ("filter_unshared", {"what": "Ours", "desk": DESK}),
        ("filter_shared", mine),
        ("filter_unshared", {"what": "Mine", "desk": DESK}),
    ]


async def test_managers_read_it_in_their_words(office: Office, lead: AgentBrowser) -> None:
    await saved(lead, "refund")
    await lead.post("/inbox/labels", desk=DESK, name="<Late>", colour="red")
    await lead.http.post(
        "/inbox/saved/import",
        data={"csrf": lead.csrf, "desk": DESK},
        files={"file": ("r.csv", b"shortcut,title_en,text_en\na,A,Hi\n")},
    )
    manager = await office.hire("Marek", role=Role.MANAGER)
    page = await manager.page("/inbox/audit", agent=lead.agent.id)
    assert 'Wrote a saved reply: <strong dir="auto">/refund</strong>' in page
    assert '<strong dir="auto">&lt;Late&gt;</strong>' in page
    assert "new: 1, changed: 0" in page
    await manager.post("/inbox/language", htmx=False, language="pl")
    page = await manager.page("/inbox/audit", agent=lead.agent.id)
    assert all(words in page for words in ("Dodanie gotowej odpowiedzi", "nowe: 1, zmienione: 0"))


async def test_no_route_for_leads_and_above_is_without_an_act(office: Office) -> None:
    routes = {
        route
        for route, declared in inbox_routes(office).items()
        if route[0] != "GET"
        and declared is not None
        and declared.permission not in {None, *EVERYBODYS}
        and not route[1].startswith("/inbox/conversations/")
    }
    assert routes == ACTS.keys()
