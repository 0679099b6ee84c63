"""The programs of a run: desks, engines, database, Redis. Real processes; each can be killed."""

import asyncio
import json
import os
import signal
import struct
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import httpx

from tests.faults.link import Link
from tests.processes import ROOT, free_port

READY_SECONDS = 30.0
AGAIN_SECONDS = 0.05
POLL_SECONDS = 0.02


@dataclass
class Desk:
    """One service process, whichever runs under this name now."""

    name: str
    folder: Path
    env: dict[str, str]
    links: dict[str, Link]  # what it reaches, by the other's name; "customers" is how it is reached
    port: int = field(default_factory=free_port)
    pid: int | None = None
    is_wanted: bool = False
    has_died: asyncio.Event = field(default_factory=asyncio.Event)
    deaths: int = 0

    @property
    def trap(self) -> Path:
        """Where the line for `bot.crash` stands."""
        return self.folder / f"trap-{self.name}"

    @property
    def clock(self) -> Path:
        """Where its clock's offset stands."""
        return self.folder / f"clock-{self.name}"

    def set_clock(self, seconds: float) -> None:
        """Its time of day is so much ahead of this machine's."""
        with self.clock.open("r+b") as file:
            file.write(struct.pack("d", seconds))

    def set_trap(self, line: str) -> None:
        """Appears whole: a half line would be none."""
        draft = self.trap.with_suffix(".draft")
        draft.write_text(line)
        draft.replace(self.trap)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Now."""
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, how)

    async def is_ready(self, http: httpx.AsyncClient) -> bool:
        """Whether it answers."""
        try:
            answer = await http.get(f"http://127.0.0.1:{self.port}/healthz")
        except httpx.HTTPError:
            return False
        return answer.is_success


class Desks:
    """Starts desks, and starts again whichever dies, as a supervisor does."""

    def __init__(self, folder: Path, http: httpx.AsyncClient) -> None:
        self._folder = folder
        self._http = http
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._starting: set[asyncio.Task[None]] = set()
        self.desks: dict[str, Desk] = {}
        # Told of each death: name and seconds of the steady clock.
        self.on_death: Callable[[str, float], None] = lambda _name, _at: None

    async def open(self) -> None:
        """Starts the process that forks them."""
        log = (self._folder / "desks.log").open("ab")
        with log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.faults.service"),
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), "FIRSTLINE_TEST_FAULTS": "1"},
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        first = await asyncio.wait_for(self._process.stdout.readline(), READY_SECONDS)
        if not first:
            raise RuntimeError((self._folder / "desks.log").read_text()[-2000:])
        self._reading = asyncio.create_task(self._read())

    async def start(self, desk: Desk) -> None:
        """Returns once it answers."""
        self.desks[desk.name] = desk
        desk.clock.write_bytes(struct.pack("d", 0.0))
        desk.is_wanted = True
        self._order(desk)
        await self.wait_until_ready(desk)

    async def wait_until_ready(self, desk: Desk) -> None:
        """Raises with its log's end when it does not get ready."""
        end = monotonic() + READY_SECONDS
        while not await desk.is_ready(self._http):
            if monotonic() > end:
                raise RuntimeError(f"{desk.name}: {self.log_of(desk).read_text()[-3000:]}")
            await asyncio.sleep(POLL_SECONDS)

    def log_of(self, desk: Desk) -> Path:
        """What it says."""
        return self._folder / f"desk-{desk.name}.log"

    def _order(self, desk: Desk) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        env = desk.env | {
            "FIRSTLINE_PORT": str(desk.port),
            "FIRSTLINE_CRASH_AT": f"@{desk.trap}",
            "FIRSTLINE_TEST_CLOCK": str(desk.clock),
        }
        order = {"name": desk.name, "env": env, "log": str(self.log_of(desk))}
        self._process.stdin.write(json.dumps(order).encode() + b"\n")

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            said = json.loads(line)
            desk = self.desks[said["name"]]
            if "ended" not in said:
                desk.pid = said["pid"]
                continue
            desk.pid = None
            desk.deaths += 1
            desk.has_died.set()
            self.on_death(desk.name, monotonic())
            if desk.is_wanted:
                task = asyncio.create_task(self._start_again(desk))
                self._starting.add(task)
                task.add_done_callback(self._starting.discard)

    async def _start_again(self, desk: Desk) -> None:
        await asyncio.sleep(AGAIN_SECONDS)
        self._order(desk)

    async def close(self) -> None:
        """Ends them all."""
        for desk in self.desks.values():
            desk.is_wanted = False
            desk.kill()
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()
        if self._reading is not None:
            await self._reading


class StandInEngine:
    """A process of `tests.faults.engine` on a port that stays."""

    def __init__(self, folder: Path, name: str) -> None:
        self.port = free_port()
        self.name = name
        self._log = folder / f"engine-{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """None while it does not run."""
        is_there = self._process is not None and self._process.poll() is None
        return self._process.pid if self._process is not None and is_there else None

    def start(self) -> None:
        """Returns at once; it answers some 0.2 s later."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.engine", str(self.port)],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def start_if_dead(self) -> None:
        """As a supervisor does; returns once it answers."""
        if self.pid is None:
            if self._process is not None:
                self._process.wait()
            self.start()
        end = monotonic() + READY_SECONDS
        while monotonic() < end:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(POLL_SECONDS)
        raise RuntimeError(self._log.read_text()[-2000:])

    async def behave(self, http: httpx.AsyncClient, mode: str, seconds: float = 0.0) -> None:
        """`well`, `slow` (seconds) or `wrong`; one that is dead comes back well."""
        with suppress(httpx.HTTPError):
            url = f"http://127.0.0.1:{self.port}/control"
            await http.post(url, json={"mode": mode, "seconds": seconds})

    def kill(self) -> None:
        """Now."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
