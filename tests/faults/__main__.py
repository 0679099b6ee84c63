"""`make faults`: kills whatever runs, again and again, and counts what must be zero."""

import argparse
import asyncio
import shutil
import signal
import sys
from pathlib import Path

from rich.console import Console

from tests.faults.checks import Verdict
from tests.faults.faults import BY_NAME, REAL_FAULTS, names_for
from tests.faults.play import Played
from tests.faults.report import Tally, show, write
from tests.faults.run import run
from tests.faults.schedule import Schedule, make_schedule
from tests.faults.world import DATABASES, Missing, World, open_world, with_real_engine
from tests.postgres import NoPostgres

RESULTS = Path("var/faults")
console = Console()
enough = asyncio.Event()


def options(arguments: list[str]) -> argparse.Namespace:
    """What was asked for; exits with 2 when it makes no sense."""
    parser = argparse.ArgumentParser(prog="make faults ARGS=…", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="another seed, other schedules")
    parser.add_argument("--schedules", type=int, default=100, help="how many, on each database")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--only", type=int, help="this schedule alone (its number)")
    parser.add_argument("--short", action="store_true", help="each fault once, two at a time")
    parser.add_argument(
        "--real-engine", type=int, default=0, metavar="N", help="N more, with the real engine"
    )
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--fault", action="append", choices=list(BY_NAME), help="no others")
    parser.add_argument("--stop", action="store_true", help="at the first fault of ours")
    parser.add_argument("--verbose", action="store_true", help="a line for each schedule")
    return parser.parse_args(arguments)


def _end_in_good_order() -> None:
    """Ctrl-C or SIGTERM: after this schedule, with the table so far; the second time at once."""
    running = asyncio.current_task()
    assert running is not None

    def end() -> None:
        if enough.is_set():
            running.cancel()
        enough.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)


async def on_one(database: str, asked: argparse.Namespace) -> Tally:
    """All schedules on one database."""
    tally = Tally(database, asked.seed, asked.first)
    console.print(f"{database}: starting everything …")
    async with open_world(database) as world:

        def told(tally: Tally, schedule: Schedule, played: Played, verdict: Verdict) -> None:
            _tell(asked, tally, schedule, played, verdict)
            if verdict.problems:
                _keep_logs(world, schedule)

        plain, real = schedules(database, asked)
        await run(world, plain, tally, told=told, enough=enough)
        if real and not enough.is_set():
            console.print(f"{database}: starting the real engine …")
            async with with_real_engine(world):
                await run(world, real, tally, told=told, enough=enough)
    return tally


def schedules(database: str, asked: argparse.Namespace) -> tuple[list[Schedule], list[Schedule]]:
    """Those with the stand-in for an engine, and those with the real one."""
    faults = [name for name in names_for(database) if not asked.fault or name in asked.fault]
    count = -(-len(faults) // 2) if asked.short else asked.schedules
    numbers = range(asked.first, asked.first + count)
    real_numbers = range(asked.real_engine)
    if asked.only is not None:
        is_real = bool(asked.real_engine)
        numbers = range(asked.only, asked.only + (0 if is_real else 1))
        real_numbers = range(asked.only, asked.only + (1 if is_real else 0))
    real_faults = [fault.name for fault in REAL_FAULTS]
    return (
        [make_schedule(asked.seed, one, faults, pairs=asked.short) for one in numbers],
        [make_schedule(asked.seed, one, real_faults, is_real=True) for one in real_numbers],
    )


def _tell(
    asked: argparse.Namespace,
    tally: Tally,
    schedule: Schedule,
    played: Played,
    verdict: Verdict,
) -> None:
    faults = ", ".join(strike.fault for strike in schedule.strikes)
    if asked.verbose or verdict.problems:
        felt = ", ".join(
            "never" if one.recovered_after is None else f"{one.recovered_after:.2f} s"
            for one in played.struck
        )
        console.print(
            f"{tally.database} {schedule.number}: {faults}: {played.seconds:.2f} s, felt {felt}",
            highlight=False,
        )
        for kind, what in verdict.problems:
            console.print(f"  {kind}: {what}", markup=False, highlight=False)
    elif tally.schedules % 25 == 0:
        console.print(
            f"{tally.database}: {tally.schedules} schedules, {tally.acknowledged:,} messages"
            f" acknowledged, {len(tally.problems)} problems",
            highlight=False,
        )
    if asked.stop and verdict.problems:
        raise SystemExit(1)


def _keep_logs(world: World, schedule: Schedule) -> None:
    """The logs so far, for whoever looks into it."""
    folder = RESULTS / "logs" / f"{world.database}-{schedule.seed}-{schedule.number}"
    folder.mkdir(parents=True, exist_ok=True)
    for log in world.folder.glob("*.log"):
        shutil.copy(log, folder)


async def main(arguments: list[str]) -> int:
    """0 when everything that must be zero is zero."""
    asked = options(arguments)
    _end_in_good_order()
    databases = DATABASES if asked.database == "both" else (asked.database,)
    try:
        tallies = [await on_one(database, asked) for database in databases]
    except (Missing, NoPostgres) as error:
        sys.stderr.write(f"{error}.\n")
        return 2
    show(console, tallies)
    console.print(f"Written to {write(tallies, RESULTS)}")
    return 0 if all(tally.is_good for tally in tallies) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
