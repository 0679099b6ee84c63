"""Plays schedules one after the other on one world, and judges each."""

import asyncio
from collections.abc import Callable, Iterable

from tests.faults.checks import Verdict, judge
from tests.faults.play import Play, Played
from tests.faults.report import Tally
from tests.faults.schedule import Schedule, make_schedule
from tests.faults.world import World

# Longer than everything in a schedule that has a limit of its own.
SCHEDULE_SECONDS = 90.0


async def run(
    world: World,
    numbers: Iterable[int],
    *,
    seed: int,
    faults: list[str],
    told: Callable[[Tally, Schedule, Played, Verdict], None] = lambda *_: None,
) -> Tally:
    """All of them; `told` hears of each when it is over."""
    tally = Tally(world.database, seed)
    for number in numbers:
        schedule = make_schedule(seed, number, faults)
        async with asyncio.timeout(SCHEDULE_SECONDS):
            played = await Play(world, schedule).perform()
        verdict = judge(played.evidence)
        tally.add(number, played, verdict)
        told(tally, schedule, played, verdict)
    return tally
