"""Child processes: each in a group of its own, watched, and stopped without orphans."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import httpx

from bot.launcher import LauncherError, Stopped

POLL_SECONDS = 0.2
TAIL_LINES = 15
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Child:
    """A process to start; `ready_url` answers with success once it can work.

    `hopeless` is what it logs when it goes on running but will never be ready.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    ready_seconds: float = 60.0
    hopeless: str | None = None
    cwd: Path | None = None


class Processes:
    """The running children. Leaving the block stops every one of them."""

    def __init__(self, *, cwd: Path, patience: float = 10.0) -> None:
        self._cwd = cwd
        self._patience = patience
        self._running: list[tuple[Child, subprocess.Popen[bytes]]] = []
        self.stop_asked = threading.Event()

    def start(self, child: Child) -> int:
        """Starts the child with its output in its log; returns its process id."""
        child.log.parent.mkdir(parents=True, exist_ok=True)
        with child.log.open("wb") as log:
            try:
                process = subprocess.Popen(
                    child.command,
                    cwd=child.cwd or self._cwd,
                    env={**os.environ, "PYTHONUNBUFFERED": "1", **child.environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    # Its own group: Ctrl-C reaches us alone, and its helpers can be stopped too.
                    start_new_session=True,
                )
            except OSError as error:
                raise LauncherError(f"The {child.name} cannot be started: {error}.") from None
        self._running.append((child, process))
        return process.pid

    def wait_until_ready(self, child: Child) -> None:
        """Returns once the child answers; raises when any child dies or it takes too long."""
        deadline = time.monotonic() + child.ready_seconds
        while not (child.ready_url is None or answers(child.ready_url)):
            self._check()
            _check_hope(child)
            if time.monotonic() > deadline:
                raise LauncherError(
                    f"The {child.name} did not become ready within {child.ready_seconds:g} s "
                    f"({child.ready_url}).{_end_of(child.log)}"
                )
            self.stop_asked.wait(POLL_SECONDS)
        self._check()

    def wait_for_exit(self, child: Child, tick: Callable[[], None] | None = None) -> int:
        """Waits for a child that is meant to end, ticking meanwhile; returns its exit code."""
        process = next(process for known, process in self._running if known is child)
        while process.poll() is None:
            if tick is not None:
                tick()
            if self.stop_asked.wait(POLL_SECONDS):
                raise Stopped
        self._running.remove((child, process))
        _signal_group(process, signal.SIGKILL)
        return process.returncode

    def watch(self) -> None:
        """Returns when somebody asks us to stop; raises when a child dies."""
        while not self.stop_asked.wait(POLL_SECONDS):
            self._check()

    def stop(self) -> None:
        """Asks all groups to stop, the youngest first; kills what has not after the patience."""
        for _, process in reversed(self._running):
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + self._patience
        for _, process in self._running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
        for _, process in self._running:
            # Also when the child itself has gone: its helpers may not have.
            _signal_group(process, signal.SIGKILL)
            process.wait()
        self._running.clear()

    @contextmanager
    def stopping_on_signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM ask us to stop instead of tearing us away from our children."""

        def ask(_signal: int, _frame: FrameType | None) -> None:
            self.stop_asked.set()

        before = {number: signal.signal(number, ask) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _check(self) -> None:
        if self.stop_asked.is_set():
            raise Stopped
        for child, process in self._running:
            if process.poll() is not None:
                raise LauncherError(
                    f"The {child.name} stopped by itself (exit code {process.returncode})."
                    f"{_end_of(child.log)}"
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def answers(url: str) -> bool:
    """Whether the address answers with success."""
    try:
        # No proxy from the environment: these are our own processes on this machine.
        return httpx.get(url, timeout=2.0, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def tail(log: Path, *, lines: int = TAIL_LINES) -> list[str]:
    """The last lines of a log."""
    if not log.exists():
        return []
    return log.read_text("utf-8", "replace").splitlines()[-lines:]


def _check_hope(child: Child) -> None:
    lines = child.log.read_text("utf-8", "replace").splitlines() if child.hopeless else []
    for number, line in enumerate(lines):
        if child.hopeless is not None and child.hopeless in line:
            said = "\n".join(f"    {line}" for line in lines[number : number + TAIL_LINES])
            raise LauncherError(f"The {child.name} cannot work. {child.log} says:\n{said}")


def _end_of(log: Path) -> str:
    lines = "\n".join(f"    {line}" for line in tail(log))
    return f" The end of {log}:\n{lines}"


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group's id is the child's, and outlives the child while a helper of it lives.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
