"""Named points at which a test can kill a process; they do nothing anywhere else.

`FIRSTLINE_CRASH_AT=receive.committed:3` kills this process with SIGKILL the third time that it
comes to that point; `receive.committed:1 4711` kills process 4711 (an engine, say) instead.
`FIRSTLINE_CRASH_AT=@FILE` reads that line from a file, looked at every time and removed when it
has struck, so that a test can set a trap for a process that runs already. Without
`FIRSTLINE_TEST_FAULTS=1` beside it the variable is not even read.
"""

import contextlib
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import BadSetting

VARIABLE = "FIRSTLINE_CRASH_AT"
ARMED_BY = "FIRSTLINE_TEST_FAULTS"

# The four steps of a message (docs/architecture.md), and an agent's reply.
POINTS = (
    "receive.open",  # written, not committed
    "receive.committed",  # committed, not acknowledged
    "ask.before",  # the engine has not been asked
    "ask.answered",  # it has answered; nothing is recorded
    "record.open",  # written, not committed
    "record.committed",  # committed, nothing has been set off
    "deliver.before",  # the delivery is held; nothing has been sent
    "deliver.sent",  # sent; how it went is not recorded
    "deliver.recorded",  # recorded
    "reply.open",  # an agent's words are written, not committed
    "reply.committed",  # committed; the agent has not been told
)


@dataclass(frozen=True)
class Trap:
    """Where to strike, at which time of passing, and whom (None: this process)."""

    point: str
    count: int
    victim: int | None = None

    @classmethod
    def parse(cls, line: str) -> "Trap":
        """`POINT:COUNT` or `POINT:COUNT PID`; raises BadSetting."""
        where, _, victim = line.strip().partition(" ")
        point, _, count = where.partition(":")
        if point not in POINTS or not count.isdecimal() or not (victim or "0").isdecimal():
            raise BadSetting(f"{VARIABLE}: must be POINT:COUNT; the points are {', '.join(POINTS)}")
        return cls(point, int(count), int(victim) if victim else None)


@dataclass
class Traps:
    """What is set now. `file`: where the line stands; None when it came with the environment."""

    line: str = ""
    file: Path | None = None
    _passed: dict[str, int] = field(default_factory=dict)

    def reach(self, point: str) -> None:
        """Counts, and strikes when it is time."""
        if self.file is not None:
            self._look(self.file)
        if not self.line:
            return
        trap = Trap.parse(self.line)
        if trap.point != point:
            return
        self._passed[self.line] = self._passed.get(self.line, 0) + 1
        if self._passed[self.line] < trap.count:
            return
        self.line = ""
        if self.file is not None:
            self.file.unlink(missing_ok=True)
        # A victim that is gone already cannot die again.
        with contextlib.suppress(ProcessLookupError):
            os.kill(os.getpid() if trap.victim is None else trap.victim, signal.SIGKILL)

    def _look(self, file: Path) -> None:
        try:
            line = file.read_text().strip()
        except FileNotFoundError:
            line = ""
        if line != self.line:
            self.line = line
            self._passed.clear()


def _from_environment() -> Traps | None:
    where = os.environ.get(VARIABLE, "")
    if os.environ.get(ARMED_BY) != "1" or not where:
        return None
    if where.startswith("@"):
        return Traps(file=Path(where[1:]))
    Trap.parse(where)
    return Traps(where)


_traps = _from_environment()


def reach(point: str) -> None:
    """This process comes to one of POINTS."""
    if _traps is not None:
        _traps.reach(point)


def arm() -> None:
    """Reads the environment anew: for a process that was forked with another one."""
    global _traps
    _traps = _from_environment()
