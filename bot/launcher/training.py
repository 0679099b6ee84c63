"""Trains the bot when what it is trained from has changed."""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.launcher import LauncherError
from bot.launcher.bots import USAGE_ERROR, Bot
from bot.launcher.models import Models
from bot.launcher.processes import Child, Processes, tail

# The lock too: a model trained with another Rasa or scikit-learn may not load.
INPUTS = ("config.yml", "domain.yml", "data", "engine", "requirements/engine.txt")
INPUTS_OF_GUESTS = ("requirements/engine.txt",)
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
_ERROR = re.compile(r"^(?:[\w.]*(?:Error|Exception|Invalid\w*|NotFound|Missing\w*|Exit))\b:? ?")
MOST_LETTERS = 400
_NOISE = re.compile(r"Warning|^@progress |^\s*(warnings\.warn|File \"|\^+\s*$)|^\s{4,}")


class Training:
    """The model of this checkout, or of somebody else's bot, and what it was trained from."""

    def __init__(self, root: Path, *, models: Path, logs: Path, bot: Bot | None = None) -> None:
        self.root = root
        self.bot = bot
        self._models = models if models.is_absolute() else root / models
        self._stamp = self._models / "fingerprint"
        self.model = self._models / f"{MODEL}.tar.gz"
        self.log = root / logs / "train.log"

    def fingerprint(self) -> str:
        """What a model would be trained from now."""
        digest = hashlib.sha256()
        for path in self._inputs():
            inside = path.is_relative_to(self.root)
            name = path.relative_to(self.root) if inside else path
            digest.update(f"{name.as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def is_current(self) -> bool:
        """Whether there is a model, trained from what is there now or chosen by somebody."""
        if Models(self.model).is_chosen:
            return True
        trained_from = self._stamp.read_text().strip() if self._stamp.exists() else ""
        return self.model.exists() and trained_from == self.fingerprint()

    def run(self, processes: Processes, tick: Callable[[], None] | None = None) -> None:
        """Trains; raises with what Rasa said last when no model comes of it."""
        trained_from = self.fingerprint()
        # Beside the old model, which stays in use should this one fail.
        fresh = self._models / ".training"
        shutil.rmtree(fresh, ignore_errors=True)
        child = self._child(fresh)
        processes.start(child)
        code = processes.wait_for_exit(child, tick)
        model = fresh / self.model.name
        if code != 0 or not model.exists():
            raise self._failure(code)
        self._stamp.unlink(missing_ok=True)
        model.replace(self.model)
        self._stamp.write_text(f"{trained_from}\n")
        shutil.rmtree(fresh)

    def _child(self, fresh: Path) -> Child:
        guest = self.bot
        return Child(
            name="training",
            command=[
                *(str(self.root / ENGINE_PYTHON), "-m", "engine.progress", "train"),
                *(guest.training_arguments() if guest else []),
                *("--fixed-model-name", MODEL, "--out", str(fresh)),
            ],
            log=self.log,
            environment={
                **ENGINE_ENVIRONMENT,
                **(guest.environment(with_engine=True) if guest else {}),
            },
            cwd=guest.folder if guest else None,
        )

    def _failure(self, code: int) -> LauncherError:
        said = meaningful(tail(self.log, lines=200))
        if self.bot is not None:
            # Whoever brings a bot made no mistake of ours: one sentence, and where the rest is.
            why = reason(said)
            return LauncherError(
                f"{self.bot.name} cannot be trained: {why} All of it: {self.log}",
                exit_code=USAGE_ERROR,
            )
        lines = "\n".join(f"    {line}" for line in said)
        return LauncherError(f"Training failed (exit code {code}):\n{lines}\nAll of it: {self.log}")

    def _inputs(self) -> Iterator[Path]:
        if self.bot is not None:
            yield from self.bot.training_files()
        for name in INPUTS_OF_GUESTS if self.bot else INPUTS:
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


def reason(said: list[str]) -> str:
    """The error that ended a training, in one line: the last one that a traceback names."""
    errors = [number for number, line in enumerate(said) if _ERROR.match(line)]
    chosen = said[errors[-1] :] if errors else said[-1:]
    words = _ERROR.sub("", " ".join(" ".join(chosen).split()), count=1) or "no reason was given"
    return words[:MOST_LETTERS] if words.endswith((".", "!", "?")) else f"{words[:MOST_LETTERS]}."
