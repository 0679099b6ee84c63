"""The loop around an act on many: each alone, each once, and what happens after a fault."""

import pytest

from bot.accounts.models import Agent
from bot.conversations.errors import NotFound
from bot.handling.bulk import MOST, Failed, NothingPicked, NotTried, Pick, TooManyPicked, on_each

pytestmark = pytest.mark.asyncio

ANNA = Agent(id="anna", name="Anna", desks=[])


async def test_a_refusal_of_one_leaves_the_others_alone() -> None:
    asked: list[str] = []

    async def act(_: Agent, pick: Pick) -> str:
        asked.append(pick.id)
        if pick.id == "b":
            raise NotFound
        return pick.id.upper()

    outcomes = await on_each(ANNA, [Pick(one, 1) for one in "abca"], act)
    assert asked == ["a", "b", "c"], "each once"
    assert [type(one.fault) for one in outcomes] == [type(None), NotFound, type(None)]
    assert [one.undo for one in outcomes] == ["A", None, "C"]


async def test_after_a_fault_the_rest_is_not_tried_and_those_before_are_told_of() -> None:
    async def act(_: Agent, pick: Pick) -> None:
        if pick.id == "b":
            raise OSError("the database is gone")

    outcomes = await on_each(ANNA, [Pick(one, 1) for one in "abcd"], act)
    faults = [type(one.fault) for one in outcomes]
    assert faults == [type(None), Failed, NotTried, NotTried]


async def test_none_and_too_many_are_refused_before_anything_is_done() -> None:
    async def act(_: Agent, pick: Pick) -> None:
        raise AssertionError(f"{pick} was acted on")

    with pytest.raises(NothingPicked):
        await on_each(ANNA, [], act)
    with pytest.raises(TooManyPicked) as refused:
        await on_each(ANNA, [Pick(str(n), 1) for n in range(MOST + 1)], act)
    assert "201 conversations are selected" in refused.value.message("en")
    assert "at most 200" in refused.value.message("en")
