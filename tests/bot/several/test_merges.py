"""Two processes put customers together while messages and logins arrive at both."""

import asyncio
from uuid import uuid4

import pytest

from tests.bot.merged.helpers import conversations_of, kept, merge, split, writes
from tests.bot.several.conftest import OpenDesk
from tests.desk import TestDesk, answer, outcome

pytestmark = pytest.mark.asyncio


async def two(another: OpenDesk) -> tuple[TestDesk, TestDesk]:
    one, other = await another(), await another()
    one.engine.at_once = other.engine.at_once = answer("Yes.")
    return one, other


async def test_a_ring_of_merges_in_two_processes_is_no_ring(another: OpenDesk) -> None:
    one, other = await two(another)
    agent = await one.add_agent()
    for round_ in range(4):
        a, b, c = [await writes(one, f"{key}{round_}") for key in "abc"]
        outcomes = await asyncio.gather(
            outcome(merge(one, agent, a, b)),
            outcome(merge(other, agent, b, c)),
            outcome(merge(one, agent, c, a)),
            outcome(merge(other, agent, b, a)),
        )
        assert sorted(outcomes) == ["already_one_person", "already_one_person", "done", "done"]
        found = {id_: under for id_, under in (await kept(one)).items() if id_ in (a, b, c)}
        (root,) = [id_ for id_, under in found.items() if under is None]
        assert {under for under in found.values() if under} == {root}


async def test_first_messages_and_merges_do_not_stop_each_other(another: OpenDesk) -> None:
    one, other = await two(another)
    agent = await one.add_agent()
    a, b = await writes(one, "a"), await writes(one, "b", channel="slack")
    for _ in range(5):
        for channel, thread in (("web", "a"), ("slack", "b")):
            status = await one.parts.frontdesk.thread_status(channel, thread)
            assert status is not None
            await one.parts.frontdesk.end_conversation(channel, thread, status.conversation)
        await asyncio.gather(
            merge(one, agent, a, b),
            writes(other, "a", external_id=str(uuid4())),
            writes(one, "b", channel="slack", external_id=str(uuid4())),
        )
        await split(other, agent, b)
    assert len(await conversations_of(one, a)) == len(await conversations_of(one, b)) == 6
