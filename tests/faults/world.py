"""All programs of a run, wired through lines that can be cut; the same set for every schedule."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.faults.agents import Hired, hire
from tests.faults.ledger import Ledger
from tests.faults.link import Link
from tests.faults.programs import Desk, Desks, StandInEngine
from tests.faults.real import RealEngine, open_real_engine
from tests.faults.vendor import VendorApi
from tests.postgres import OwnServer
from tests.redis_server import OwnRedis

SQLITE, POSTGRESQL = "sqlite", "postgresql"
DATABASES = (SQLITE, POSTGRESQL)
ENGINE_SECONDS = 1.0
PATIENCE_SECONDS = 1.5
NOTICED_SECONDS = 1.0
DISK_BYTES = 256 * 1024 * 1024
# An acknowledged message must outlive a crash of the server (not one of this machine).
SAFE = ("fsync=off", "synchronous_commit=on", "max_connections=200")


class Missing(Exception):
    """A program that this needs is not on this machine."""


@dataclass
class World:
    """What runs. `disk`: the folder of SQLite's file when it is a small disk of its own."""

    database: str
    folder: Path
    http: httpx.AsyncClient
    desks: Desks
    engines: list[StandInEngine]
    engine_links: list[Link]
    engines_file: Path
    vendor: VendorApi
    ledger: Ledger
    postgres: OwnServer | None = None
    redis: OwnRedis | None = None
    disk: Path | None = None
    database_file: Path | None = None
    agents: list[Hired] = field(default_factory=list)
    real: RealEngine | None = None
    # One fault at a time stops and starts the servers.
    restarting: asyncio.Lock = field(default_factory=asyncio.Lock)

    def doors(self) -> list[str]:
        """Where the desks can be reached, through their lines."""
        return [
            f"http://127.0.0.1:{desk.links['customers'].port}" for desk in self.desks.desks.values()
        ]

    def links(self) -> list[Link]:
        """Every line of this world."""
        own = [link for desk in self.desks.desks.values() for link in desk.links.values()]
        return list(dict.fromkeys([*own, *self.engine_links]))

    async def restore(self) -> None:
        """Ends every fault: lines mended, everybody alive, clocks right, the disk empty."""
        for link in self.links():
            link.watcher = None
            link.mend()
        self.vendor.moods = ("well",)
        for desk in self.desks.desks.values():
            desk.trap.unlink(missing_ok=True)
            desk.set_clock(0.0)
        if self.real is not None:
            await self.real.restore(self.http)
        await asyncio.gather(*(engine.start_if_dead() for engine in self.engines))
        await asyncio.gather(*(engine.behave(self.http, "well") for engine in self.engines))
        await asyncio.gather(
            *(self.desks.wait_until_ready(desk) for desk in self.desks.desks.values())
        )


