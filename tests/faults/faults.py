"""Everything that goes wrong, by name. Each strikes, and ends or is ended by `World.restore`."""

import asyncio
import os
import random
import resource
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bot.crash import POINTS
from tests.faults.link import Link
from tests.faults.programs import Desk
from tests.faults.world import DATABASES, POSTGRESQL, SQLITE, World
from tests.postgres import plain

Strikes = Callable[[World, random.Random], Awaitable[None]]
BREAK_SECONDS = (0.1, 0.5)
DAY_SECONDS = 86400.0
STEPS = ("receive", "ask", "record", "deliver")


@dataclass(frozen=True)
class Fault:
    """`databases`: where it makes sense. `waits`: it strikes when a process comes to a point."""

    name: str
    strike: Strikes
    databases: tuple[str, ...] = DATABASES
    waits: bool = False


def _desk(world: World, chance: random.Random) -> Desk:
    return chance.choice(list(world.desks.desks.values()))


def _kill_desk_at(point: str) -> Strikes:
    async def strike(world: World, chance: random.Random) -> None:
        # One of them comes there first; seldom all of them die.
        everyone = list(world.desks.desks.values())
        victims = everyone if chance.random() < 0.2 else [chance.choice(everyone)]
        for desk in victims:
            desk.set_trap(f"{point}:{chance.randint(1, 2)}")

    return strike


def _kill_engine_at(step: str) -> Strikes:
    """The engine dies at the very moment at which a desk comes to that step."""
    points = [point for point in POINTS if point.startswith(step)]

    async def strike(world: World, chance: random.Random) -> None:
        point, engine = chance.choice(points), chance.choice(world.engines)
        if engine.pid is not None:
            _desk(world, chance).set_trap(f"{point}:{chance.randint(1, 2)} {engine.pid}")
            await asyncio.sleep(0.6)
        await engine.start_if_dead()

    return strike


async def _kill_engine_that_works(world: World, chance: random.Random) -> None:
    """The engine dies with a turn in its hands."""
    engine, link = chance.choice(list(zip(world.engines, world.engine_links, strict=True)))
    _kill_with_work(link, engine.kill)
    await asyncio.sleep(0.6)
    await engine.start_if_dead()


async def _kill_real_engine(world: World, _chance: random.Random) -> None:
    """With a turn in its hands; it is back half a minute later."""
    assert world.real is not None
    _kill_with_work(world.real.link, world.real.engine.kill)
    await asyncio.sleep(0.8)


async def _kill_actions(world: World, _chance: random.Random) -> None:
    """The action server dies with an action in its hands."""
    assert world.real is not None
    _kill_with_work(world.real.actions_link, world.real.actions.kill)
    await asyncio.sleep(0.8)
    await world.real.actions.start_if_dead(world.http)


def _kill_actions_at(step: str) -> Strikes:
    """The action server dies at the very moment at which a desk comes to that step."""
    points = [point for point in POINTS if point.startswith(step)]

    async def strike(world: World, chance: random.Random) -> None:
        assert world.real is not None
        process = world.real.actions.process
        assert process is not None
        trap = f"{chance.choice(points)}:{chance.randint(1, 2)} {process.pid}"
        _desk(world, chance).set_trap(trap)
        await asyncio.sleep(0.8)
        await world.real.actions.start_if_dead(world.http)

    return strike


async def _cut_actions(world: World, chance: random.Random) -> None:
    assert world.real is not None
    world.real.actions_link.cut()
    await asyncio.sleep(chance.uniform(*BREAK_SECONDS))
    world.real.actions_link.mend()


def _kill_with_work(link: Link, kill: Callable[[], None]) -> None:
    def watch(data: bytes) -> None:
        if data.startswith(b"POST"):
            link.watcher = None
            kill()

    link.watcher = watch


async def _kill_all_engines(world: World, chance: random.Random) -> None:
    for engine in world.engines:
        engine.kill()
    await asyncio.sleep(chance.uniform(*BREAK_SECONDS))
    await asyncio.gather(*(engine.start_if_dead() for engine in world.engines))


async def _slow_engines(world: World, chance: random.Random) -> None:
    seconds = chance.choice((0.3, 0.8, 3.0))
    await _behave(world, "slow", seconds)
    await asyncio.sleep(0.5)
    await _behave(world, "well")


