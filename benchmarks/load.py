"""Many open sockets, a steady stream of messages, and people talking to people, for a while.

`python -m benchmarks.load --seconds 600`. Messages are sent on time whatever the answers do, so a
desk that cannot keep up shows as growing times, not as fewer messages.
"""

import argparse
import asyncio
import random
import time
from collections import Counter
from contextlib import AsyncExitStack
from itertools import cycle
from typing import Any

import psycopg

from benchmarks.agents import Page, hire, page
from benchmarks.console import console
from benchmarks.cpu import Meter, limit, load_average
from benchmarks.crowd import open_all
from benchmarks.customer import PATIENCE_SECONDS, Customer, Waiting, customer
from benchmarks.databases import SERVER, own_database, plain
from benchmarks.memory import proportional_mb
from benchmarks.numbers import keep, markdown, summary, words
from benchmarks.turns import questions
from benchmarks.world import World, new_name, world

PAUSE = (1.0, 3.0)  # seconds between two exchanges of a customer with an agent
RELAY_AT_MOST_MS = 150


class Crowd:
    """Customers who talk to the bot: the next message is always from who waited longest."""

    def __init__(self, people: list[Customer], rate: float) -> None:
        self._people = people
        self._rate = rate
        self.sent: list[Waiting] = []
        self.late_ms: list[float] = []

    async def talk(self, seconds: float) -> None:
        """Sends on time for so long."""
        texts, began = cycle(questions("customer-care")), time.perf_counter()
        for number in range(int(seconds * self._rate)):
            due = began + number / self._rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            self.late_ms.append((time.perf_counter() - due) * 1000)
            person = self._people[number % len(self._people)]
            self.sent.append(await person.write(next(texts)))

    async def settle(self) -> None:
        """Waits for what is still on its way, as long as a customer would."""
        await asyncio.wait([one.answered for one in self.sent], timeout=PATIENCE_SECONDS)

    # `Any`: results for the JSON file.
    def results(self) -> dict[str, Any]:
        """Times, and what never came."""
        return {
            "sent": len(self.sent),
            "acknowledged": sum(one.acked.done() for one in self.sent),
            "answered": sum(one.answered.done() for one in self.sent),
            "ack_ms": summary(_times(self.sent, "acked")),
            "answer_ms": summary(_times(self.sent, "answered")),
            "driver_late_ms": summary(self.late_ms),
        }


class Relay:
    """A customer and an agent who talk; the agent answers as soon as the page shows the words."""

    def __init__(self, person: Customer, desk: Page) -> None:
        self._person = person
        self._desk = desk
        self.there: list[float] = []
        self.back: list[float] = []
        self.both: list[float] = []
        self.lost = 0

    async def begin(self) -> None:
        """The customer asks for a person, and the agent takes the conversation."""
        await self._desk.take(await self._person.call_human())

    async def talk(self, seconds: float) -> None:
        """Exchanges with pauses, for so long."""
        until = time.monotonic() + seconds
        number = 0
        while time.monotonic() < until:
            await asyncio.sleep(random.uniform(*PAUSE))  # noqa: S311 - pauses of people
            number += 1
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._exchange(f"words-{number}-of-{id(self)}")
            except TimeoutError:
                self.lost += 1

    async def _exchange(self, text: str) -> None:
        shown = self._desk.expect(text)
        sent = await self._person.write(text)
        seen = await shown
        clicked = time.perf_counter()
        await self._desk.reply(f"answer to {text}")
        heard = await sent.answered
        self.there.append((seen - sent.sent) * 1000)
        self.back.append((heard - clicked) * 1000)
        self.both.append((heard - sent.sent) * 1000)


def _times(sent: list[Waiting], what: str) -> list[float]:
    futures = [(one.sent, getattr(one, what)) for one in sent]
    return [(f.result() - at) * 1000 for at, f in futures if f.done() and not f.cancelled()]


