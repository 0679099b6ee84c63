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
from typing import Any, Self

import httpx

from bot.launcher import LauncherError, Stopped

POLL_SECONDS = 0.2
TAIL_LINES = 15
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Child:
    """A process to start; `ready_url` answers with success once it can work.

    `hopeless` is what it logs when it goes on running but will never be ready. `stage`: those of a
    higher one are stopped first, and have `patience` seconds for what they hold. `sockets` are the
    file descriptors that it inherits. `niceness` (0 to 19): the higher, the more it lets others go
    first where there is more to do than processors.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None
    ready_seconds: float = 60.0
    hopeless: str | None = None
    cwd: Path | None = None
    stage: int = 0
    patience: float | None = None
    sockets: Sequence[int] = ()
    niceness: int = 0


class Processes:
    """The running children. Leaving the block stops every one of them."""

    def __init__(self, *, cwd: Path, patience: float = 10.0) -> None:
        self._cwd = cwd
        self._patience = patience
        self._running: list[tuple[Child, subprocess.Popen[bytes]]] = []
        self.stop_asked = threading.Event()

    def start(self, child: Child, *, again: bool = False) -> int:
        """Starts the child with its output in its log; returns its process id.

        `again`: after a death; what it said before that stays in the log.
        """
        child.log.parent.mkdir(parents=True, exist_ok=True)
        with child.log.open("ab" if again else "wb") as log:
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
                    pass_fds=child.sockets,
                )
            except OSError as error:
                raise LauncherError(f"The {child.name} cannot be started: {error}.") from None
        if child.niceness:
            let_others_go_first(process.pid, child.niceness, has_session=True)
        self._running.append((child, process))
        return process.pid

    def wait_until_ready(self, child: Child) -> None:
        """Returns once the child answers; raises when any child dies or it takes too long."""
        deadline = time.monotonic() + child.ready_seconds
        while not (child.ready_url is None or answers(child.ready_url)):
            self._check()
            check_hope(child)
            if time.monotonic() > deadline:
                raise LauncherError(
                    f"The {child.name} did not become ready within {child.ready_seconds:g} s "
                    f"({child.ready_url}).{end_of(child.log)}"
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

    def watch(self, look: Callable[[], None] | None = None) -> None:
        """Returns when somebody asks us to stop; calls `look` meanwhile, or raises at a death."""
        while not self.stop_asked.wait(POLL_SECONDS):
            (look or self._check)()

    def dead(self) -> list[tuple[Child, int]]:
        """Children that stopped by themselves, each once, with their exit codes."""
        found = [(child, process) for child, process in self._running if process.poll() is not None]
        for child, process in found:
            self._running.remove((child, process))
            _signal_group(process, signal.SIGKILL)  # its helpers may live on
        return [(child, process.returncode) for child, process in found]

    def is_running(self, child: Child) -> bool:
        """Whether it has been started and has not ended."""
        return any(known is child and process.poll() is None for known, process in self._running)

    def stop(self) -> None:
        """Stops all, stage by stage: whoever asks goes before whoever answers."""
        for stage in sorted({child.stage for child, _ in self._running}, reverse=True):
            self.stop_some([child for child, _ in self._running if child.stage == stage])

    def stop_some(self, children: Sequence[Child]) -> None:
        """Asks their groups to stop, the youngest first; kills what has not after its patience."""
        chosen = [(child, process) for child, process in self._running if child in children]
        began = time.monotonic()
        for _, process in reversed(chosen):
            _signal_group(process, signal.SIGTERM)
        for child, process in chosen:
            patience = self._patience if child.patience is None else child.patience
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.0, began + patience - time.monotonic()))
        for child, process in chosen:
            # Also when the child itself has gone: its helpers may not have.
            _signal_group(process, signal.SIGKILL)
            process.wait()
            self._running.remove((child, process))

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
                    f"{end_of(child.log)}"
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


# `Any`: JSON of whoever listens there.
def readiness(url: str) -> dict[str, Any]:
    """What the address says of itself, ready or not; nothing when that is no JSON object."""
    try:
        said = httpx.get(url, timeout=5.0, trust_env=False).json()
    except (httpx.HTTPError, ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def tail(log: Path, *, lines: int = TAIL_LINES) -> list[str]:
    """The last lines of a log."""
    if not log.exists():
        return []
    return log.read_text("utf-8", "replace").splitlines()[-lines:]


def check_hope(child: Child) -> None:
    """Raises when it has said that it will never be ready."""
    lines = child.log.read_text("utf-8", "replace").splitlines() if child.hopeless else []
    for number, line in enumerate(lines):
        if child.hopeless is not None and child.hopeless in line:
            said = "\n".join(f"    {line}" for line in lines[number : number + TAIL_LINES])
            raise LauncherError(f"The {child.name} cannot work. {child.log} says:\n{said}")


def end_of(log: Path) -> str:
    """The last words of a log, for the end of an error's sentence."""
    lines = "\n".join(f"    {line}" for line in tail(log))
    return f" The end of {log}:\n{lines}"


def let_others_go_first(pid: int, niceness: int, *, has_session: bool) -> None:
    """As far as the system knows how; a process that has ended needs it no more.

    `has_session`: of its own, and not that of a terminal, which would stay so when we are gone.
    """
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    if not has_session:
        return
    # Linux weighs sessions before it weighs what is in them (sched(7), autogroup). Where it does
    # not, the file is missing or counts for nothing.
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(niceness))


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group's id is the child's, and outlives the child while a helper of it lives.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
