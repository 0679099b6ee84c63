"""The search for an interpreter, over real programs: shims that fail, a pyenv tree, a uv."""

import os
import stat
import sys
from pathlib import Path

import pytest

from scripts.interpreters import Wanted, find_python, in_pyenv, on_path, probe

HERE = sys.version_info
SERIES = f"{HERE.major}.{HERE.minor}"
FAILING_SHIM = "#!/bin/sh\necho 'pyenv: python: command not found' >&2\nexit 127\n"
OTHER_SERIES = Wanted("the engine", ((3, 99),))


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def pretending(path: Path, version: str, implementation: str = "CPython") -> Path:
    """A program that answers the probe as the given Python would."""
    return program(path, f"#!/bin/sh\necho {implementation} {version.replace('.', ' ')}\n")


def uv_that_knows(path: Path, found: Path | None) -> Path:
    answer = f"echo {found}" if found else "echo 'error: No interpreter found' >&2; exit 2"
    return program(path, f"#!/bin/sh\n{answer}\n")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def no_uv(tmp_path: Path) -> Path:
    return uv_that_knows(tmp_path / "bin" / "uv", None)


def test_an_interpreter_that_uv_knows_comes_first(tmp_path: Path, home: Path) -> None:
    known = pretending(tmp_path / "uv-python" / "python3.99", "3.99.2")
    pretending(tmp_path / "path" / "python3.99", "3.99.1")
    uv = uv_that_knows(tmp_path / "bin" / "uv", known)
    env = {"PATH": str(tmp_path / "path")}
    found = find_python(OTHER_SERIES, uv=uv, env=env, home=home)
    assert found is not None
    assert (found.path, found.version, found.source) == (known, (3, 99, 2), "known to uv")


def test_a_failing_shim_on_path_is_passed_over(tmp_path: Path, home: Path, no_uv: Path) -> None:
    program(tmp_path / "shims" / "python3.99", FAILING_SHIM)
    real = pretending(tmp_path / "later" / "python3.99", "3.99.0")
    env = {"PATH": os.pathsep.join([str(tmp_path / "shims"), str(tmp_path / "later")])}
    found = find_python(OTHER_SERIES, uv=no_uv, env=env, home=home)
    assert found is not None
    assert (found.path, found.source) == (real, "on PATH")


def test_pyenv_is_searched_when_its_shim_fails(tmp_path: Path, home: Path, no_uv: Path) -> None:
    program(tmp_path / "shims" / "python3.99", FAILING_SHIM)
    for patch in ("3.99.2", "3.99.10", "3.98.30"):
        pretending(home / f".pyenv/versions/{patch}/bin/python", patch)
    env = {"PATH": str(tmp_path / "shims")}
    found = find_python(OTHER_SERIES, uv=no_uv, env=env, home=home)
    assert found is not None
    assert (found.version, found.source) == ((3, 99, 10), "from pyenv")


def test_a_broken_newest_pyenv_version_gives_way_to_the_next(home: Path, no_uv: Path) -> None:
    program(home / ".pyenv/versions/3.99.10/bin/python", FAILING_SHIM)
    pretending(home / ".pyenv/versions/3.99.9/bin/python", "3.99.9")
    found = find_python(OTHER_SERIES, uv=no_uv, env={}, home=home)
    assert found is not None
    assert found.version == (3, 99, 9)


def test_pyenv_root_is_honoured(tmp_path: Path, home: Path) -> None:
    pretending(home / ".pyenv/versions/3.99.1/bin/python", "3.99.1")
    python = pretending(tmp_path / "elsewhere/versions/3.99.2/bin/python", "3.99.2")
    env = {"PYENV_ROOT": str(tmp_path / "elsewhere")}
    assert in_pyenv("3.99", env=env, home=home) == [python]
    assert in_pyenv("3.9", env={}, home=home) == []


def test_a_pypy_or_another_series_will_not_do(tmp_path: Path, home: Path, no_uv: Path) -> None:
    pretending(tmp_path / "path" / "python3.99", "3.99.1", implementation="PyPy")
    pretending(home / ".pyenv/versions/3.99.1/bin/python", "3.98.7")
    env = {"PATH": str(tmp_path / "path")}
    assert find_python(OTHER_SERIES, uv=no_uv, env=env, home=home) is None


def test_nothing_is_found_without_uv_path_or_pyenv(tmp_path: Path, home: Path) -> None:
    assert find_python(OTHER_SERIES, uv=tmp_path / "no-uv", env={}, home=home) is None


def test_the_running_interpreter_is_good_enough_for_its_series(home: Path, no_uv: Path) -> None:
    wanted = Wanted("the service", ((3, 99), (HERE.major, HERE.minor)))
    found = find_python(wanted, uv=no_uv, env={}, home=home)
    assert found is not None
    assert found.path == Path(sys.executable)
    assert f"{found}".startswith(SERIES)


def test_a_probe_sees_only_what_runs(tmp_path: Path) -> None:
    real = probe(Path(sys.executable), source="here")
    assert real is not None
    assert real.version == HERE[:3]
    assert probe(tmp_path / "missing", source="here") is None
    assert probe(program(tmp_path / "shim", FAILING_SHIM), source="here") is None
    assert probe(program(tmp_path / "chatty", "#!/bin/sh\necho hello\n"), source="here") is None


def test_all_matches_on_path_are_seen_in_order(tmp_path: Path) -> None:
    first = program(tmp_path / "a" / "node", FAILING_SHIM)
    second = program(tmp_path / "b" / "node", FAILING_SHIM)
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "node").write_text("not executable")
    path = os.pathsep.join(str(tmp_path / folder) for folder in ("a", "c", "missing", "b"))
    assert on_path("node", env={"PATH": path}) == [first, second]
