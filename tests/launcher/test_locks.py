"""Whether an environment is what its lock says."""

from pathlib import Path

import pytest

from bot.launcher.locks import Difference, differences, locked

LOCK = """\
# a comment
httpx==0.28.1 \\
    --hash=sha256:00
Ruamel_Yaml==0.18 ; python_full_version < '3.11' \\
    --hash=sha256:01
pywin32==300 ; sys_platform == 'win32' \\
    --hash=sha256:02
uvicorn[standard]==0.54.0 \\
    --hash=sha256:03
"""


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "engine.txt"
    path.write_text(LOCK)
    return path


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    folder = tmp_path / ".venv"
    (folder / "lib/python3.10/site-packages").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion_info = 3.10.13\n")
    return folder


def install(environment: Path, name: str, version: str) -> None:
    info = environment / f"lib/python3.10/site-packages/{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def test_markers_are_read_for_the_environments_python(lock: Path) -> None:
    assert set(locked(lock, python="3.10.13")) == {"httpx", "ruamel-yaml", "uvicorn"}
    assert set(locked(lock, python="3.12.1")) == {"httpx", "uvicorn"}


def test_the_same_versions_are_no_difference(environment: Path, lock: Path) -> None:
    for name, version in (("httpx", "0.28.1"), ("ruamel.yaml", "0.18"), ("uvicorn", "0.54.0")):
        install(environment, name, version)
    install(environment, "firstline", "0.1.0")
    assert differences(environment, lock) == []


def test_missing_and_other_versions_are_named(environment: Path, lock: Path) -> None:
    install(environment, "httpx", "0.27.0")
    install(environment, "uvicorn", "0.54.0")
    assert differences(environment, lock) == [
        Difference("httpx", "0.28.1", "0.27.0"),
        Difference("ruamel-yaml", "0.18", None),
    ]


def test_no_environment_is_an_error_of_its_own(tmp_path: Path, lock: Path) -> None:
    with pytest.raises(FileNotFoundError):
        differences(tmp_path / "nothing", lock)
