"""Keeps the children of `firstline up` running: what dies is started again, with growing pauses."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.markup import escape

from bot.launcher import LauncherError, Stopped
from bot.launcher.console import console
from bot.launcher.processes import POLL_SECONDS, Child, Processes, answers, check_hope, end_of

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
WELL_SECONDS = 60.0
MOST_DEATHS = 6


@dataclass
class Fate:
    """How a child has fared lately; times in seconds of the clock."""

    child: Child
    started_at: float
    deaths: int = 0
    start_at: float | None = None


class Supervisor:
    """Call `look` often. A child that dies again and again ends everything: it will not mend."""

    def __init__(
        self, processes: Processes, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._processes = processes
        self._clock = clock
        self._fates: dict[str, Fate] = {}

    def keep(self, child: Child) -> None:
        """It has been started, and shall run from now on; replaces a child of the same name."""
        self._fates[child.name] = Fate(child, self._clock())

    def forget(self, child: Child) -> None:
        """It may end."""
        if child.name in self._fates and self._fates[child.name].child is child:
            del self._fates[child.name]

    def look(self) -> None:
        """Notes who died, and starts again whose pause is over; raises when that is hopeless."""
        for child, code in self._processes.dead():
            fate = self._fates.get(child.name)
            if fate is not None and fate.child is child:
                self._note_death(fate, code)
        for fate in self._fates.values():
            if fate.start_at is not None and self._clock() >= fate.start_at:
                fate.start_at, fate.started_at = None, self._clock()
                self._processes.start(fate.child, again=True)

    def wait_until_ready(self, child: Child) -> None:
        """As Processes', but others may die meanwhile; raises when it, or its patience, ends."""
        deadline = self._clock() + child.ready_seconds
        while not (child.ready_url is None or answers(child.ready_url)):
            self.look()
            is_ours = child.name in self._fates  # then `look` starts it again
            if not is_ours and not self._processes.is_running(child):
                raise LauncherError(f"The {child.name} stopped by itself.{end_of(child.log)}")
            if not is_ours:
                check_hope(child)
            if self._clock() > deadline:
                raise LauncherError(
                    f"The {child.name} did not become ready within {child.ready_seconds:g} s."
                    f"{end_of(child.log)}"
                )
            self.rest(POLL_SECONDS)

    def rest(self, seconds: float) -> None:
        """Waits; raises Stopped when somebody asks us to stop."""
        if self._processes.stop_asked.wait(seconds):
            raise Stopped

    def _note_death(self, fate: Fate, code: int) -> None:
        child = fate.child
        if self._clock() - fate.started_at >= WELL_SECONDS:
            fate.deaths = 0
        fate.deaths += 1
        said = f"The {child.name} stopped by itself (exit code {code})"
        if fate.deaths >= MOST_DEATHS:
            raise LauncherError(f"{said} {fate.deaths} times in a row.{end_of(child.log)}")
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (fate.deaths - 1))
        fate.start_at = self._clock() + pause
        again = f"{said}; it is started again. Its log: {child.log}"
        console.print(f"[yellow]![/yellow] {escape(again)}")