async def _wrong_engines(world: World, _chance: random.Random) -> None:
    await _behave(world, "wrong")
    await asyncio.sleep(0.4)
    await _behave(world, "well")


async def _behave(world: World, mode: str, seconds: float = 0.0) -> None:
    await asyncio.gather(*(one.behave(world.http, mode, seconds) for one in world.engines))


async def _kill_desk(world: World, chance: random.Random) -> None:
    _desk(world, chance).kill()


async def _kill_all_desks(world: World, _chance: random.Random) -> None:
    for desk in world.desks.desks.values():
        desk.kill()


async def _stop_desk(world: World, chance: random.Random) -> None:
    """In good order, as for an update."""
    _desk(world, chance).kill(signal.SIGTERM)


async def _freeze_desk(world: World, chance: random.Random) -> None:
    """It sleeps longer than its leases, and then goes on as if nothing had been."""
    desk = _desk(world, chance)
    desk.kill(signal.SIGSTOP)
    try:
        await asyncio.sleep(1.8)
    finally:
        desk.kill(signal.SIGCONT)


def _cut(which: str, *, silently: bool = False) -> Strikes:
    """The network between a desk and somebody else breaks for a while, or swallows everything."""

    async def strike(world: World, chance: random.Random) -> None:
        links = _links(world, which, chance)
        for link in links:
            link.hold() if silently else link.cut()
        await asyncio.sleep(chance.uniform(*BREAK_SECONDS))
        for link in links:
            link.mend()

    return strike


def _links(world: World, which: str, chance: random.Random) -> list[Link]:
    if which == "engine":
        return world.engine_links if chance.random() < 0.5 else [chance.choice(world.engine_links)]
    both = [desk.links[which] for desk in world.desks.desks.values()]
    return both if chance.random() < 0.5 else [chance.choice(both)]


async def _break_connections(world: World, _chance: random.Random) -> None:
    for desk in world.desks.desks.values():
        desk.links["database"].break_all()


async def _end_connections(world: World, _chance: random.Random) -> None:
    """The administrator ends them."""
    assert world.postgres is not None
    question = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
    url = plain(world.postgres.url)
    # When it restarts just now, another fault has ended them.
    with suppress(psycopg.OperationalError):
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(question, ["firstline"])


def _restart_postgresql(how: signal.Signals) -> Strikes:
    async def strike(world: World, chance: random.Random) -> None:
        assert world.postgres is not None
        async with world.restarting:
            await asyncio.to_thread(world.postgres.stop, how)
            await asyncio.sleep(chance.uniform(0.0, 0.3))
            await asyncio.to_thread(world.postgres.start)

    return strike


async def _fill_disk(world: World, chance: random.Random) -> None:
    """No byte more for a while: on a disk of its own, or by a limit for the process's files."""
    assert world.database_file is not None
    # Or it writes where it has written before, and needs no space.
    await asyncio.to_thread(world.ledger.shorten_wal)
    if world.disk is not None:
        ballast = world.disk / "ballast"
        await asyncio.to_thread(_write_until_full, ballast)
        await asyncio.sleep(chance.uniform(0.2, 0.6))
        ballast.unlink()
        return
    desk = world.desks.desks["a"]
    size = max(file.stat().st_size for file in world.database_file.parent.glob("firstline.db*"))
    await _limit_files(desk, size)
    await asyncio.sleep(chance.uniform(0.2, 0.6))
    await _limit_files(desk, resource.RLIM_INFINITY)


def _write_until_full(ballast: Path) -> None:
    with ballast.open("wb") as file, suppress(OSError):
        while True:
            free = os.statvfs(ballast.parent)
            os.posix_fallocate(file.fileno(), file.tell(), max(free.f_bfree, 1) * free.f_bsize)
            file.seek(0, os.SEEK_END)


