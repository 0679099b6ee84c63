"""How many turns a second with one and two engines and services: `python -m benchmarks.scale`.

Some customers write their next message as soon as they have the answer to the last one, so that
whatever is slowest is always busy; what each part used of the processor says what that is.
"""

import argparse
import asyncio
import time
from contextlib import AsyncExitStack
from itertools import cycle
from typing import Any

from benchmarks.console import console
from benchmarks.cpu import Meter, limit
from benchmarks.crowd import open_all
from benchmarks.customer import Customer
from benchmarks.databases import SERVER, own_database
from benchmarks.numbers import keep, markdown, summary, words
from benchmarks.turns import questions
from benchmarks.world import World, new_name, world

WARM_SECONDS = 3.0
# (real engine, services, engines)
COMBINATIONS = (
    (False, 1, 1),
    (False, 2, 1),
    (True, 1, 1),
    (True, 1, 2),
    (True, 2, 1),
    (True, 2, 2),
)


# `Any`: results for the JSON file.
async def saturate(place: World, *, talking: int, seconds: float) -> dict[str, Any]:
    """Turns a second with so many customers who never pause."""
    taken: list[float] = []

    async def talk(person: Customer, offset: int, until: float) -> None:
        lines = questions("customer-care")
        texts = cycle(lines[offset % len(lines) :] + lines[: offset % len(lines)])
        while time.monotonic() < until:
            taken.append(await person.ask(next(texts)))

    async with AsyncExitStack() as stack:
        people = await open_all(stack, place.services, talking)

        async def all_for(span: float) -> None:
            until = time.monotonic() + span
            await asyncio.gather(*(talk(one, n, until) for n, one in enumerate(people)))

        await all_for(WARM_SECONDS)
        taken.clear()
        meter, began = Meter(place.pids), time.monotonic()
        meter.start()
        await all_for(seconds)
        used, took = meter.read(), time.monotonic() - began
    rate = len(taken) / took
    return {
        "turns_per_second": rate,
        "trip_ms": summary(taken),
        "cpu": used,
        "cpu_ms_per_turn": {part: cores / rate * 1000 for part, cores in used.items()},
        "limit": limit(used),
    }


# `Any`: results, a row for each combination.
def tables(rows: list[dict[str, Any]]) -> list[str]:
    """Rates, and what a turn costs each part."""
    rates, costs = [], []
    parts = ("service", "engines", "actions", "PostgreSQL", "Redis", "driver")
    for row in rows:
        name = (row["engine"], row["services"], row["engines"])
        rate = f"**{row['turns_per_second']:.0f}**"
        rates.append((*name, rate, *words(row["trip_ms"]), row["limit"]))
        spent = {part: 0.0 for part in parts}
        for part, ms in row["cpu_ms_per_turn"].items():
            short = "service" if part.startswith("service") else part
            if short in spent:
                spent[short] += ms
        costs.append((*name, *(f"{spent[part]:.1f}" for part in parts)))
    first = ("engine", "services", "engines")
    return [
        markdown((*first, "turns/s", "trip, ms", "p99", "what is full"), rates),
        markdown((*first, *(f"{part}, CPU ms a turn" for part in parts)), costs),
    ]


def main() -> None:
    """Every combination, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--server", default=SERVER, help="a PostgreSQL to make databases on")
    parser.add_argument("--seconds", type=float, default=20, help="for each combination")
    parser.add_argument("--talking", type=int, default=24, help="customers at once")
    options = parser.parse_args()
    rows = []
    for real, services, engines in COMBINATIONS:
        counts = {"services": services, "engines": engines}
        kind = "real" if real else "stand-in"
        with (
            own_database(new_name("scale"), options.server) as database,
            world(database, real=real, services=services, engines=engines) as place,
        ):
            work = saturate(place, talking=options.talking, seconds=options.seconds)
            row = {"engine": kind} | counts | asyncio.run(work)
        rate = row["turns_per_second"]
        console.print(f"{kind}, {services} services, {engines} engines: {rate:.0f} turns/s")
        rows.append(row)
    keep("scale", {"rows": rows}, tables(rows))


if __name__ == "__main__":
    main()
