"""What a thousand open, silent sockets cost a service: `python -m benchmarks.idle`.

Each socket belongs to a visitor of its own who has talked to the bot once.
"""

import argparse
import asyncio
from contextlib import AsyncExitStack
from typing import Any

from benchmarks.crowd import open_all
from benchmarks.databases import SERVER, own_database
from benchmarks.memory import proportional_mb, resident_mb
from benchmarks.numbers import keep, markdown
from benchmarks.world import World, new_name, world

SETTLE_SECONDS = 3.0
STEPS = 3
TALKING_AT_ONCE = 20


# `Any`: results for the JSON file.
async def idle(place: World, *, step: int) -> list[dict[str, Any]]:
    """The service's memory with none, `step`, twice and three times as many sockets."""
    (pid,) = place.pids["service 1"]
    found = []
    async with AsyncExitStack() as stack:
        for number in range(STEPS + 1):
            if number:
                people = await open_all(stack, place.services, step)
                for start in range(0, step, TALKING_AT_ONCE):
                    some = people[start : start + TALKING_AT_ONCE]
                    await asyncio.gather(*(person.ask("How long?") for person in some))
            await asyncio.sleep(SETTLE_SECONDS)
            found.append(
                {
                    "sockets": number * step,
                    "pss_mb": proportional_mb(pid) or 0.0,
                    "rss_mb": resident_mb(pid) or 0.0,
                }
            )
    return found


# `Any`: results of `idle`.
def per_thousand(rows: list[dict[str, Any]], kind: str) -> float:
    """MB for a thousand sockets, between the first step and the last: what a process grows by
    with its first work is not theirs."""
    first, last = rows[1], rows[-1]
    return float((last[kind] - first[kind]) / (last["sockets"] - first["sockets"]) * 1000)


def main() -> None:
    """One service, the stand-in engine."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.idle", description=__doc__)
    parser.add_argument("--server", default=SERVER, help="a PostgreSQL to make a database on")
    parser.add_argument("--step", type=int, default=1000)
    options = parser.parse_args()
    with (
        own_database(new_name("idle"), options.server) as database,
        world(database, real=False) as place,
    ):
        rows = asyncio.run(idle(place, step=options.step))
    each = {kind: per_thousand(rows, kind) for kind in ("pss_mb", "rss_mb")}
    table = [(row["sockets"], f"{row['pss_mb']:.0f}", f"{row['rss_mb']:.0f}") for row in rows]
    table.append(("**per 1,000**", f"**{each['pss_mb']:.1f}**", f"**{each['rss_mb']:.1f}**"))
    head = ("idle sockets", "service, MB (PSS)", "MB (RSS)")
    keep("idle", {"rows": rows, "per_1000": each}, [markdown(head, table)])


if __name__ == "__main__":
    main()
