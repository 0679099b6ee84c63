"""Shows how far a child process is, by the marks in its log that engine/progress.py writes."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.launcher.console import console

PROGRESS = "@progress "
PROBLEM = "@problem "
# A log that is read by a person later needs a sign of life, not every step.
QUIET_SECONDS = 10.0
# Rasa's neural components draw this bar with a library.
_EPOCHS = re.compile(r"Epochs:\s+\d+%\|[^|]*\| (\d+)/(\d+)")


@dataclass(frozen=True)
class Place:
    """What is being done; `done` of `of` steps are over, where that is known."""

    what: str
    done: int | None = None
    of: int | None = None
    detail: str = ""


@dataclass
class Follower:
    """Reads what a log gained since the last time."""

    log: Path
    place: Place | None = None
    problem: str | None = None
    _read: int = 0
    _rest: str = field(default="", repr=False)

    def read(self) -> None:
        """Brings `place` and `problem` up to date."""
        if not self.log.exists():
            return
        with self.log.open("rb") as log:
            log.seek(self._read)
            new = log.read()
        self._read += len(new)
        *lines, self._rest = (self._rest + new.decode("utf-8", "replace")).split("\n")
        for line in lines:
            self._take(line)
        self._take_epochs(self._rest)

    def _take(self, line: str) -> None:
        if line.startswith(PROGRESS):
            self.place = Place(**json.loads(line.removeprefix(PROGRESS)))
        elif line.startswith(PROBLEM):
            self.problem = str(json.loads(line.removeprefix(PROBLEM))["message"])
        else:
            self._take_epochs(line)

    def _take_epochs(self, line: str) -> None:
        found = _EPOCHS.findall(line)
        if found and self.place is not None:
            done, of = found[-1]
            detail = f"epoch {done} of {of}"
            self.place = Place(self.place.what, self.place.done, self.place.of, detail)


@contextmanager
def following(title: str, follower: Follower) -> Iterator[Callable[[], None]]:
    """A bar for the step; call what it yields from time to time. Then how long it took."""
    began = time.monotonic()
    live = console.is_terminal
    if not live:
        console.print(f"… {title}")
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[now]}"),
        TimeElapsedColumn(),
    )
    try:
        with Progress(*columns, console=console, transient=True, disable=not live) as bar:
            task = bar.add_task(title, total=None, now="")
            shown, said = began, ""

            def tick() -> None:
                nonlocal shown, said
                follower.read()
                if (place := follower.place) is None:
                    return
                now = words(place)
                bar.update(task, completed=place.done or 0, total=place.of, now=escape(now))
                if not live and now != said and time.monotonic() - shown >= QUIET_SECONDS:
                    console.print(f"  {now} ({time.monotonic() - began:.0f} s)", markup=False)
                    shown, said = time.monotonic(), now

            yield tick
    except BaseException:
        console.print(f"[red]✗[/red] {title}")
        raise
    console.print(f"[green]✓[/green] {title} [dim]({time.monotonic() - began:.1f} s)[/dim]")


def words(place: Place) -> str:
    """The place as one reads it: `DIETClassifier, 3 of 14, epoch 20 of 100`."""
    steps = "" if place.done is None or place.of is None else f"{place.done} of {place.of}"
    return ", ".join(part for part in (place.what, steps, place.detail) if part)
