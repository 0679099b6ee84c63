"""Two customers become one person for agents, and two again: nothing of theirs is touched."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.audit.models import AuditEntry
from bot.channel import Proof
from bot.conversations.errors import NoSuchCustomer
from bot.conversations.models import Customer
from bot.identity.service import visitor_of
from bot.merged import service
from bot.merged.errors import (
    AlreadyOnePerson,
    MergeChanged,
    NotTogether,
    SignedForTwo,
    TooManyTogether,
)
from bot.merged.models import CustomerMerge
from bot.merged.person import fingerprint
from bot.merged.repository import group, person_at, persons
from tests.bot.merged.helpers import (
    BOTH_DESKS,
    conversations_of,
    customer,
    everything,
    kept,
    merge,
    split,
    together,
    writes,
)
from tests.desk import DESK, TestDesk, answer, open_desk, outcome
from tests.identity import token, user_hash, write_desks

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path, desks_file=write_desks(tmp_path)) as running:
        running.engine.at_once = answer("Two working days.")
        yield running


@pytest_asyncio.fixture
async def agent(desk: TestDesk) -> Agent:
    return await desk.add_agent(desks=BOTH_DESKS)


async def logs_in(desk: TestDesk, user_id: str, visitor: str | None = None) -> str:
    proof = Proof(jwt=token(user_id))
    known = await desk.parts.identities.recognise("web", DESK, visitor, proof)
    assert known.visitor is not None
    return known.visitor


async def says(desk: TestDesk, visitor: str, words: str = "Hello") -> str:
    """A message of the visitor at the desk; the customer's id."""
    receipt = await desk.customer_says(words, thread=f"{visitor}:{DESK}", customer=visitor)
    return (await desk.conversation(receipt.conversation)).customer_id


async def test_they_are_one_person_and_two_again_exactly_as_before(
    desk: TestDesk, agent: Agent
) -> None:
    a = await writes(desk, "a", customer_name="Anna", customer_email="anna@example.com")
    b = await writes(desk, "b", customer_name="A. Nowak", channel="slack")
    before = await everything(desk)
    assert await merge(desk, agent, a, b, name_from=b) == a
    assert await together(desk, a) == await together(desk, b) == {a, b}
    async with desk.db.read() as session:
        person = await person_at(session, b, desks=BOTH_DESKS)
    assert person is not None
    assert (person.id, person.name, person.email) == (a, "A. Nowak", "anna@example.com")
    merged = await everything(desk)
    changed = set(merged) ^ set(before)
    assert {row.split(":")[0] for row in changed} == {"customers"}
    assert (await customer(desk, a)).name == "Anna", "what channels know is not changed"
    await split(desk, agent, b)
    assert await everything(desk) == before
    assert await together(desk, a) == {a}
    assert await together(desk, b) == {b}


async def test_both_acts_are_in_the_audit_log_without_any_name(
    desk: TestDesk, agent: Agent
) -> None:
    a, b = await writes(desk, "a", customer_name="Anna"), await writes(desk, "b")
    await merge(desk, agent, a, b)
    await split(desk, agent, b)
    async with desk.db.read() as session:
        rows = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
    done = [row for row in rows if row.act.startswith("customers_")]
    assert [row.act for row in done] == ["customers_merged", "customers_split"]
    for row in done:
        assert (row.actor_id, row.details) == (agent.id, {"kept": a, "gone": b, "with_it": 1})


