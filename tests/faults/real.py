"""The real engine with its action server and the demo's orders, for a part of the schedules.

It takes half a minute to start, so it is started once, killed seldom, and waited for.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import httpx

from tests.faults.link import Link
from tests.processes import ENGINE_PYTHON, QUIET, ROOT, free_port, newest_model

READY_SECONDS = 120.0
POLL_SECONDS = 0.1


@dataclass
class Program:
    """A process that is started again on the same port. `ready`: what answers when it is."""

    name: str
    command: Sequence[str]
    port: int
    ready: str
    log: Path
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def kill(self) -> None:
        """Now."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def start_if_dead(self, http: httpx.AsyncClient) -> None:
        """Returns once it is ready; raises with its log's end."""
        if self.process is None or self.process.poll() is not None:
            self.process = self._start()
        end = monotonic() + READY_SECONDS
        while not await self._is_ready(http):
            if monotonic() > end or self.process.poll() is not None:
                raise RuntimeError(f"{self.name}: {self.log.read_text()[-2000:]}")
            await asyncio.sleep(POLL_SECONDS)

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command,
                cwd=ROOT,
                env={**os.environ, **QUIET, **self.env},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def _is_ready(self, http: httpx.AsyncClient) -> bool:
        try:
            return (await http.get(f"http://127.0.0.1:{self.port}{self.ready}")).is_success
        except httpx.HTTPError:
            return False


@dataclass
class RealEngine:
    """engine ─link─▶ actions ─▶ orders; desks reach the engine over `link`."""

    engine: Program
    actions: Program
    link: Link
    actions_link: Link

    async def restore(self, http: httpx.AsyncClient) -> None:
        """All alive, all lines whole."""
        for link in (self.link, self.actions_link):
            link.watcher = None
            link.mend()
        await asyncio.gather(self.engine.start_if_dead(http), self.actions.start_if_dead(http))


@asynccontextmanager
async def open_real_engine(folder: Path, http: httpx.AsyncClient) -> AsyncIterator[RealEngine]:
    """Ready when it is there; raises FileNotFoundError when no model is trained."""
    model = newest_model()
    async with AsyncExitStack() as stack:
        ports = [free_port() for _ in range(3)]
        orders = Program(
            "orders",
            [sys.executable, "-m", "demo.orders", "--port", str(ports[0])],
            ports[0],
            "/health",
            folder / "orders.log",
        )
        actions = Program(
            "actions",
            [ENGINE_PYTHON, "-m", "rasa_sdk", "--actions", "actions", "--port", str(ports[1])],
            ports[1],
            "/health",
            folder / "actions.log",
            {"FIRSTLINE_ORDERS_URL": f"http://127.0.0.1:{ports[0]}"},
        )
        actions_link = await _link(stack, "engine-actions", ports[1])
        engine = Program(
            "engine",
            [
                *(ENGINE_PYTHON, "-m", "rasa", "run", "--model", str(model)),
                *("--endpoints", "endpoints.yml", "--credentials", "credentials.yml"),
                *("-i", "127.0.0.1", "--port", str(ports[2])),
            ],
            ports[2],
            "/webhooks/turn/ready",
            folder / "engine-real.log",
            {"FIRSTLINE_ACTIONS_URL": f"http://127.0.0.1:{actions_link.port}/webhook"},
        )
        link = await _link(stack, "engine-real", ports[2])
        for program in (orders, actions, engine):
            stack.callback(program.kill)
        await asyncio.gather(*(one.start_if_dead(http) for one in (orders, actions, engine)))
        yield RealEngine(engine, actions, link, actions_link)


async def _link(stack: AsyncExitStack, name: str, port: int) -> Link:
    link = Link(name, ("127.0.0.1", port))
    await link.start()
    stack.push_async_callback(link.stop)
    return link
