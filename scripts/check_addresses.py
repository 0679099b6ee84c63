"""The repository names no registry and carries nothing that came from one.

Then one lock works behind any mirror; see "Two environments, locked" in CONTRIBUTING.md.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Iterable, List, Optional

from scripts.tracked import tracked_files

LOCKS_WITH_ADDRESSES = {"uv.lock", "poetry.lock", "Pipfile.lock", "yarn.lock", "pnpm-lock.yaml"}
BORROWED = (".min.js", ".min.css", ".onnx", ".safetensors", ".whl", ".tar.gz", ".pt", ".h5")
LOCK_ADDRESS = re.compile(r"https?://|^\s*--(index-url|extra-index-url|find-links)", re.MULTILINE)
RESOLVED = re.compile(r'"resolved":\s*"')
# Written in pieces so that this file does not name them either.
HOSTS = re.compile(
    r"\b(?:(?:files\.)?pythonhosted|(?<![\w-])pypi)\." + r"org\b"
    r"|\bregistry\.(?:npmjs|yarnpkg)\." + r"(?:org|com)\b"
    r"|\b(?:unpkg|esm|cdnjs\.cloudflare|cdn\.jsdelivr|huggingface|download\.pytorch)\."
    + r"(?:com|sh|net|co|org)\b"
    r"|\bgithub\.com/\S+/(?:releases/download|archive)/"
)


def problem_of(path: Path, *, root: Path) -> Optional[str]:
    """Why the file may not be in the repository as it is, or None."""
    name = path.relative_to(root)
    if path.name in LOCKS_WITH_ADDRESSES or path.match("pylock*.toml"):
        return f"{name}: this kind of lock spells download addresses; use requirements/*.txt"
    if path.name.endswith(BORROWED):
        return f"{name}: third-party builds and weights are fetched at set-up, not committed"
    try:
        content = path.read_text("utf-8")
    except UnicodeDecodeError:
        return None
    if path.match("requirements/*.txt") and LOCK_ADDRESS.search(content):
        return f"{name}: a lock names an address; write it with `make lock`"
    if path.name == "package-lock.json" and RESOLVED.search(content):
        return (
            f'{name}: holds "resolved" addresses; .npmrc must say omit-lockfile-registry-resolved'
        )
    host = HOSTS.search(content)
    return f"{name}: names the registry {host.group()}" if host else None


def problems(files: Iterable[Path], *, root: Path) -> List[str]:
    """A line for each file that may not be in the repository as it is."""
    found = (problem_of(path, root=root) for path in files)
    return [problem for problem in found if problem is not None]


if __name__ == "__main__":
    lines = problems(tracked_files(Path.cwd()), root=Path.cwd())
    print("\n".join(lines), end="\n" if lines else "")
    sys.exit(1 if lines else 0)
