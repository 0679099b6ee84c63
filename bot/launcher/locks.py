"""Whether an environment holds exactly what its lock says; reads files, starts nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PYVENV_VERSION = re.compile(r"^version(?:_info)?\s*=\s*(\d+\.\d+\.\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Difference:
    """A package that is not as the lock says; `installed` is None when it is missing."""

    package: str
    locked: str
    installed: str | None


def differences(environment: Path, lock: Path) -> list[Difference]:
    """Every locked package that is missing or of another version."""
    have = installed(environment)
    return [
        Difference(name, version, have.get(name))
        for name, version in locked(lock, python=python_version(environment)).items()
        if have.get(name) != version
    ]


def locked(lock: Path, *, python: str) -> dict[str, str]:
    """Name → version that the lock asks for on this machine with this Python."""
    machine = {
        **{name: str(value) for name, value in default_environment().items()},
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "implementation_version": python,
    }
    found: dict[str, str] = {}
    for line in lock.read_text("utf-8").splitlines():
        if not line or line[0] in "#- ":
            continue
        requirement = Requirement(line.rstrip("\\ "))
        if requirement.marker is None or requirement.marker.evaluate(machine):
            version = str(requirement.specifier).removeprefix("==")
            found[canonicalize_name(requirement.name)] = version
    return found


def installed(environment: Path) -> Mapping[str, str]:
    """Name → version of what is installed in the environment."""
    folders = [str(folder) for folder in environment.glob("lib/python3.*/site-packages")]
    return {
        canonicalize_name(distribution.metadata["Name"]): distribution.version
        for distribution in distributions(path=folders)
    }


def python_version(environment: Path) -> str:
    """The environment's Python; raises FileNotFoundError when there is no environment."""
    match = PYVENV_VERSION.search((environment / "pyvenv.cfg").read_text())
    return match[1] if match else "0.0.0"
