"""Mistakes in the training data, as the engine's side finds them, before minutes of training."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape

from bot.launcher import LauncherError
from bot.launcher.console import console, errors
from bot.launcher.training import ENGINE_ENVIRONMENT, ENGINE_PYTHON

USAGE_ERROR = 2
SHOWN_WARNINGS = 5


@dataclass(frozen=True)
class Finding:
    """One mistake: where, what, and what to do."""

    is_error: bool
    where: str
    what: str
    remedy: str

    def shown(self) -> str:
        """In Rich markup."""
        mark = "[red]✗[/red]" if self.is_error else "[yellow]![/yellow]"
        return f"{mark} {escape(self.where)}: {escape(self.what)}\n    {escape(self.remedy)}"


def find_mistakes(root: Path) -> list[Finding]:
    """Errors first; raises when they cannot be looked for."""
    done = subprocess.run(
        [str(root / ENGINE_PYTHON), "-m", "engine.checks"],
        cwd=root,
        env={**ENGINE_ENVIRONMENT, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise LauncherError(
            f"The training data could not be checked (exit code {done.returncode}):\n"
            f"{done.stderr.strip()}"
        ) from None
    return [
        Finding(
            is_error=one["severity"] == "error",
            where=f"{one['place']['file']}:{one['place']['line']}",
            what=one["what"],
            remedy=one["remedy"],
        )
        for one in found
    ]


def check_before_training(root: Path) -> None:
    """Shows what there is to mend; raises when the bot cannot be trained from it."""
    found = find_mistakes(root)
    wrong = [finding for finding in found if finding.is_error]
    for finding in wrong:
        errors.print(finding.shown(), soft_wrap=True)
    if wrong:
        raise LauncherError(
            f"{_counted(len(wrong), 'mistake')} in what the bot is trained from; see above.",
            exit_code=USAGE_ERROR,
        )
    for finding in found[:SHOWN_WARNINGS]:
        console.print(finding.shown(), soft_wrap=True)
    if len(found) > SHOWN_WARNINGS:
        console.print(f"  and {len(found) - SHOWN_WARNINGS} more: firstline nlu check")


def check_all(root: Path) -> None:
    """Shows everything; raises when something keeps the bot from being trained."""
    found = find_mistakes(root)
    for finding in found:
        console.print(finding.shown(), soft_wrap=True)
    wrong = sum(finding.is_error for finding in found)
    if wrong:
        raise LauncherError(
            f"{_counted(wrong, 'mistake')} to mend before training.", exit_code=USAGE_ERROR
        )
    rest = f"{_counted(len(found), 'thing')} worth a look" if found else "nothing to mend"
    console.print(f"[green]✓[/green] The training data can be used; {rest}.")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
