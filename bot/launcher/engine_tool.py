"""Runs a tool of the engine's side, which has Rasa, and shows how far it is."""

from collections.abc import Sequence
from pathlib import Path

from bot.launcher import LauncherError
from bot.launcher.processes import Child, Processes, tail
from bot.launcher.progress import Follower, following
from bot.launcher.training import ENGINE_ENVIRONMENT, ENGINE_PYTHON, meaningful

USAGE_ERROR = 2
# Python may order sets of strings differently from run to run otherwise.
REPRODUCIBLE = {"PYTHONHASHSEED": "0"}


def run_tool(module: str, arguments: Sequence[str], *, title: str, root: Path, log: Path) -> None:
    """Returns when it has done its work; raises with what it said otherwise."""
    child = Child(
        name=title.lower(),
        command=[str(root / ENGINE_PYTHON), "-m", module, *arguments],
        log=log,
        environment={**ENGINE_ENVIRONMENT, **REPRODUCIBLE},
    )
    follower = Follower(log)
    with (
        Processes(cwd=root) as processes,
        processes.stopping_on_signals(),
        following(f"{title} (output in {log})", follower) as tick,
    ):
        processes.start(child)
        code = processes.wait_for_exit(child, tick)
        tick()
        if follower.problem is not None:
            raise LauncherError(follower.problem, exit_code=USAGE_ERROR)
        if code != 0:
            reason = "\n".join(f"    {line}" for line in meaningful(tail(log, lines=200)))
            raise LauncherError(f"{title} failed (exit code {code}):\n{reason}\nAll of it: {log}")
