"""The inbox over many stored conversations against one with few: `python -m benchmarks.inbox`.

1,000,000 on PostgreSQL and 100,000 on SQLite, each beside desks of the same kind: views, searches
and filters are compared with those of an empty one, and what is opened with one of 100. Both are
asked in turn, so that what else the machine does falls on both.
"""

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from benchmarks.agents import conversation_ids, hire, page
from benchmarks.console import console
from benchmarks.databases import SERVER, create_database, drop_database
from benchmarks.fill import fill
from benchmarks.fill_sqlite import copy_to_sqlite
from benchmarks.numbers import keep, markdown, summary, words
from benchmarks.world import FOLDER, new_name, service, stand_in

FEW = 100
VIEWS = (
    *("queue", "mine", "for_us", "for_customer", "unassigned", "snoozed", "mentions", "bot"),
    *("closed", "undelivered"),
)
# A word that most messages have, one that a few have, one that none has, and other forms.
SEARCHES = ("delivery", "order 10482", "nosuchword", "deliveries parcels")
FILTERS = ("status:open and waiting>30m", "status:queued customer:customer")
AT_MOST_MS = 50
HEAD = (
    "beside: median, ms",
    "p99",
    "many: median, ms",
    "p99",
    "ratio of p99",
    "p99 < 50 ms",
)

Paths = dict[str, list[str]]
Desk = tuple[str, str]  # its database and its service, as URLs


async def paths(database: str, samples: int) -> Paths:
    """What an agent's browser fetches, by name."""
    found: Paths = {f"view: {view}": [f"/inbox/list?view={view}"] for view in VIEWS}
    found |= {f"search: {sought}": [f"/inbox/list?q={quote(sought)}"] for sought in SEARCHES}
    found |= {f"filter: {q}": [f"/inbox/list?view={quote('where:' + q)}"] for q in FILTERS}
    for status in ("queued", "closed", "bot"):
        ids = await conversation_ids(database, status, samples)
        found[f"open: {status}"] = [f"/inbox/conversations/{id_}/news" for id_ in ids]
        found[f"whole page: {status}"] = [f"/inbox/conversations/{id_}" for id_ in ids]
    return found


async def compare(empty: Desk, few: Desk, many: Desk, samples: int) -> dict[str, Any]:
    """Milliseconds by name, of many and of what they are compared with."""
    agents = [(await hire(database, 1))[0] for database, _ in (empty, few, many)]
    asked = [await paths(database, samples) for database, _ in (few, many)]
    found: dict[str, Any] = {}
    async with (
        page(empty[1], agents[0]) as nobodys,
        page(few[1], agents[1]) as small,
        page(many[1], agents[2]) as large,
    ):
        for name in asked[0]:
            beside = small if name.startswith(("open", "whole")) else nobodys
            here, there = (cycle(one[name]) for one in asked)
            taken: tuple[list[float], list[float]] = ([], [])
            for number in range(samples + 5):
                times = (await beside.clock(next(here)), await large.clock(next(there)))
                if number >= 5:
                    for one, ms in zip(taken, times, strict=True):
                        one.append(ms)
            first, second = summary(taken[0]), summary(taken[1])
            found[name] = {"few": first, "many": second, "ratio": second["p99"] / first["p99"]}
            console.print(f"{name}: {second['p99']:.1f} ms")
    return found


@contextmanager
def filled(kind: str, count: int, full: str) -> Iterator[list[str]]:
    """URLs of a database with no conversations, one with few, and one with `count`."""
    with ExitStack() as stack:
        urls = []
        for number in (0, FEW, count):
            if number == count and full:
                urls.append(full)
                continue
            url = f"{SERVER}/{new_name('inbox')}"
            create_database(url)
            stack.callback(drop_database, url)
            if number:
                fill(url, number)
            if kind == "SQLite":
                folder = stack.enter_context(TemporaryDirectory(prefix="firstline-inbox-"))
                copied = f"sqlite+aiosqlite:///{Path(folder) / 'firstline.db'}"
                if number:
                    copy_to_sqlite(url, copied)
                url = copied
            urls.append(url)
        yield urls


def measure(kind: str, count: int, *, samples: int, full: str = "") -> dict[str, Any]:
    """One kind of database."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with filled(kind, count, full) as urls, stand_in() as engine, ExitStack() as stack:
        services = [stack.enter_context(service(url, [engine.url])).url for url in urls]
        empty, few, many = zip(urls, services, strict=True)
        return asyncio.run(compare(empty, few, many, samples))


def tables(results: dict[str, Any]) -> list[str]:
    """A table for each database."""
    made = []
    for kind, found in results["databases"].items():
        rows = [
            (
                name,
                *words(row["few"]),
                *words(row["many"]),
                f"{row['ratio']:.2f}",
                "met" if row["many"]["p99"] < AT_MOST_MS else "**not met**",
            )
            for name, row in found.items()
        ]
        made.append(markdown((kind, *HEAD), rows))
    return made


def main() -> None:
    """Fills, measures and reports."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inbox", description=__doc__)
    parser.add_argument("--postgresql", type=int, default=1_000_000, help="stored there; 0: none")
    parser.add_argument("--sqlite", type=int, default=100_000, help="stored there; 0: none")
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--full", default="", help="an already filled PostgreSQL, which stays")
    options = parser.parse_args()
    results: dict[str, Any] = {"databases": {}}
    for kind, count in (("SQLite", options.sqlite), ("PostgreSQL", options.postgresql)):
        if not count:
            continue
        full = options.full if kind == "PostgreSQL" else ""
        found = measure(kind, count, samples=options.samples, full=full)
        results["databases"][f"{kind}, {count:,}"] = found
        keep("inbox", results, tables(results))


if __name__ == "__main__":
    main()
