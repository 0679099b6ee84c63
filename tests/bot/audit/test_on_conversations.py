"""What agents do to conversations: who, from where and when, found by conversation or by person."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.accounts.permissions import Role
from bot.audit.acts import ON_CONVERSATIONS, Act
from bot.audit.models import AuditEntry
from bot.conversations.models import Event
from tests.bot.api.conftest import open_api
from tests.bot.handling.test_notes import mentions
from tests.bot.inbox.test_putting_off import dead_letter
from tests.desk import DESK
from tests.inbox import AgentBrowser, Office, open_office

pytestmark = pytest.mark.asyncio

IN_ANOTHER_TEST = {"colleague_answered", "note_changed", "sent_again"}
ANNAS, OLAS = "203.0.113.7", "198.51.100.9"
FIELDS = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
[[customer-care.fields]]
key = "contract"
label = { en = "Contract", pl = "Umowa" }
type = "number"
[it-help]
name = { en = "IT help", pl = "Pomoc IT" }
"""


async def done(office: Office, who: AgentBrowser, conversation: str, act: str, **form: Any) -> None:
    epoch = await office.epoch(conversation)
    response = await who.act(conversation, act, **{"epoch": epoch} | form)
    assert response.status_code == 200, f"{act}: {response.text}"


async def entries(office: Office, conversation: str) -> list[AuditEntry]:
    async with office.parts.db.read() as session:
        of_it = AuditEntry.conversation_id == conversation
        return list(await session.scalars(select(AuditEntry).where(of_it).order_by(AuditEntry.id)))


