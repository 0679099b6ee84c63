"""A new model for running engines, without a lost turn.

An engine that loads a model answers nobody meanwhile, so it is loaded into a spare engine first.
When that is ready, the desks are sent there, and from the next turn on all speak with the new
model; the others finish what they hold, start anew with it, and take over from the spare. A model
that does not load costs a spare engine, and nothing else.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.markup import escape

from bot.dialogue.addresses import write_addresses
from bot.launcher import LauncherError
from bot.launcher.console import console
from bot.launcher.models import Models
from bot.launcher.plan import Plan
from bot.launcher.ports import LOOPBACK, Address, free_ports
from bot.launcher.processes import POLL_SECONDS, Child, Processes
from bot.launcher.supervise import Supervisor

# The desks look at the file several times a second, and before each turn.
NOTICED_SECONDS = 1.0


class ModelSwap:
    """Call `look` often: it notices another model in use, and then works until that is served."""

    def __init__(
        self,
        plan: Plan,
        *,
        processes: Processes,
        supervisor: Supervisor,
        engines: Sequence[Child],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._plan = plan
        self._processes = processes
        self._supervisor = supervisor
        self._engines = list(engines)
        self._clock = clock
        self._models = Models(plan.training().model)
        self._seen = _stamp(self._models.in_use)

    def look(self) -> None:
        """Swaps when the file in use is another; raises Stopped when somebody asks us to stop."""
        stamp = _stamp(self._models.in_use)
        if stamp is None or stamp == self._seen:
            return
        self._seen = stamp
        problem_file(self._plan).unlink(missing_ok=True)
        try:
            self._swap_to(self._models.keep())
        except LauncherError as error:
            sentence = f"The engines keep the model that they have. {error}"
            problem_file(self._plan).write_text(sentence, "utf-8")
            console.print(f"[red]✗[/red] {escape(sentence)}", soft_wrap=True)

    def _swap_to(self, model: Path) -> None:
        if model == self._plan.model:
            return
        plan = replace(self._plan, model=model)
        console.print(f"… Loading {model.name}")
        spare = self._start_spare(plan, model)
        self._send_to([spare])
        for old in self._engines:
            self._supervisor.forget(old)
        self._processes.stop_some(self._engines)
        self._plan, self._engines = plan, [plan.engine(at) for at in plan.engines]
        for engine in self._engines:
            self._processes.start(engine)
            self._supervisor.keep(engine)
        try:
            for engine in self._engines:
                self._supervisor.wait_until_ready(engine)
        except LauncherError:
            self._supervisor.keep(spare)  # it goes on answering; the next swap takes it away
            self._engines.append(spare)
            raise
        self._send_to(self._engines)
        self._processes.stop_some([spare])
        console.print(f"[green]✓[/green] The engines answer with {model.name}")

    def _start_spare(self, plan: Plan, model: Path) -> Child:
        spare = plan.engine(Address("spare engine", LOOPBACK, free_ports(1)[0], "--engines"))
        self._processes.start(spare)
        try:
            self._supervisor.wait_until_ready(spare)
        except LauncherError:
            self._processes.stop_some([spare])
            self._models.forget(model)
            raise
        return spare

    def _send_to(self, engines: Sequence[Child]) -> None:
        """Returns when the desks ask these alone, and the others have finished what they held."""
        urls = [str(each.ready_url).removesuffix("/webhooks/turn/ready") for each in engines]
        write_addresses(self._plan.engines_file, [*urls, *self._plan.elsewhere])
        until = self._clock() + NOTICED_SECONDS + self._plan.settings.engine_timeout
        while self._clock() < until:
            self._supervisor.look()
            self._supervisor.rest(POLL_SECONDS)


def problem_file(plan: Plan) -> Path:
    """Where `up` says to `firstline model` why a model is not served."""
    return plan.engines_file.with_suffix(".problem")


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """A file that was replaced or rewritten has another."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