async def test_what_fails_leaves_neither_a_merge_nor_an_entry(
    desk: TestDesk, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = await writes(desk, "a"), await writes(desk, "b")
    before = await everything(desk, but=())

    async def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(service.CustomerMerging, "_tell", fail)
    with pytest.raises(ZeroDivisionError):
        await merge(desk, agent, a, b)
    assert await everything(desk, but=()) == before


async def test_new_messages_on_either_channel_are_the_persons(desk: TestDesk, agent: Agent) -> None:
    a, b = await writes(desk, "a"), await writes(desk, "b", channel="slack")
    await merge(desk, agent, a, b)
    for channel, thread in (("web", "a"), ("slack", "b")):
        status = await desk.parts.frontdesk.thread_status(channel, thread)
        assert status is not None
        await desk.parts.frontdesk.end_conversation(channel, thread, status.conversation)
        receipt = await desk.customer_says("Me again", thread=thread, channel=channel)
        assert receipt.conversation != status.conversation
        new = await desk.conversation(receipt.conversation)
        async with desk.db.read() as session:
            assert set(await group(session, new.customer_id)) == {a, b}


async def test_chains_and_their_ends(desk: TestDesk, agent: Agent) -> None:
    a, b, c, d = [await writes(desk, key) for key in "abcd"]
    await merge(desk, agent, a, b)
    await merge(desk, agent, b, c)  # under b, so under whom b is
    assert await kept(desk) == {a: None, b: a, c: a, d: None}
    await merge(desk, agent, d, a)
    assert await kept(desk) == {a: d, b: d, c: d, d: None}
    with pytest.raises(AlreadyOnePerson):
        await merge(desk, agent, b, d)
    with pytest.raises(AlreadyOnePerson):
        await merge(desk, agent, a, a)
    await split(desk, agent, b)  # out of the middle: b alone, the others stay
    assert await kept(desk) == {a: d, b: None, c: d, d: None}
    await split(desk, agent, a)  # with whoever came along
    assert await kept(desk) == {a: None, b: None, c: a, d: None}
    with pytest.raises(NotTogether):
        await split(desk, agent, a)
    await split(desk, agent, c)
    assert set((await kept(desk)).values()) == {None}


async def test_who_came_along_goes_along(desk: TestDesk, agent: Agent) -> None:
    a, b, c = [await writes(desk, key) for key in "abc"]
    await merge(desk, agent, b, c)
    await merge(desk, agent, a, b)
    await split(desk, agent, b)
    assert await kept(desk) == {a: None, b: None, c: b}


async def test_the_newest_choice_is_shown_and_the_one_before_comes_back(
    desk: TestDesk, agent: Agent
) -> None:
    a, b, c = [await writes(desk, key, customer_name=key.upper()) for key in "abc"]

    async def name() -> str | None:
        async with desk.db.read() as session:
            person = await person_at(session, a, desks=BOTH_DESKS)
        assert person is not None
        return person.name

    await merge(desk, agent, a, b, name_from=b)
    assert await name() == "B"
    await merge(desk, agent, a, c, name_from=c)
    assert await name() == "C"
    await split(desk, agent, c)
    assert await name() == "B"
    async with desk.db.write() as tx:
        await tx.session.execute(update(Customer).where(Customer.id == b).values(name="Bogna"))
    assert await name() == "Bogna", "no copy is kept"


async def test_what_an_agent_has_not_seen_is_not_put_together(desk: TestDesk, agent: Agent) -> None:
    a, b, c = [await writes(desk, key) for key in "abc"]
    seen = fingerprint([a, b])
    await merge(desk, agent, b, c)
    with pytest.raises(MergeChanged):
        await merge(desk, agent, a, b, seen=seen)
    await merge(desk, agent, a, b, seen=fingerprint([a, b, c]))


async def test_other_desks_customers_are_nobody(desk: TestDesk, agent: Agent) -> None:
    a = await writes(desk, "a", customer_name="Anna")
    other = await writes(desk, "b", desk="it-help", customer_name="Hidden")
    local = await desk.add_agent("Local")
    for one, two in ((a, other), (other, a), (a, "nobody")):
        with pytest.raises(NoSuchCustomer):
            await merge(desk, local, one, two)
    await merge(desk, agent, other, a, name_from=other)
    async with desk.db.read() as session:
        person = await person_at(session, a, desks=(DESK,))
    assert person is not None
    assert [one.id for one in person.members] == [a]
    assert (person.id, person.name) == (other, "Anna")
    await split(desk, local, a)  # it is the local agent's own customer that goes back
    await merge(desk, agent, a, other)
    with pytest.raises(NoSuchCustomer):
        await split(desk, local, other)


async def test_two_users_of_a_site_are_never_one_person(desk: TestDesk, agent: Agent) -> None:
    anna, jan = (
        await says(desk, await logs_in(desk, "anna")),
        await says(desk, await logs_in(desk, "jan")),
    )
    with pytest.raises(SignedForTwo):
        await merge(desk, agent, anna, jan)
    guest = await writes(desk, "guest")
    await merge(desk, agent, anna, guest)
    with pytest.raises(SignedForTwo):
        await merge(desk, agent, jan, guest)
    proof = Proof(user_id="17", hash=user_hash("17"))
    known = await desk.parts.identities.recognise("web", "it-help", None, proof)
    receipt = await desk.customer_says(
        "Hi", thread=f"{known.visitor}:it-help", customer=known.visitor, desk="it-help"
    )
    employee = (await desk.conversation(receipt.conversation)).customer_id
    await merge(desk, agent, anna, employee)  # another site's user: it may well be
    assert await together(desk, guest) == {anna, guest, employee}


async def test_a_guest_who_logs_in_takes_their_person_along(desk: TestDesk, agent: Agent) -> None:
    guest, slack = await says(desk, "guest"), await writes(desk, "u1", channel="slack")
    for keeps, goes in ((guest, slack), (slack, guest)):
        await merge(desk, agent, keeps, goes)
        if keeps == guest:
            await split(desk, agent, goes)
    await logs_in(desk, "anna", "guest")
    anna = await says(desk, visitor_of(DESK, "anna"))
    assert await together(desk, slack) == {anna, slack}, "the guest has nothing any more"
    assert await conversations_of(desk, guest) == []
    await split(desk, agent, anna)  # the agent was wrong about the guest
    assert await together(desk, slack) == {slack}
    assert await together(desk, anna) == {anna}


async def test_a_guest_who_logs_in_as_somebody_else_leaves_the_person(
    desk: TestDesk, agent: Agent
) -> None:
    jan = await says(desk, await logs_in(desk, "jan"))
    guest = await says(desk, "guest", "I am Jan, really")
    await merge(desk, agent, jan, guest)
    await logs_in(desk, "mallory", "guest")
    mallory = await says(desk, visitor_of(DESK, "mallory"))
    assert await together(desk, jan) == {jan}, "the guest has nothing any more"
    assert await together(desk, mallory) == {mallory}
    assert len(await conversations_of(desk, mallory)) == 1


async def test_forgetting_one_address_forgets_the_person(desk: TestDesk, agent: Agent) -> None:
    a = await writes(desk, "a-thread", customer_name="Anna Nowak", customer_email="a@example.com")
    b = await writes(desk, "b-thread", channel="telegram", customer_name="Ania")
    c = await writes(desk, "c-thread", channel="slack", customer_name="Anna N.")
    stranger = await writes(desk, "stranger")
    await merge(desk, agent, a, b, name_from=b)
    await merge(desk, agent, c, a)
    assert await desk.parts.forgetting.forget("telegram", "b-thread") == 3
    held = "\n".join(await everything(desk, but=("agents", "sessions")))
    for word in ("Nowak", "Ania", "Anna N", "a@example", "-thread", "I am a", "I am b", "I am c"):
        assert word not in held, word
    assert "I am stranger" in held
    assert (await customer(desk, stranger)).external_id == "stranger"
    again = await writes(desk, "b-thread", channel="telegram")
    assert again not in (a, b, c)
    assert await together(desk, again) == {again}


async def test_who_was_taken_apart_is_not_forgotten(desk: TestDesk, agent: Agent) -> None:
    a, b = await writes(desk, "a"), await writes(desk, "b")
    await merge(desk, agent, a, b)
    await split(desk, agent, b)
    assert await desk.parts.forgetting.forget("web", "b") == 1
    assert (await customer(desk, a)).external_id == "a"


async def test_each_of_them_alone_leads_to_the_person(desk: TestDesk, agent: Agent) -> None:
    ids = [await writes(desk, key, customer_name=key.upper()) for key in "abcdef"]
    for gone in ids[1:]:
        await merge(desk, agent, ids[0], gone, name_from=gone)
    async with desk.db.read() as session:
        for one in ids:
            found = await persons(session, {one: ids[0]}, BOTH_DESKS)
            assert {id_: person.name for id_, person in found.items()} == {one: "F"}
        assert await persons(session, {"nobody": "nobody"}, BOTH_DESKS) == {}
        assert await persons(session, {ids[1]: ids[0]}, ()) == {}


async def test_two_agents_put_the_same_two_together_at_once(desk: TestDesk, agent: Agent) -> None:
    a, b = await writes(desk, "a"), await writes(desk, "b")
    outcomes = await asyncio.gather(
        *(outcome(merge(desk, agent, *pair)) for pair in ((a, b), (b, a), (a, b)))
    )
    assert sorted(outcomes) == ["already_one_person", "already_one_person", "done"]
    async with desk.db.read() as session:
        assert len((await session.scalars(select(CustomerMerge))).all()) == 1
    assert await kept(desk) in ({a: None, b: a}, {a: b, b: None})


async def test_a_ring_of_merges_at_once_is_no_ring(desk: TestDesk, agent: Agent) -> None:
    a, b, c = [await writes(desk, key) for key in "abc"]
    outcomes = await asyncio.gather(
        *(outcome(merge(desk, agent, *pair)) for pair in ((a, b), (b, c), (c, a)))
    )
    assert sorted(outcomes) == ["already_one_person", "done", "done"]
    found = await kept(desk)
    assert list(found.values()).count(None) == 1
    (root,) = [one for one, under in found.items() if under is None]
    assert {under for under in found.values() if under} == {root}


async def test_two_agents_take_the_same_apart_at_once(desk: TestDesk, agent: Agent) -> None:
    a, b = await writes(desk, "a"), await writes(desk, "b")
    await merge(desk, agent, a, b)
    outcomes = await asyncio.gather(*(outcome(split(desk, agent, b)) for _ in range(2)))
    assert sorted(outcomes) == ["done", "not_together"]


async def test_messages_that_arrive_meanwhile_are_neither_lost_nor_doubled(
    desk: TestDesk, agent: Agent
) -> None:
    a, b = await writes(desk, "a"), await writes(desk, "b", channel="slack")
    for channel, thread in (("web", "a"), ("slack", "b")):
        status = await desk.parts.frontdesk.thread_status(channel, thread)
        assert status is not None
        await desk.parts.frontdesk.end_conversation(channel, thread, status.conversation)
    arriving = [
        desk.parts.frontdesk.receive_customer_message(
            desk.inbound(f"{thread} {n}", thread=thread, channel=channel)
        )
        for n in range(5)
        for channel, thread in (("web", "a"), ("slack", "b"))
    ]
    await asyncio.gather(merge(desk, agent, a, b), *arriving)
    await desk.settle()
    for customer_id, thread in ((a, "a"), (b, "b")):
        ids = await conversations_of(desk, customer_id)
        assert len(ids) == 2
        said = [m.text for one in ids for m in await desk.messages(one)]
        assert sorted(t for t in said if t[:1] == thread) == [f"{thread} {n}" for n in range(5)]
    assert await together(desk, a) == {a, b}


async def test_no_person_has_so_many_addresses(
    desk: TestDesk, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_MEMBERS", 2)
    a, b, c = [await writes(desk, key) for key in "abc"]
    await merge(desk, agent, a, b)
    with pytest.raises(TooManyTogether):
        await merge(desk, agent, a, c)