async def _limit_files(desk: Desk, size: int) -> None:
    if desk.pid is not None:
        with suppress(ProcessLookupError):
            _, hard = resource.prlimit(desk.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(desk.pid, resource.RLIMIT_FSIZE, (size, hard))


async def _restart_redis(world: World, chance: random.Random) -> None:
    assert world.redis is not None
    async with world.restarting:
        world.redis.kill()
        await asyncio.sleep(chance.uniform(*BREAK_SECONDS))
        await asyncio.to_thread(world.redis.start)


async def _flush_redis(world: World, _chance: random.Random) -> None:
    assert world.redis is not None
    async with world.restarting:
        _, writer = await asyncio.open_connection("127.0.0.1", world.redis.port)
        writer.write(b"FLUSHALL\r\n")
        await writer.drain()
        writer.close()


def _vendor_is(*moods: str) -> Strikes:
    async def strike(world: World, _chance: random.Random) -> None:
        world.vendor.moods = moods
        await asyncio.sleep(0.6)
        world.vendor.moods = ("well",)

    return strike


async def _jump_clock(world: World, chance: random.Random) -> None:
    """The time of day jumps, of one desk or of all; the jump back comes with the end."""
    seconds = chance.choice((5.0, 3600.0, DAY_SECONDS)) * chance.choice((1, -1))
    for desk in chance.choice([list(world.desks.desks.values()), [_desk(world, chance)]]):
        desk.set_clock(seconds)


async def _nothing(_world: World, _chance: random.Random) -> None:
    """The schedule itself does it: see `Schedule.duplicates`, `reorders` and the agents."""


PG = (POSTGRESQL,)
FAULTS = [
    *(Fault(f"kill.service@{point}", _kill_desk_at(point), waits=True) for point in POINTS),
    *(Fault(f"kill.engine@{step}", _kill_engine_at(step)) for step in STEPS),
    Fault("kill.engine@its-turn", _kill_engine_that_works),
    Fault("kill.engines", _kill_all_engines),
    Fault("kill.service", _kill_desk),
    Fault("kill.services", _kill_all_desks, PG),
    Fault("stop.service", _stop_desk),
    Fault("freeze.service", _freeze_desk),
    Fault("engine.slow", _slow_engines),
    Fault("engine.wrong", _wrong_engines),
    Fault("network.customers", _cut("customers")),
    Fault("network.customers-silent", _cut("customers", silently=True)),
    Fault("network.engine", _cut("engine")),
    Fault("network.engine-silent", _cut("engine", silently=True)),
    Fault("network.vendor", _cut("vendor")),
    Fault("network.vendor-silent", _cut("vendor", silently=True)),
    Fault("network.database", _cut("database"), PG),
    Fault("network.database-silent", _cut("database", silently=True), PG),
    Fault("network.redis", _cut("redis"), PG),
    Fault("network.redis-silent", _cut("redis", silently=True), PG),
    Fault("database.connections-broken", _break_connections, PG),
    Fault("database.connections-ended", _end_connections, PG),
    Fault("database.restarted", _restart_postgresql(signal.SIGINT), PG),
    Fault("database.crashed", _restart_postgresql(signal.SIGQUIT), PG),
    Fault("database.disk-full", _fill_disk, (SQLITE,)),
    Fault("redis.restarted", _restart_redis, PG),
    Fault("redis.flushed", _flush_redis, PG),
    Fault("vendor.duplicates", _nothing),
    Fault("vendor.reorders", _nothing),
    Fault("vendor.busy", _vendor_is("busy", "well")),
    Fault("vendor.broken", _vendor_is("broken", "broken", "well")),
    Fault("vendor.breaks", _vendor_is("breaks", "well")),
    Fault("agents.two-tabs", _nothing),
    Fault("agents.claim-at-once", _nothing),
    Fault("clock.jump", _jump_clock),
]
# In schedules with the real engine, beside those that have nothing to do with engines.
REAL_FAULTS = [
    Fault("kill.real-engine@its-turn", _kill_real_engine),
    Fault("kill.actions@its-action", _kill_actions),
    *(Fault(f"kill.actions@{step}", _kill_actions_at(step)) for step in STEPS),
    Fault("network.actions", _cut_actions),
    *(fault for fault in FAULTS if fault.name.startswith("kill.service@")),
]
BY_NAME = {fault.name: fault for fault in [*FAULTS, *REAL_FAULTS]}


def names_for(database: str) -> list[str]:
    """The faults that make sense there."""
    return [fault.name for fault in FAULTS if database in fault.databases]