# `Any`: results for the JSON file.
async def load(
    place: World, *, sockets: int, rate: float, relays: int, idle_inboxes: int, seconds: float
) -> dict[str, Any]:
    """The whole load, once."""
    agents = await hire(place.database, relays + idle_inboxes)
    async with AsyncExitStack() as stack:
        people = await open_all(stack, place.services, sockets)
        where = cycle(place.services)
        pages = [await stack.enter_async_context(page(next(where), one)) for one in agents]
        pairs = []
        for desk in pages[:relays]:
            person = await stack.enter_async_context(customer(next(where), answers_by="agent"))
            pairs.append(Relay(person, desk))
            await pairs[-1].begin()
            people.append(person)
        for desk in pages[relays:]:
            desk.view = "queue"
        watching = [asyncio.create_task(desk.watch()) for desk in pages]
        crowd, meter = Crowd(people[:sockets], rate), Meter(place.pids)
        await asyncio.sleep(2)
        meter.start()
        with console.status(f"{rate:g} messages a second for {seconds:g} s"):
            await asyncio.gather(crowd.talk(seconds), *(pair.talk(seconds) for pair in pairs))
        used, machine = meter.read(), load_average()
        await crowd.settle()
        for task in watching:
            if task.done():
                task.result()  # a page that no longer looks would pass for lost messages
            task.cancel()
        found = crowd.results() | {
            "seconds": seconds,
            "sockets": sockets,
            "cpu": used,
            "limit": limit(used),
            "machine_load": machine,
            "faults": dict(sum((person.faults for person in people), Counter())),
            "handed_off": sum(person.status not in ("bot", "none") for person in people[:sockets]),
            "memory_mb": _memory(place),
            "fetches": {
                kind: sum(desk.fetched[kind] for desk in pages) / seconds
                for kind in ("list", "news")
            },
        }
        for name in ("there", "back", "both"):
            found[f"relay_{name}_ms"] = summary([ms for one in pairs for ms in getattr(one, name)])
        found["relay_lost"] = sum(pair.lost for pair in pairs)
    return found | {"database": _transcript(place.database)}


def _memory(place: World) -> dict[str, float]:
    return {
        part: sum(proportional_mb(pid) or 0 for pid in pids)
        for part, pids in place.pids.items()
        if part.startswith("service") or part == "engines"
    }


def _transcript(database: str) -> dict[str, int]:
    """What the desk has kept: to be compared with what was acknowledged."""
    with psycopg.connect(plain(database)) as connection:
        rows = connection.execute(
            "SELECT author_kind, count(*) FROM messages GROUP BY 1 UNION ALL "
            "SELECT 'open turns', count(*) FROM turns WHERE status IN ('waiting', 'asking') "
            "UNION ALL "
            "SELECT 'undelivered', count(*) FROM deliveries WHERE status != 'delivered'"
        ).fetchall()
    return {str(kind): int(count) for kind, count in rows}


def _met(relay_p99: float) -> str:
    return "met" if relay_p99 < RELAY_AT_MOST_MS else "**not met**"


# `Any`: results of `load`.
def tables(found: dict[str, Any]) -> list[str]:
    """What happened, how long it took, and who worked."""
    told = sum(count for name, count in found["faults"].items() if name.startswith("error"))
    lost = found["sent"] - found["answered"] - told + found["relay_lost"]
    relay = found["relay_both_ms"].get("p99", 0.0)
    goals = [
        ("messages to the bot, sent", found["sent"]),
        ("acknowledged / answered", f"{found['acknowledged']} / {found['answered']}"),
        ("refused: the customer was told to wait", told),
        (f"lost, or without an answer {PATIENCE_SECONDS:g} s after the end", lost),
        ("doubled, gaps, errors", found["faults"] or 0),
        ("handed off by the bot", found["handed_off"]),
        (
            "relay there and back, p99 < 150 ms",
            "met" if relay < RELAY_AT_MOST_MS else "**not met**",
        ),
        ("limit", found["limit"]),
        ("load average of the machine", found["machine_load"]),
    ]
    kinds = {
        "acknowledged": "ack_ms",
        "answered by the bot": "answer_ms",
        "customer → agent's page": "relay_there_ms",
        "agent → customer": "relay_back_ms",
        "customer → agent → customer": "relay_both_ms",
        "driver behind its plan": "driver_late_ms",
    }
    times = [(name, found[key]["count"], *words(found[key])) for name, key in kinds.items()]
    cores = [(part, f"{used:.2f}") for part, used in found["cpu"].items()]
    return [
        markdown((f"{found['sockets']} sockets, {found['seconds']:g} s", ""), goals),
        markdown(("time", "count", "median, ms", "p99, ms"), times),
        markdown(("part", "cores used"), cores),
    ]


def main() -> None:
    """One run; everything is on this machine, the driver too."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--server", default=SERVER, help="a PostgreSQL to make a database on")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--sockets", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=50, help="messages a second to the bot")
    parser.add_argument("--relays", type=int, default=5, help="customers who talk to an agent")
    parser.add_argument("--idle-inboxes", type=int, default=0, help="agents who only look on")
    parser.add_argument("--services", type=int, default=1)
    parser.add_argument("--engines", type=int, default=1)
    parser.add_argument("--engine", choices=("stand-in", "real"), default="real")
    parser.add_argument("--name", default="load", help="of the files in var/bench")
    options = parser.parse_args()
    real = options.engine == "real"
    counts = {"services": options.services, "engines": options.engines}
    with (
        own_database(new_name("load"), options.server) as database,
        world(database, real=real, **counts) as place,
    ):
        found = asyncio.run(
            load(
                place,
                sockets=options.sockets,
                rate=options.rate,
                relays=options.relays,
                idle_inboxes=options.idle_inboxes,
                seconds=options.seconds,
            )
        )
    keep(options.name, found | counts | {"engine": options.engine}, tables(found))


if __name__ == "__main__":
    main()
