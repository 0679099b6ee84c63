"""A source file that nobody can hold in mind is split by feature: 500 lines are the end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Iterable, List

from scripts.tracked import tracked_files

MOST_LINES = 500
SOURCES = {".py", ".js", ".mjs", ".ts", ".css", ".html", ".sh"}


def too_long(files: Iterable[Path]) -> List[str]:
    """A line for each source file over the limit."""
    found = []
    for path in files:
        lines = path.read_bytes().count(b"\n") if path.suffix in SOURCES else 0
        if lines > MOST_LINES:
            found.append(f"{path}: {lines} lines (at most {MOST_LINES}; split it by feature)")
    return found


if __name__ == "__main__":
    problems = too_long(tracked_files(Path.cwd()))
    print("\n".join(problems), end="\n" if problems else "")
    sys.exit(1 if problems else 0)
