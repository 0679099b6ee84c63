"""The repository's own checks: what they refuse, and what they leave alone."""

import subprocess
from pathlib import Path

import pytest

from scripts.check_addresses import problems
from scripts.check_size import MOST_LINES, too_long
from scripts.tracked import tracked_files

# In two pieces, or the check would find this file.
INDEX = "https://files.python" + "hosted.org/packages/a.whl"
NPM = "https://registry.npm" + "js.org/htmx.org"


def refused(root: Path, name: str, content: str) -> list[str]:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return problems([path], root=root)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("uv.lock", ""),
        ("requirements/pylock.toml", ""),
        ("frontend/htmx.min.js", ""),
        ("models/encoder.onnx", ""),
        ("requirements/service.txt", "--index-url https://mirror.internal/simple\nhttpx==1\n"),
        ("requirements/service.txt", "x @ https://mirror.internal/x.whl\n"),
        ("package-lock.json", f'{{"resolved": "{NPM}"}}'),
        ("docs/install.md", f"Get it from {INDEX}"),
        (".npmrc", "registry=https://registry.npm" + "js.org/"),
        ("demo/page.html", '<script src="https://unpkg' + '.com/htmx.org"></script>'),
    ],
)
def test_borrowed_files_and_addresses_are_refused(tmp_path: Path, name: str, content: str) -> None:
    found = refused(tmp_path, name, content)
    assert len(found) == 1
    assert found[0].startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("README.md", "Open http://127.0.0.1:8080/inbox; see https://rasa.com/docs"),
        ("requirements/service.txt", "httpx==0.28.1 \\\n    --hash=sha256:00\nhttptools==0.9\n"),
        ("package-lock.json", '{"packages": {"node_modules/htmx.org": {"version": "2.0.1"}}}'),
        ("CONTRIBUTING.md", "Packages come from PyPI and npm, through any mirror."),
        ("LICENSE", "http://www.apache.org/licenses/LICENSE-2.0"),
    ],
)
def test_ordinary_files_are_left_alone(tmp_path: Path, name: str, content: str) -> None:
    assert refused(tmp_path, name, content) == []


def test_a_source_file_over_the_limit_is_named(tmp_path: Path) -> None:
    fine, long, data = tmp_path / "a.py", tmp_path / "b.py", tmp_path / "c.yml"
    fine.write_text("pass\n" * MOST_LINES)
    long.write_text("pass\n" * (MOST_LINES + 1))
    data.write_text("- x\n" * (MOST_LINES + 1))
    assert [line.partition(":")[0] for line in too_long([fine, long, data])] == [str(long)]


def test_ignored_and_deleted_files_are_not_the_repositorys(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    for name in (".gitignore", "kept.py", "ignored.py", "gone.py"):
        (tmp_path / name).write_text("ignored.py\n")
    subprocess.run(["git", "add", "gone.py"], cwd=tmp_path, check=True)
    (tmp_path / "gone.py").unlink()
    assert [path.name for path in tracked_files(tmp_path)] == [".gitignore", "kept.py"]
