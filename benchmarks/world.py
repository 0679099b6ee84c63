"""The desk as several processes on this machine, on PostgreSQL and Redis, for a benchmark."""

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import redis

from benchmarks.databases import server_processes
from tests.processes import (
    Running,
    action_server,
    dialogue_engine,
    free_port,
    it_service,
    order_service,
    running,
)

REDIS = "redis://127.0.0.1:6379/9"
FOLDER = Path("var/bench")
# A benchmark's customers write faster than people.
FAST = {
    "FIRSTLINE_MESSAGES_BURST": "100000",
    "FIRSTLINE_MESSAGES_PER_SECOND": "100000",
    "FIRSTLINE_UNDO_SEND_SECONDS": "0",
    "FIRSTLINE_LOG_LEVEL": "warning",
    "FIRSTLINE_TOKEN_SECRET": "a-benchmark-keeps-no-secrets-0123456789",
}


@dataclass
class World:
    """Running processes, by part; `services` are the addresses of the desk."""

    database: str
    services: list[str] = field(default_factory=list)
    engines: list[str] = field(default_factory=list)
    pids: dict[str, list[int]] = field(default_factory=dict)

    def sockets(self) -> list[str]:
        """The widget's addresses, one of each service."""
        return [f"{url.replace('http', 'ws')}/widget/socket" for url in self.services]

    def add(self, part: str, started: Running) -> None:
        """Counts a process to a part."""
        self.pids.setdefault(part, []).append(started.process.pid)


@contextmanager
def stand_in(folder: Path = FOLDER) -> Iterator[Running]:
    """An engine that costs next to nothing."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.stand_in", str(port)]
    log = folder / f"stand-in-{port}.log"
    with running(command, port=port, ready="/ready", log=log, env={}) as started:
        yield started


@contextmanager
def service(
    database: str,
    engines: Sequence[str],
    *,
    redis_url: str = "",
    port: int | None = None,
    folder: Path = FOLDER,
    more: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """One process of the desk. Without Redis it has to be the only one on its database."""
    port = port or free_port()
    environment = {
        **FAST,
        "FIRSTLINE_DATA_DIR": str(folder / "data"),
        "FIRSTLINE_DATABASE_URL": database,
        "FIRSTLINE_PORT": str(port),
        "FIRSTLINE_ENGINE_URL": ",".join(engines),
        "FIRSTLINE_REDIS_URL": redis_url,
        "FIRSTLINE_REDIS_PREFIX": _prefix(database),
        **(more or {}),
    }
    command = [str(Path(sys.executable).with_name("firstline")), "service"]
    log = folder / f"service-{port}.log"
    with running(command, port=port, ready="/readyz", log=log, env=environment) as started:
        yield started


@contextmanager
def world(
    database: str,
    *,
    services: int = 1,
    engines: int = 1,
    real: bool = True,
    engine_urls: Sequence[str] = (),
) -> Iterator[World]:
    """So many services and engines; `real` says whether Rasa answers, or the stand-in.

    With `engine_urls` it starts no engine, and asks those.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = World(database)
    with ExitStack() as stack:
        actions = "http://127.0.0.1:9/webhook"
        made.engines += engine_urls
        if real and not engine_urls:
            orders = stack.enter_context(order_service(FOLDER))
            itsm = stack.enter_context(it_service(FOLDER))
            acting = stack.enter_context(
                action_server(FOLDER, orders_url=orders.url, itsm_url=itsm.url)
            )
            actions = f"{acting.url}/webhook"
            for part, started in (("samples", orders), ("samples", itsm), ("actions", acting)):
                made.add(part, started)
        for _ in range(0 if engine_urls else engines):
            one = dialogue_engine(FOLDER, actions_url=actions) if real else stand_in()
            started = stack.enter_context(one)
            made.engines.append(started.url)
            made.add("engines", started)
        for number in range(services):
            started = stack.enter_context(service(database, made.engines, redis_url=REDIS))
            made.services.append(started.url)
            made.add(f"service {number + 1}", started)
        made.pids |= machinery(database)
        try:
            yield made
        finally:
            _forget_redis(database)


def machinery(database: str) -> dict[str, list[int]]:
    """The processes that are there already, as far as this machine runs them; and the driver."""
    found = {"driver": [os.getpid()]}
    if database.startswith("postgresql") and (server := server_processes(database)):
        found["PostgreSQL"] = server
    pid = int(redis.Redis.from_url(REDIS).info("server")["process_id"])
    if "redis" in _command(pid):
        found["Redis"] = [pid]
    return found


def _command(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline")
    return command.read_text() if command.exists() else ""


def _prefix(database: str) -> str:
    """Of its own for each database, in the characters that a prefix may have."""
    return f"bench-{hashlib.sha256(database.encode()).hexdigest()[:16]}:"


def _forget_redis(database: str) -> None:
    client = redis.Redis.from_url(REDIS)
    for key in client.scan_iter(f"{_prefix(database)}*"):
        client.delete(key)


def new_name(purpose: str) -> str:
    """A database's name that nobody has."""
    return f"firstline_bench_{purpose}_{uuid4().hex[:6]}"
