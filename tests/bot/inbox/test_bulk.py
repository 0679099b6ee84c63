"""Acts on several conversations of the list: what is done, what is left, and what is told."""

import html
import re
from typing import Any

import httpx
import pytest

from bot.accounts.permissions import Role
from bot.conversations.models import Conversation
from bot.conversations.state import Closing, Status
from bot.handling.bulk import MOST
from bot.inbox.bulk.routes import PANELS
from tests.desk import DESK
from tests.inbox import AgentBrowser, Office

pytestmark = pytest.mark.asyncio


async def waiting(office: Office, count: int) -> list[str]:
    return [await office.customer_says("Hello?", thread=f"t{n}") for n in range(count)]


async def picked(office: Office, ids: list[str]) -> str:
    """As the page sends the selection: ids with the epochs that it was seen with."""
    return " ".join([f"{one}:{await office.epoch(one)}" for one in ids])


async def bulk(office: Office, who: AgentBrowser, act: str, ids: list[str], **fields: Any) -> str:
    pick = await picked(office, ids)
    response = await who.post(f"/inbox/bulk/{act}", pick=pick, **fields)
    assert response.status_code == 200, response.text
    return response.text


async def undo(who: AgentBrowser, act: str, report: str) -> httpx.Response:
    picks = re.findall(r'name="pick" value="([^"]*)"', report)
    assert picks
    return await who.post(f"/inbox/bulk/{act}/undo", pick=picks)


async def now(office: Office, ids: list[str]) -> list[Conversation]:
    return [await office.conversation(one) for one in ids]


async def test_two_take_the_same_and_each_is_told_what_they_got(office: Office) -> None:
    anna, ola = await office.hire("Anna"), await office.hire("Ola")
    ids = await waiting(office, 4)
    seen = await picked(office, ids)
    for one in ids[1:3]:
        await ola.act(one, "claim", epoch=await office.epoch(one))
    await anna.act(ids[3], "close", epoch=await office.epoch(ids[3]))
    response = await anna.post("/inbox/bulk/claim", pick=seen)
    told = " ".join(response.text.split())
    assert "1 conversation is yours." in told
    assert "3 were left as they are:" in told
    assert "2 were taken by Ola meanwhile:" in told
    assert "1 is closed:" in told
    for one in ids[1:]:
        assert f'href="/inbox/conversations/{one}"' in told
    assert f'href="/inbox/conversations/{ids[0]}"' not in told
    owners = [one.agent_name for one in await now(office, ids)]
    assert owners == ["Anna", "Ola", "Ola", None]
    for one in ids[:3]:
        assert (await office.events(one)).count("claim") == 1
    assert "stale_send_refused" in await office.events(ids[1]), "the refusal is on record"


async def test_a_conversation_that_is_a_colleagues_needs_no_meanwhile(office: Office) -> None:
    anna, ola = await office.hire("Anna"), await office.hire("Ola")
    ids = await waiting(office, 2)
    await ola.act(ids[0], "claim", epoch=await office.epoch(ids[0]))
    told = await bulk(office, anna, "close", ids)
    assert "1 is with Ola:" in told
    assert "1 conversation closed." in told
    told = await bulk(office, ola, "claim", [ids[0]])
    assert "Not possible for 1, which is with an agent:" in told


async def test_none_too_many_and_unknown_acts_change_nothing(office: Office) -> None:
    anna = await office.hire()
    ids = await waiting(office, 1)
    assert (await anna.post("/inbox/bulk/claim")).status_code == 422
    many = " ".join([await picked(office, ids), *(f"none-{n}:1" for n in range(MOST))])
    refused = await anna.post("/inbox/bulk/claim", pick=many)
    assert refused.status_code == 422
    assert "201 conversations are selected, and at most 200" in refused.text
    assert refused.headers["hx-retarget"] == "#alert"
    for path in ("merge", "claim/undo", "close/undo", "hand_over"):
        response = await anna.post(f"/inbox/bulk/{path}", pick=await picked(office, ids))
        assert response.status_code in (404, 422), path
    assert (await now(office, ids))[0].status is Status.QUEUED


async def test_another_desks_conversation_is_refused_and_not_described(office: Office) -> None:
    ids = await waiting(office, 1)
    iga = await office.hire("Iga", desks=["it-help"])
    for act in ("claim", "close", "labels", "spam"):
        told = await bulk(office, iga, act, ids)
        assert "1 is at none of your desks any more." in told
        assert "<a " not in told
        assert ids[0] not in told, "not even its epoch"
    assert (await now(office, ids))[0].status is Status.QUEUED


async def labels_of(who: AgentBrowser, *names: str) -> list[str]:
    for name in names:
        await who.post("/inbox/labels", desk=DESK, name=name, colour="red")
    panel = await who.page("/inbox/bulk/panel/labels")
    return re.findall(r'name="label\.(\d+)"', panel)


async def test_labels_are_put_on_and_off_and_taken_back_exactly(office: Office) -> None:
    anna = await office.hire(role=Role.LEAD)
    ids = await waiting(office, 2)
    new, old = await labels_of(anna, "A new one", "Old")
    await bulk(office, anna, "labels", [ids[0]], **{f"label.{old}": "on"})
    before = [await chips(anna, one) for one in ids]
    assert before == [["Old"], []]
    told = await bulk(office, anna, "labels", ids, **{f"label.{new}": "on", f"label.{old}": "off"})
    assert "Labels saved on 2 conversations." in told
    assert [await chips(anna, one) for one in ids] == [["A new one"], ["A new one"]]
    undone = await undo(anna, "labels", told)
    assert "Labels as before on 2 conversations." in undone.text
    assert "bulk-undo" not in undone.text
    assert [await chips(anna, one) for one in ids] == before
    nothing = await bulk(office, anna, "labels", ids, **{f"label.{new}": ""})
    assert "bulk-undo" not in nothing, "nothing was changed"


