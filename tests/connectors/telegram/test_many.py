"""A short run of what benchmarks/telegram.py measures: many updates, some of them twice."""

import pytest

from benchmarks.telegram import measure
from tests.databases import SQLITE_ONLY

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(180), SQLITE_ONLY]


async def test_of_many_updates_with_duplicates_each_is_answered_once() -> None:
    found = await measure(rate=30, seconds=1, many=300, doubled=0.05)
    assert found["on_time"]["updates"] == 30
    assert (found["at_once"]["lost"], found["at_once"]["answered_twice"]) == (0, 0)
    assert found["at_once"]["updates"] == 315
