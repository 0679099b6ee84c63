"""Which models are kept, which is in use, and the way back."""

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from bot.launcher import LauncherError
from bot.launcher.models import MOST_KEPT, Models, model_id
from bot.launcher.training import Training


def write_model(file: Path, name: str, **more: object) -> Path:
    """As good as a trained one, for whoever only asks for its id."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"model_id": name, **more}).encode()
    draft = file.with_name(f"{file.name}.draft")
    with tarfile.open(draft, "w:gz") as archive:
        member = tarfile.TarInfo("metadata.json")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    draft.replace(file)
    return file


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(tmp_path / "models/firstline.tar.gz")


def train(models: Models, name: str) -> None:
    write_model(models.in_use, name)
    models.trained()


def ids(models: Models) -> set[str]:
    return {model_id(model.file) for model in models.all()}


def test_what_was_trained_is_kept_and_marked(models: Models) -> None:
    train(models, "m1")
    train(models, "m2")
    assert ids(models) == {"m1", "m2"}
    assert [model_id(model.file) for model in models.all() if model.in_use] == ["m2"]
    assert not models.is_chosen


def test_back_and_back_again_and_forth(models: Models, tmp_path: Path) -> None:
    for name in ("m1", "m2", "m3"):
        train(models, name)
    newest = next(model.name for model in models.all() if model.in_use)
    assert model_id(models.back().file) == "m2"
    assert model_id(models.in_use) == "m2"
    assert models.is_chosen
    assert model_id(models.back().file) == "m1"
    with pytest.raises(LauncherError, match="no earlier model"):
        models.back()
    assert model_id(models.in_use) == "m1"
    models.use(newest, seen_from=tmp_path)
    assert model_id(models.in_use) == "m3"
    assert model_id(models.back().file) == "m1"


def test_a_file_from_elsewhere_is_used_and_kept(models: Models, tmp_path: Path) -> None:
    write_model(models.in_use, "m1")  # by an older version of this program: kept nowhere
    write_model(tmp_path / "elsewhere/new.tar.gz", "m2")
    models.use("elsewhere/new.tar.gz", seen_from=tmp_path)
    assert model_id(models.in_use) == "m2"
    assert ids(models) == {"m1", "m2"}
    models.use("elsewhere/new.tar.gz", seen_from=tmp_path)
    assert len(models.all()) == 2
    assert model_id(models.back().file) == "m1"


def test_overwriting_the_file_in_use_does_not_change_the_kept_one(models: Models) -> None:
    train(models, "m1")
    kept = models.keep()
    with models.in_use.open("r+b") as file:
        file.write(b"something else")
    assert model_id(kept) == "m1"


@pytest.mark.parametrize("content", [b"", b"text", b"\x1f\x8b half of it"])
def test_what_is_no_model_is_refused_and_changes_nothing(
    models: Models, tmp_path: Path, content: bytes
) -> None:
    train(models, "m1")
    (tmp_path / "bad.tar.gz").write_bytes(content)
    with pytest.raises(LauncherError, match="no trained model") as refusal:
        models.use("bad.tar.gz", seen_from=tmp_path)
    assert refusal.value.exit_code == 2
    with pytest.raises(LauncherError, match="neither a file nor a kept model"):
        models.use("nothing", seen_from=tmp_path)
    assert model_id(models.in_use) == "m1"


def test_half_a_model_is_no_model(models: Models, tmp_path: Path) -> None:
    whole = write_model(tmp_path / "whole.tar.gz", "m1", words=os.urandom(5000).hex())
    half = tmp_path / "half.tar.gz"
    half.write_bytes(whole.read_bytes()[:2000])
    with pytest.raises(LauncherError, match="not all of it"):
        models.use(str(half), seen_from=tmp_path)


def test_few_are_kept_and_always_the_way_back(models: Models) -> None:
    for number in range(MOST_KEPT + 4):
        train(models, f"m{number}")
    assert len(models.all()) == MOST_KEPT
    assert model_id(models.back().file) == f"m{MOST_KEPT + 2}"


def test_one_that_does_not_work_is_forgotten(models: Models) -> None:
    train(models, "m1")
    train(models, "m2")
    models.forget(models.keep())
    assert model_id(models.in_use) == "m2"  # whoever put it there decides
    assert model_id(models.back().file) == "m1"


def test_a_chosen_model_is_not_trained_over(models: Models, tmp_path: Path) -> None:
    training = Training(tmp_path, models=Path("models"), logs=tmp_path / "logs")
    assert training.model == models.in_use
    train(models, "m1")
    train(models, "m2")
    assert not training.is_current()
    models.back()
    assert training.is_current()
    train(models, "m3")
    assert not training.is_current()


def test_the_commands_without_a_running_up(models: Models, tmp_path: Path) -> None:
    def firstline(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from bot.cli import main; main()", "model", *arguments]
        places = {
            "FIRSTLINE_MODELS_DIR": str(models.in_use.parent),
            "FIRSTLINE_DATA_DIR": str(tmp_path / "var"),
        }
        env = {**os.environ, **places}
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    assert "firstline train" in firstline("list").stdout
    train(models, "m1")
    train(models, "m2")
    listed = firstline("list").stdout.splitlines()
    assert sorted(line[0] for line in listed) == [" ", "*"]
    done = firstline("back")
    assert done.returncode == 0, done.stderr
    assert "-m1 is in use" in done.stdout
    assert "restarted" in done.stdout
    again = firstline("back")
    assert (again.returncode, again.stderr) == (1, "There is no earlier model to go back to.\n")
    wrong = firstline("use", "nonsense")
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
