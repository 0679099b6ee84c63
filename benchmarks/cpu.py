"""What each part of the desk costs the processor, as Linux counts it."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.memory import family

TICKS = os.sysconf("SC_CLK_TCK")
# Of /proc/PID/stat, behind the name: user, system, and both of children that have ended.
TIMES = slice(11, 15)


@dataclass
class Meter:
    """CPU seconds by part, from `start` on; a part is one or more processes and their children."""

    parts: Mapping[str, Sequence[int]]

    def start(self) -> None:
        """Begins anew."""
        self._began = time.monotonic()
        self._before = self._now()

    def read(self) -> dict[str, float]:
        """CPU seconds a second since the start: 1.0 is a whole core."""
        seconds = time.monotonic() - self._began
        return {part: (used - self._before[part]) / seconds for part, used in self._now().items()}

    def _now(self) -> dict[str, float]:
        # This process started most of the others: they are its children, and no part of it.
        return {
            part: time.process_time() if pids == [os.getpid()] else sum(map(cpu_seconds, pids))
            for part, pids in self.parts.items()
        }


def cpu_seconds(root: int) -> float:
    """Of a process and all its descendants, those that have ended too."""
    return sum(_ticks(pid) for pid in family(root)) / TICKS


def limit(used: Mapping[str, float]) -> str:
    """A sentence: which part needs most, and whether the machine is full."""
    part, most = max(used.items(), key=lambda each: each[1])
    total, cores = sum(used.values()), os.cpu_count() or 1
    return f"{part} needs most ({most:.2f} cores); all together {total:.2f} of {cores} cores"


def load_average() -> str:
    """Of the last minute: what else the machine did shows here."""
    return f"{os.getloadavg()[0]:.2f}"


def _ticks(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0  # ended meanwhile; its parent has it
    return sum(int(ticks) for ticks in stat.rsplit(")", 1)[1].split()[TIMES])
