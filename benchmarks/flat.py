"""Whether a turn stays as cheap: late in a conversation, and with a million of them stored.

`python -m benchmarks.flat`. Both sides of each comparison run at the same time, a turn of one after
a turn of the other, so that whatever else the machine does falls on both.
"""

import argparse
import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, ExitStack, aclosing
from itertools import cycle
from typing import Any

from benchmarks.console import console
from benchmarks.customer import Customer, customer
from benchmarks.databases import SERVER, drop_database, own_database
from benchmarks.fill import filled_database
from benchmarks.numbers import keep, markdown, summary, words
from benchmarks.turns import questions
from benchmarks.world import new_name, world

EACH_CONVERSATION = 10  # messages 6 to 15 of a conversation are “message 10”
BEFORE = 5
AT_MOST = 1.2


async def at_message_10(service: str, texts: "cycle[str]") -> AsyncGenerator[float, None]:
    """Milliseconds of one trip after the other, around message 10 of ever new conversations."""
    while True:
        async with customer(service) as one:
            for number in range(BEFORE + EACH_CONVERSATION):
                took = await one.ask(next(texts))
                if number >= BEFORE:
                    yield took


async def long_conversation(one: Customer, texts: "cycle[str]", length: int) -> None:
    """Talks until the conversation has so many of the customer's messages."""
    with console.status("a long conversation") as status:
        for number in range(length):
            await one.ask(next(texts))
            if number % 20 == 0:
                status.update(f"a long conversation: message {number} of {length}")


# `Any`: results for the JSON file.
async def late_against_early(service: str, *, length: int, samples: int) -> dict[str, Any]:
    """Message 1,000 against message 10, in turn."""
    texts = cycle(questions("customer-care"))
    early, late = [], []
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(customer(service))
        await long_conversation(one, texts, length - samples // 2)
        tens = await stack.enter_async_context(aclosing(at_message_10(service, texts)))
        for _ in range(samples):
            early.append(await anext(tens))
            late.append(await one.ask(next(texts)))
    return _compared(early, late)


# `Any`: results for the JSON file.
async def full_against_empty(empty: str, full: str, *, samples: int) -> dict[str, Any]:
    """Message 10 where nothing is stored against where much is, in turn."""
    texts = cycle(questions("customer-care"))
    at_empty, at_full = [], []
    async with (
        aclosing(at_message_10(empty, texts)) as first,
        aclosing(at_message_10(full, texts)) as second,
    ):
        for _ in range(samples):
            at_empty.append(await anext(first))
            at_full.append(await anext(second))
    return _compared(at_empty, at_full)


# `Any`: results for the JSON file.
def _compared(first: list[float], second: list[float]) -> dict[str, Any]:
    one, other = summary(first), summary(second)
    return {"of": one, "against": other, "ratio": other["median"] / one["median"]}


# `Any`: results for the JSON file.
def measure(full: str, *, length: int, samples: int, real: bool) -> dict[str, Any]:
    """Everything with one kind of engine."""
    with ExitStack() as stack:
        empty = stack.enter_context(own_database(new_name("empty")))
        here = stack.enter_context(world(empty, real=real))
        there = stack.enter_context(world(full, engine_urls=here.engines))
        return {
            "message 1,000 / message 10": asyncio.run(
                late_against_early(here.services[0], length=length, samples=samples)
            ),
            "full / empty": asyncio.run(
                full_against_empty(here.services[0], there.services[0], samples=samples)
            ),
        }


# `Any`: results of `measure`, by engine.
def tables(results: dict[str, Any]) -> list[str]:
    """One: turns."""
    turns = []
    for engine, found in results["engines"].items():
        for what, pair in found.items():
            met = "met" if pair["ratio"] <= AT_MOST else "**not met**"
            row = (*words(pair["of"]), *words(pair["against"]), f"{pair['ratio']:.2f}", met)
            turns.append((engine, what, *row))
    head = ("engine", "of what", "median, ms", "p99", "against: median", "p99", "ratio", "≤ 1.2")
    return [markdown(head, turns)]


def main() -> None:
    """Fills, measures, reports, and drops what it made."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.flat", description=__doc__)
    parser.add_argument("--server", default=SERVER, help="a PostgreSQL to make databases on")
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--length", type=int, default=1000, help="of the long conversation")
    parser.add_argument("--samples", type=int, default=300)
    parser.add_argument("--engine", choices=("stand-in", "real", "both"), default="both")
    parser.add_argument("--full", default="", help="an already filled database, which stays")
    options = parser.parse_args()
    full = options.full or filled_database(options.server, options.conversations)
    try:
        results: dict[str, Any] = {"conversations": options.conversations, "engines": {}}
        for name, real in (("stand-in", False), ("real", True)):
            if options.engine in (name, "both"):
                results["engines"][name] = measure(
                    full, length=options.length, samples=options.samples, real=real
                )
                # Each as soon as it is there: the next one takes minutes.
                keep("flat", results, tables(results))
    finally:
        if not options.full:
            drop_database(full)


if __name__ == "__main__":
    main()
