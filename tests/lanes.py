"""All tests, several parts at a time: `python -m tests.lanes`.

Many tests wait more than they work (for a browser, an engine, a timer), so that more parts run side
by side than there are processors. Each part is a pytest of its own with a log of its own.

A few tests that failed are run once more when nothing runs beside them, for whoever looks for the
cause: what passes then has a too short wait, or is a race of ours. It has failed all the same.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "var" / "logs" / "tests"
MOST_LANES = 4
MORE_THAN_PROCESSORS = 1
TOLD_EVERY_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.2
NOTHING_SELECTED = 5  # pytest's exit code
CUT_OFF_SECONDS = 10.0
MOST_TO_REPEAT = 5  # of one part: more than that is no accident

# Side by side each test takes longer than alone.
PYTEST = (sys.executable, "-m", "pytest", "--timeout=300")
ON_POSTGRES = (sys.executable, "-m", "tests.postgres", *PYTEST)
# What brings its own PostgreSQL has run on it already.
OWN_POSTGRES = (
    "tests/bot/several",
    "tests/bot/migrations",
    "tests/bot/db",
    "tests/system/test_up_several.py",
)
NAMED = ("tests/bot", "tests/browser", "tests/connectors")


@dataclass(frozen=True)
class Part:
    """Some of the tests; `command` runs them."""

    name: str
    command: tuple[str, ...]

    @property
    def log(self) -> Path:
        """Where its output goes."""
        return LOGS / f"{self.name.replace(' ', '-')}.log"

    @property
    def cache(self) -> Path:
        """Where pytest notes what failed."""
        return self.log.with_suffix(".cache")

    def all(self) -> tuple[str, ...]:
        """The command that runs all of it."""
        return (*self.command, "-o", f"cache_dir={self.cache}")

    def again(self) -> tuple[str, ...]:
        """The command that runs what failed of it once more."""
        return (*self.all(), "--last-failed", "--last-failed-no-failures=none")

    def failed(self) -> list[str]:
        """The tests that failed, by their ids; none when pytest itself did not end well."""
        noted = self.cache / "v" / "cache" / "lastfailed"
        return sorted(json.loads(noted.read_text())) if noted.exists() else []


def parts() -> list[Part]:
    """All of them, the longest first. A folder that nobody named is in “everything else”."""
    others = [f"--ignore={place}" for place in NAMED]
    own = [f"--ignore={place}" for place in OWN_POSTGRES]
    return [
        Part("browser", (*PYTEST, "tests/browser")),
        Part("everything else", (*PYTEST, "tests", *others)),
        Part("connectors", (*PYTEST, "tests/connectors")),
        Part("desk on PostgreSQL", (*ON_POSTGRES, "tests/bot", *own)),
        Part("connectors on PostgreSQL", (*ON_POSTGRES, "tests/connectors", *own)),
        Part("desk", (*PYTEST, "tests/bot")),
        Part("system on PostgreSQL", (*ON_POSTGRES, "tests/system", *own)),
    ]


def lanes() -> int:
    """How many parts run at a time."""
    return min(MOST_LANES, (os.cpu_count() or 1) + MORE_THAN_PROCESSORS)


class Lanes:
    """Runs parts side by side and tells how they end."""

    def __init__(self, waiting: Sequence[Part]) -> None:
        self._waiting = deque(waiting)
        self._running: dict[Part, subprocess.Popen[bytes]] = {}
        self._began: dict[Part, float] = {}
        self._failed: list[Part] = []

    def run(self, at_once: int) -> int:
        """0 when all passed; else 1, after the output of what failed."""
        tell_at = time.monotonic() + TOLD_EVERY_SECONDS
        try:
            while self._waiting or self._running:
                while self._waiting and len(self._running) < at_once:
                    self._start(self._waiting.popleft())
                time.sleep(LOOK_EVERY_SECONDS)
                for part, process in list(self._running.items()):
                    if (code := process.poll()) is not None:
                        self._end(part, code)
                if time.monotonic() >= tell_at and self._running:
                    far = (f"{part.name} {percent(part.log)}" for part in self._running)
                    _say(f"  {' · '.join(far)}")
                    tell_at += TOLD_EVERY_SECONDS
            for part in self._failed:
                self._look_again(part)
        finally:
            self._cut_off()
        if self._failed:
            _say("Failed: " + ", ".join(f"{part.name} ({part.log})" for part in self._failed))
        return 1 if self._failed else 0

    def _start(self, part: Part) -> None:
        _say(f"… {part.name}")
        part.log.parent.mkdir(parents=True, exist_ok=True)
        self._began[part] = time.monotonic()
        shutil.rmtree(part.cache, ignore_errors=True)
        self._running[part] = _begin(part.all(), part.log)

    def _look_again(self, part: Part) -> None:
        failed = part.failed()
        if not 0 < len(failed) <= MOST_TO_REPEAT:
            return
        _say(f"… {part.name}, what failed once more")
        self._running[part] = _begin(part.again(), part.log.with_suffix(".again.log"))
        self._running[part].wait()
        del self._running[part]
        if passed := sorted({*failed} - {*part.failed()}):
            _say(f"Passed alone: {', '.join(passed)}")

    def _end(self, part: Part, code: int) -> None:
        del self._running[part]
        good = code in (0, NOTHING_SELECTED)
        if not good:
            self._failed.append(part)
        seconds = time.monotonic() - self._began[part]
        _say(f"{'✓' if good else '✗'} {part.name} ({seconds:.0f} s): {last_line(part.log)}")
        _say(shown(part.log, failures=not good))

    def _cut_off(self) -> None:
        """After Ctrl-C: pytest takes down what it started."""
        for process in self._running.values():
            process.send_signal(signal.SIGINT)
        for process in self._running.values():
            try:
                process.wait(CUT_OFF_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _begin(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )


def percent(log: Path) -> str:
    """How far pytest says it is."""
    found = re.findall(r"\[ *(\d+%)\]", log.read_text(errors="replace"))
    return str(found[-1]) if found else "starts"


def last_line(log: Path) -> str:
    """pytest's summary, without its frame."""
    lines = [line.strip("= \n") for line in log.read_text(errors="replace").splitlines()]
    return next((line for line in reversed(lines) if line), "no output")


def shown(log: Path, *, failures: bool) -> str:
    """What somebody has to read of it: failures whole, and what was skipped with its reason."""
    text = log.read_text(errors="replace")
    marks = ("= ERRORS =", "= FAILURES =", "= short test summary")
    starts = [at for mark in (marks if failures else marks[-1:]) if (at := text.find(mark)) >= 0]
    if starts:
        return text[text.rfind("\n", 0, min(starts)) + 1 :].rstrip()
    return text[-4000:].rstrip() if failures else ""


def _say(text: str) -> None:
    if text:
        print(text, flush=True)  # noqa: T201


def main() -> int:
    """All tests; the exit code says whether they passed."""
    try:
        return Lanes(parts()).run(lanes())
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
