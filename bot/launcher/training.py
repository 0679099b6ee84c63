"""Trains the bot when what it is trained from has changed."""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.launcher import LauncherError
from bot.launcher.processes import Child, Processes, tail

# The lock too: a model trained with another Rasa or scikit-learn may not load.
INPUTS = ("config.yml", "domain.yml", "data", "engine", "requirements/engine.txt")
MODEL = "firstline"
ENGINE_PYTHON = ".venv-engine/bin/python"
ENGINE_ENVIRONMENT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "PYTHONWARNINGS": "ignore",
}
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_NOISE = re.compile(r"Warning|^@progress |^\s*(warnings\.warn|File \"|\^+\s*$)|^\s{4,}")


class Training:
    """The model of this checkout and what it was trained from."""

    def __init__(self, root: Path, *, models: Path, logs: Path) -> None:
        self.root = root
        self._models = models if models.is_absolute() else root / models
        self._stamp = self._models / "fingerprint"
        self.model = self._models / f"{MODEL}.tar.gz"
        self.log = logs / "train.log"

    def fingerprint(self) -> str:
        """What a model would be trained from now."""
        digest = hashlib.sha256()
        for path in self._inputs():
            digest.update(f"{path.relative_to(self.root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def is_current(self) -> bool:
        """Whether there is a model, trained from what is there now."""
        trained_from = self._stamp.read_text().strip() if self._stamp.exists() else ""
        return self.model.exists() and trained_from == self.fingerprint()

    def run(self, processes: Processes, tick: Callable[[], None] | None = None) -> None:
        """Trains; raises with what Rasa said last when no model comes of it."""
        trained_from = self.fingerprint()
        # Beside the old model, which stays in use should this one fail.
        fresh = self._models / ".training"
        shutil.rmtree(fresh, ignore_errors=True)
        child = Child(
            name="training",
            command=[
                *(str(self.root / ENGINE_PYTHON), "-m", "engine.progress", "train"),
                *("--fixed-model-name", MODEL, "--out", str(fresh)),
            ],
            log=self.log,
            environment=ENGINE_ENVIRONMENT,
        )
        processes.start(child)
        code = processes.wait_for_exit(child, tick)
        model = fresh / self.model.name
        if code != 0 or not model.exists():
            reason = "\n".join(f"    {line}" for line in meaningful(tail(self.log, lines=200)))
            raise LauncherError(
                f"Training failed (exit code {code}):\n{reason}\nAll of it: {self.log}"
            )
        self._stamp.unlink(missing_ok=True)
        model.replace(self.model)
        self._stamp.write_text(f"{trained_from}\n")
        shutil.rmtree(fresh)

    def _inputs(self) -> Iterator[Path]:
        for name in INPUTS:
            path = self.root / name
            if path.is_file():
                yield path
            elif path.is_dir():
                yield from sorted(
                    inner
                    for inner in path.rglob("*")
                    if inner.is_file() and "__pycache__" not in inner.parts
                )


def meaningful(lines: list[str], *, most: int = 12) -> list[str]:
    """The end of a log without colours, warnings and the frames of tracebacks."""
    plain = [_COLOUR.sub("", line).rstrip() for line in lines]
    kept = [line for line in plain if line and not _NOISE.search(line)]
    return (kept or plain)[-most:]
