"""Finds the two Pythons that Firstline runs on: known to uv, on PATH, from pyenv, downloaded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List, Mapping, NamedTuple, Optional, Tuple

Version = Tuple[int, int, int]

# The imports are what a Python built without its libraries' headers lacks.
PROBE = (
    "import ctypes, platform, sqlite3, ssl, sys, zlib;"
    "print(platform.python_implementation(), *sys.version_info[:3])"
)


class Wanted(NamedTuple):
    """Which Pythons will do, the best series first."""

    what: str
    series: Tuple[Tuple[int, int], ...]

    def names(self) -> List[str]:
        """The series as `3.10`."""
        return [f"{major}.{minor}" for major, minor in self.series]


ENGINE = Wanted("the engine", ((3, 10),))
SERVICE = Wanted("the service", ((3, 13), (3, 12), (3, 11), (3, 14)))


class Python(NamedTuple):
    """An interpreter that was seen running."""

    path: Path
    version: Version
    source: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.version))} ({self.source}: {self.path})"


def find_python(
    wanted: Wanted, *, uv: Path, env: Mapping[str, str], home: Path
) -> Optional[Python]:
    """The first interpreter of a wanted series that really runs; downloads nothing."""
    for path, source in _candidates(wanted, uv=uv, env=env, home=home):
        python = probe(path, source=source)
        if python is not None and python.version[:2] in wanted.series:
            return python
    return None


def probe(path: Path, *, source: str) -> Optional[Python]:
    """Runs the interpreter: a pyenv shim may exist and fail, a build may lack a library."""
    try:
        answer = subprocess.run(
            [str(path), "-I", "-c", PROBE], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    words = answer.stdout.split()
    if len(words) != 4 or words[0] != "CPython":
        return None
    return Python(path, (int(words[1]), int(words[2]), int(words[3])), source)


def known_to_uv(uv: Path, name: str, *, env: Mapping[str, str], managed: bool) -> Optional[Path]:
    """What uv would take for this version without downloading."""
    which = "--managed-python" if managed else "--system"
    try:
        answer = subprocess.run(
            [str(uv), "python", "find", "--no-project", "--no-python-downloads", which, name],
            capture_output=True,
            text=True,
            timeout=60,
            env=dict(env),
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return Path(answer.stdout.strip())


def _candidates(
    wanted: Wanted, *, uv: Path, env: Mapping[str, str], home: Path
) -> Iterator[Tuple[Path, str]]:
    if sys.version_info[:2] in wanted.series:
        yield Path(sys.executable), "the Python of this set-up"
    for name in wanted.names():
        known = known_to_uv(uv, name, env=env, managed=False)
        if known is not None:
            yield known, "known to uv"
    for name in wanted.names():
        for path in on_path(f"python{name}", env=env):
            yield path, "on PATH"
    for name in wanted.names():
        for path in in_pyenv(name, env=env, home=home):
            yield path, "from pyenv"


def on_path(program: str, *, env: Mapping[str, str]) -> List[Path]:
    """Every match on PATH: the first may be a shim that fails."""
    folders = [Path(folder) for folder in env.get("PATH", "").split(os.pathsep) if folder]
    return [folder / program for folder in folders if os.access(folder / program, os.X_OK)]


def in_pyenv(series: str, *, env: Mapping[str, str], home: Path) -> List[Path]:
    """pyenv's interpreters of the series, newest first."""
    pyenv = Path(env.get("PYENV_ROOT") or home / ".pyenv")
    found = [
        (int(patch), folder / "bin" / "python")
        for folder in pyenv.glob(f"versions/{series}.*")
        for patch in [folder.name[len(series) + 1 :]]
        if patch.isdigit()
    ]
    return [path for _, path in sorted(found, reverse=True)]