def rows(page: str) -> list[str]:
    """The page's table, row by row, without marks."""
    found = re.findall(r"<tr>\s*<td>(.*?)</tr>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in found]


async def test_the_page_names_each_act_with_who_and_from_where(office: Office) -> None:
    anna = await office.hire("Anna", [DESK, "it-help"], address=ANNAS)
    ola = await office.hire("Ola", address=OLAS)
    manager = await office.hire("Marek", role=Role.MANAGER)
    one = await office.customer_says("Hello?")
    other = await office.customer_says("And I?", thread="t2")
    await done(office, anna, one, "claim")
    await done(office, anna, one, "priority", priority="urgent")
    await done(office, anna, one, "hand_over", to=f"agent:{ola.agent.id}", note="Yours")
    await done(office, ola, one, "spam")
    await done(office, ola, other, "block", reason="A rude word about Jan")
    page = await manager.page("/inbox/audit", conversation=one)
    told = rows(page)
    assert [re.sub(r"^.*? (?=Anna|Ola)", "", row).split(" Conversation")[0] for row in told] == [
        "Ola Closed it",
        "Anna Handed it over: Ola",
        "Anna Set its priority",
        "Anna Took it",
    ]
    assert [row.split()[-2] for row in told] == [OLAS, ANNAS, ANNAS, ANNAS]
    assert "Normal → Urgent" in told[2]
    assert "Customer care" in told[3]
    assert f'href="/inbox/conversations/{one}"' in page
    assert other not in page
    assert "rude word" not in await manager.page("/inbox/audit")
    assert len(rows(await manager.page("/inbox/audit", act="blocked"))) == 1
    of_ola = rows(await manager.page("/inbox/audit", agent=ola.agent.id, conversation=one))
    assert ["Closed" in row for row in of_ola] == [True, False], "what she did, and what she got"


async def test_whatever_an_agent_does_is_an_act(tmp_path: Path) -> None:
    (tmp_path / "desks.toml").write_text(FIELDS, "utf-8")
    async with open_office(tmp_path, desks_file=tmp_path / "desks.toml") as office:
        anna = await office.hire("Anna", [DESK, "it-help"], role=Role.LEAD)
        ola = await office.hire("Ola")
        await anna.post("/inbox/labels", desk=DESK, name="Refund", colour="red")
        one = await office.customer_says("Hello?")
        label = (await anna.page(f"/inbox/conversations/{one}/panel/labels")).split(
            'name="label" value="'
        )[1]
        steps: list[tuple[str, dict[str, Any]]] = [
            ("claim", {}),
            ("release", {}),
            ("claim", {}),
            ("snooze", {"until": "hour"}),
            ("wake", {}),
            ("labels", {"label": label.split('"')[0]}),
            ("labels", {}),
            ("priority", {"priority": "high"}),
            ("fields", {"field.contract": "12"}),
            ("facts", {"name": "order_number", "value": "10482"}),
            ("ask", {"to": ola.agent.id, "note": "How?"}),
            ("block", {"reason": "spam"}),
            ("unblock", {}),
        ]
        for act, form in steps:
            await done(office, anna, one, act, **form)
        two = await office.customer_says("Hello?", thread="v:care", customer="v")
        three = await office.customer_says("Hello!", thread="v:it", customer="v", desk="it-help")
        await done(office, anna, three, "merge", main=two)
        await done(office, anna, three, "unmerge")
        await done(office, anna, two, "return_to_bot")
        four = await office.customer_says("Hello?", thread="t4")
        await done(office, anna, four, "hand_over", to="desk:it-help", note="")
        await done(office, anna, four, "hand_over", to=f"agent:{anna.agent.id}", note="")
        await done(office, anna, four, "close")
        async with office.parts.db.read() as session:
            by_agents = select(Event.kind, Event.conversation_id).where(Event.actor_kind == "agent")
            happened = (await session.execute(by_agents.order_by(Event.id))).all()
        for conversation in (one, two, three, four):
            told = [entry.act.value for entry in await entries(office, conversation)]
            assert told == [kind for kind, id in happened if id == conversation]
        kinds = {kind for kind, _ in happened}
        assert kinds == {act.value for act in ON_CONVERSATIONS} - IN_ANOTHER_TEST
        words = str([entry.details for entry in await entries(office, one)])
        assert "Refund" in words
        assert "10482" not in words, "what is known of a customer is not the log's"


async def test_an_answer_a_changed_note_and_what_is_sent_again_are_acts(office: Office) -> None:
    anna, ola = await office.hire("Anna", address=ANNAS), await office.hire("Ola", address=OLAS)
    one = await office.customer_says("Hello?")
    await done(office, anna, one, "claim")
    seq = await dead_letter(office, anna, one)
    await done(office, anna, one, "send_again", seq=seq)
    await done(office, anna, one, "ask", to=ola.agent.id, note="May we?")
    (asked,) = await mentions(office)
    await done(office, ola, one, f"questions/{asked.id}/answer", note="Yes, in full")
    elsewhere = office.parts.triage
    await elsewhere.note(anna.agent.id, one, "A rude word", source="s1")
    await elsewhere.change_note(anna.agent.id, "A kind word", source="s1")
    found = {entry.act.value: entry for entry in await entries(office, one)}
    assert set(found) >= IN_ANOTHER_TEST
    told = {act: (found[act].actor_name, found[act].address) for act in IN_ANOTHER_TEST}
    assert told == {
        "colleague_answered": ("Ola", OLAS),
        "note_changed": ("Anna", ""),
        "sent_again": ("Anna", ANNAS),
    }
    assert found["sent_again"].details["seq"] == seq
    assert not {"Yes", "rude", "kind"} & set(str([e.details for e in found.values()]).split())


async def test_what_is_done_from_slack_is_said_to_be(office: Office) -> None:
    anna = await office.hire("Anna", address=ANNAS)
    manager = await office.hire("Marek", role=Role.MANAGER)
    one = await office.customer_says("Hello?")
    await office.parts.triage.claim(anna.agent.id, one, epoch=await office.epoch(one))
    await done(office, anna, one, "release")
    release, claim = rows(await manager.page("/inbox/audit", conversation=one))
    assert claim.endswith("Slack")
    assert ANNAS not in claim
    assert ANNAS in release
    assert "Slack" not in release


async def test_a_program_is_named_beside_its_agent(tmp_path: Path) -> None:
    async with open_api(tmp_path) as api, api.server.browser() as browser:
        program = await api.program(await api.agent("Anna"), name="night shift")
        await browser.send(type="human", id="h1")
        conversation = (await browser.wait_for("ack"))["conversation"]
        place = f"/conversations/{conversation}"
        epoch = (await program.get(place)).json()["epoch"]
        assert (await program.post(f"{place}/claim", json={"epoch": epoch})).status_code == 200
        async with api.parts.db.read() as session:
            claims = select(AuditEntry).where(AuditEntry.act == Act.CLAIM)
            entry = (await session.scalars(claims)).one()
    assert (entry.actor_name, entry.address) == ("Anna", "127.0.0.1")
    assert entry.details["program"] == "night shift"


async def test_only_who_may_read_the_log_is_led_there(office: Office) -> None:
    one = await office.customer_says("Hello?")
    for role, is_led in ((Role.AGENT, False), (Role.LEAD, False), (Role.MANAGER, True)):
        page = await (await office.hire(role.value, role=role)).page(f"/inbox/conversations/{one}")
        assert (f"/inbox/audit?conversation={one}" in page) is is_led
