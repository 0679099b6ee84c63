"""Plays schedules one after the other on one world, and judges each."""

import asyncio
from collections.abc import Callable, Iterable

from tests.faults.checks import Verdict, judge
from tests.faults.play import Play, Played
from tests.faults.report import Tally
from tests.faults.schedule import Schedule
from tests.faults.world import World

# Longer than everything in a schedule that has a limit of its own, a real engine's start too.
SCHEDULE_SECONDS = 240.0


async def run(
    world: World,
    schedules: Iterable[Schedule],
    tally: Tally,
    *,
    enough: asyncio.Event,
    told: Callable[[Tally, Schedule, Played, Verdict], None] = lambda *_: None,
) -> None:
    """All of them, into the tally; `told` hears of each when it is over; ends early on `enough`."""
    for schedule in schedules:
        if enough.is_set():
            return
        async with asyncio.timeout(SCHEDULE_SECONDS):
            played = await Play(world, schedule).perform()
        verdict = judge(played.evidence)
        tally.add(schedule, played, verdict)
        told(tally, schedule, played, verdict)
