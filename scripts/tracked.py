"""The files that belong to the repository, or would with the next `git add`."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import List


def tracked_files(root: Path) -> List[Path]:
    """Tracked and not ignored, that still exist; git answers for the working copy."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    paths = [root / name for name in sorted(set(answer.stdout.split("\0"))) if name]
    return [path for path in paths if path.is_file()]
