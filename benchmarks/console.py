"""Progress of long work."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

console = Console()
TICK_SECONDS = 1.0


def step(title: str, command: Sequence[str], *, log: Path, env: Mapping[str, str]) -> float:
    """Runs a command with its output in a file; returns the seconds that it took."""
    began = time.monotonic()
    with log.open("wb") as output, console.status(title) as status:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **env}
        )
        while process.poll() is None:
            status.update(f"{title} ({time.monotonic() - began:.0f} s, output in {log})")
            time.sleep(TICK_SECONDS)
    if process.returncode != 0:
        raise SystemExit(f"{title} failed; see {log}")
    took = time.monotonic() - began
    console.print(f"[green]✓[/green] {title} ({took:.0f} s)")
    return took
