"""Runs a command with the Node that set-up chose in front of PATH."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scripts.progress import Progress
from scripts.tools import Tools

if __name__ == "__main__":
    root = Path(__file__).resolve().parent.parent
    folder, _ = Tools(root, progress=Progress(root / "var/logs/node.log"), env=os.environ).node()
    path = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
    try:
        os.execvpe(sys.argv[1], sys.argv[1:], {**os.environ, "PATH": path})  # noqa: S606
    except FileNotFoundError:
        sys.exit(f"{sys.argv[1]} is missing: run `make setup`.")