async def chips(who: AgentBrowser, conversation: str) -> list[str]:
    page = await who.page(f"/inbox/conversations/{conversation}")
    return re.findall(r'<span class="chip label is-red" dir="auto">([^<]*)<', page)


async def test_priority_is_taken_back_unless_somebody_set_another_since(office: Office) -> None:
    anna = await office.hire()
    ids = await waiting(office, 3)
    await anna.act(ids[0], "priority", priority="low")
    told = await bulk(office, anna, "priority", ids, priority="urgent")
    assert [one.priority for one in await now(office, ids)] == [3, 3, 3]
    await anna.act(ids[1], "priority", priority="high")
    undone = " ".join((await undo(anna, "priority", told)).text.split())
    assert "Priority as before on 2 conversations." in undone
    assert "1: Somebody has set another priority since" in undone
    assert [one.priority for one in await now(office, ids)] == [0, 2, 1]
    wrong = await bulk(office, anna, "priority", ids, priority="asap")
    assert "3: Choose one of the four priorities." in wrong


async def test_what_is_put_off_comes_back_by_undo(office: Office) -> None:
    anna = await office.hire()
    ids = await waiting(office, 2)
    await bulk(office, anna, "claim", ids)
    told = await bulk(office, anna, "snooze", ids, until="morning")
    assert "2 conversations put off." in told
    assert {one.status for one in await now(office, ids)} == {Status.SNOOZED}
    assert "2 conversations are back." in (await undo(anna, "snooze", told)).text
    assert {one.status for one in await now(office, ids)} == {Status.WITH_AGENT}
    for fields in ({"until": "at", "when": "yesterday"}, {"until": "someday"}):
        told = await bulk(office, anna, "snooze", ids, **fields)
        assert "2 were left as they are:" in told


async def test_handing_over_to_a_colleague_and_to_a_desk(office: Office) -> None:
    anna, ola = await office.hire("Anna"), await office.hire("Ola")
    ids = await waiting(office, 3)
    await ola.act(ids[2], "claim", epoch=await office.epoch(ids[2]))
    told = await bulk(office, anna, "hand_over", ids, to=f"agent:{ola.agent.id}", note="Please")
    assert "2 conversations handed over." in told
    assert "1 is with Ola:" in told
    assert [one.agent_name for one in await now(office, ids)] == ["Ola"] * 3
    told = await bulk(office, ola, "hand_over", ids, to="desk:it-help")
    assert "3 conversations handed over." in told
    assert "bulk-undo" not in told, "customers were told, which cannot be untold"
    assert {one.desk for one in await now(office, ids)} == {"it-help"}
    panel = await anna.page("/inbox/bulk/panel/hand_over")
    assert f'value="agent:{ola.agent.id}"' in panel
    assert 'value="desk:it-help"' in panel


async def test_spam_and_blocking_end_each(office: Office) -> None:
    anna = await office.hire()
    ids = await waiting(office, 4)
    assert "2 conversations closed as spam." in await bulk(office, anna, "spam", ids[:2])
    told = await bulk(office, anna, "block", ids[2:], reason=" ")
    assert "2: Say why:" in told
    assert {one.status for one in await now(office, ids[2:])} == {Status.QUEUED}
    told = await bulk(office, anna, "block", ids[2:], reason="Sells watches")
    assert "The customers of 2 conversations are blocked." in told
    assert {one.closed_as for one in await now(office, ids)} == {Closing.SPAM}


async def test_what_a_customer_wrote_meanwhile_is_not_closed_unseen(office: Office) -> None:
    anna = await office.hire()
    ids = await waiting(office, 3)
    page = await anna.page("/inbox")
    boxes = re.findall(r'class="pick-box" value="(\S+)" data-epoch="(\d+)" data-seq="(\d+)"', page)
    pick = " ".join(f"{one}:{epoch}.{seq}" for one, epoch, seq in boxes)
    await office.customer_says("One more thing", thread="t1")
    told = " ".join((await anna.post("/inbox/bulk/close", pick=pick)).text.split())
    assert "2 conversations closed." in told
    assert "The customer of 1 has written since you selected it:" in told
    assert f'href="/inbox/conversations/{ids[1]}"' in told
    assert [one.status for one in await now(office, ids)].count(Status.CLOSED) == 2
    # The list shows it now, and the selection begins from there.
    [seen] = re.findall(rf'"{ids[1]}": "([^"]+)"', html.unescape(told))
    await anna.post("/inbox/bulk/close", pick=f"{ids[1]}:{seen}")
    assert {one.status for one in await now(office, ids)} == {Status.CLOSED}


async def test_the_list_and_the_forms_are_in_the_agents_language(office: Office) -> None:
    anna = await office.hire()
    ids = await waiting(office, 2)
    page = await anna.page("/inbox")
    epoch = await office.epoch(ids[0])
    assert f'value="{ids[0]}" data-epoch="{epoch}"' in page
    assert 'id="pick-all"' in page
    await anna.post("/inbox/language", language="pl")
    for panel in PANELS:
        assert 'aria-labelledby="bulk-title"' in await anna.page(f"/inbox/bulk/panel/{panel}")
    assert "Zakończone: 2." in await bulk(office, anna, "close", ids)
    told = await bulk(office, anna, "claim", ids)
    assert "Już zakończone (2):" in told