@asynccontextmanager
async def open_world(database: str) -> AsyncIterator[World]:
    """Starts everything; ends it all."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(_folder()))
        http = await stack.enter_async_context(
            httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False)
        )
        postgres = stack.enter_context(_postgres(folder)) if database == POSTGRESQL else None
        redis = stack.enter_context(_redis(folder)) if database == POSTGRESQL else None
        disk = stack.enter_context(_small_disk(folder)) if database == SQLITE else None
        database_file = (disk or folder) / "firstline.db"
        url = postgres.url if postgres else f"sqlite+aiosqlite:///{database_file}"
        engines = [StandInEngine(folder, name) for name in ("1", "2")]
        for engine in engines:
            engine.start()
            stack.callback(engine.kill)
        engine_links = [
            await _link(stack, f"engine-{engine.name}", engine.port) for engine in engines
        ]
        engines_file = folder / "engines"
        vendor = VendorApi()
        await vendor.start()
        stack.push_async_callback(vendor.stop)
        ledger = Ledger(url)
        stack.callback(ledger.close)
        world = World(
            database,
            folder,
            http,
            Desks(folder, http),
            engines,
            engine_links,
            engines_file,
            vendor,
            ledger,
            postgres,
            redis,
            disk,
            database_file if database == SQLITE else None,
        )
        point_at_engines(world, engine_links)
        await world.desks.open()
        stack.push_async_callback(world.desks.close)
        for name in ("a",) if database == SQLITE else ("a", "b"):
            await _start_desk(stack, world, name, url)
        world.agents = await hire(url, ["Anna", "Ben"])
        yield world


@asynccontextmanager
async def with_real_engine(world: World) -> AsyncIterator[None]:
    """The desks ask the real engine until the block ends."""
    async with open_real_engine(world.folder, world.http) as real:
        world.real = real
        point_at_engines(world, [real.link])
        await asyncio.sleep(NOTICED_SECONDS)
        try:
            yield
        finally:
            world.real = None
            point_at_engines(world, world.engine_links)
            await asyncio.sleep(NOTICED_SECONDS)


def point_at_engines(world: World, links: list[Link]) -> None:
    """The desks ask the engines behind these lines from now on."""
    draft = world.engines_file.with_suffix(".draft")
    draft.write_text("\n".join(f"http://127.0.0.1:{link.port}" for link in links))
    draft.replace(world.engines_file)


async def _start_desk(stack: AsyncExitStack, world: World, name: str, url: str) -> None:
    links = {"vendor": await _link(stack, f"{name}-vendor", world.vendor.port)}
    env = {
        "FIRSTLINE_DATA_DIR": str(world.folder / "data"),
        "FIRSTLINE_ENGINE_URL": f"@{world.engines_file}",
        "FIRSTLINE_ENGINE_TIMEOUT": str(ENGINE_SECONDS),
        "FIRSTLINE_TOKEN_SECRET": "of the faults",
        # An acknowledged reply then stands where it was acknowledged.
        "FIRSTLINE_UNDO_SEND_SECONDS": "0",
        "FIRSTLINE_MESSAGES_BURST": "1000",
        "FIRSTLINE_MESSAGES_PER_SECOND": "1000",
        "FIRSTLINE_LOG_LEVEL": "warning",
        "FIRSTLINE_TEST_VENDOR": f"http://127.0.0.1:{links['vendor'].port}",
        "FIRSTLINE_DATABASE_URL": url,
        "FIRSTLINE_REDIS_URL": "",
    }
    if world.postgres is not None:
        links["database"] = await _link(stack, f"{name}-database", world.postgres.port)
        there = f":{world.postgres.port}/"
        env["FIRSTLINE_DATABASE_URL"] = url.replace(there, f":{links['database'].port}/")
    if world.redis is not None:
        links["redis"] = await _link(stack, f"{name}-redis", world.redis.port)
        env["FIRSTLINE_REDIS_URL"] = f"redis://127.0.0.1:{links['redis'].port}/0"
    desk = Desk(name, world.folder, env, links)
    links["customers"] = await _link(stack, f"customers-{name}", desk.port)
    await world.desks.start(desk)


async def _link(stack: AsyncExitStack, name: str, port: int) -> Link:
    link = Link(name, ("127.0.0.1", port))
    await link.start()
    stack.push_async_callback(link.stop)
    return link


@contextmanager
def _folder() -> Iterator[str]:
    """In memory where there is such a place: nobody pulls the plug of this machine."""
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="firstline-faults-", dir=place) as folder:
        yield folder


@contextmanager
def _postgres(folder: Path) -> Iterator[OwnServer]:
    """A PostgreSQL of this run's own; raises NoPostgres where there are no programs for it."""
    inside = folder / "pg"
    inside.mkdir()
    folder.chmod(0o755)
    server = OwnServer(inside, settings=SAFE)
    server.start()
    try:
        yield server
    finally:
        server.stop(signal.SIGQUIT)


@contextmanager
def _redis(folder: Path) -> Iterator[OwnRedis]:
    binary = shutil.which("redis-server")
    if binary is None:
        raise Missing("Redis is not installed (on Debian and Ubuntu: apt install redis-server)")
    inside = folder / "redis"
    inside.mkdir()
    server = OwnRedis(binary, inside)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path | None]:
    """A disk that can be filled: root may mount one; None for everybody else."""
    place = folder / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    if os.geteuid() != 0 or mount is None or subprocess.call([mount, *options]) != 0:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)
