"""The trained models that are kept, which of them is in use, and the way back.

`models/firstline.tar.gz` is the one in use; `models/kept/` has copies under names that stay, and
`history` with the names in the order in which they came into use, the last one in use now.
Copies, because whoever overwrites the file in use must not change the one to go back to.
"""

import fcntl
import json
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.launcher import LauncherError
from bot.launcher.ports import USAGE_ERROR

MOST_KEPT = 5
SUFFIX = ".tar.gz"
ID_LENGTH = 8


@dataclass(frozen=True)
class Model:
    """A kept model. Its name begins with when it came here, and ends with its id's beginning."""

    file: Path
    in_use: bool = False

    @property
    def name(self) -> str:
        """As commands take it."""
        return self.file.name.removesuffix(SUFFIX)


class Models:
    """`in_use`: the file that engines load when nothing else is said."""

    def __init__(self, in_use: Path) -> None:
        self.in_use = in_use
        self._kept = in_use.parent / "kept"
        self._history = self._kept / "history"
        self._chosen = self._kept / "chosen"

    @property
    def is_chosen(self) -> bool:
        """Whether somebody chose the model in use, so that only a wish for training replaces it."""
        return self._chosen.exists() and self.in_use.exists()

    def keep(self) -> Path:
        """The model in use under a name that stays; raises when it is no model."""
        with self._alone():
            known = self._find(self.in_use) or self._copy(self.in_use)
            self._note(known)
            return known

    def all(self) -> list[Model]:
        """Every kept model, the newest first."""
        now = self._find(self.in_use) if self.in_use.exists() else None
        return [Model(file, in_use=file == now) for file in self._files()]

    def use(self, wanted: str, *, seen_from: Path) -> Model:
        """Puts a kept model into use by its name, or one from anywhere by its file."""
        file = self._named(wanted) or seen_from / Path(wanted).expanduser()
        if not file.is_file():
            raise LauncherError(
                f"{wanted} is neither a file nor a kept model: `firstline model list` names them.",
                exit_code=USAGE_ERROR,
            )
        if self.in_use.exists():
            self.keep()
        with self._alone():
            return self._put(self._find(file) or self._copy(file))

    def back(self) -> Model:
        """Puts the model into use that was before this one."""
        past = [name for name in self._past() if (self._kept / name).is_file()]
        if past and self.in_use.exists() and self._find(self.in_use) == self._kept / past[-1]:
            past.pop()
        if not past:
            raise LauncherError("There is no earlier model to go back to.")
        with self._alone():
            self._write_past(past[:-1])
            return self._put(self._kept / past[-1])

    def forget(self, file: Path) -> None:
        """It does not work: nobody shall go back to it."""
        with self._alone():
            file.unlink(missing_ok=True)
            self._write_past([name for name in self._past() if name != file.name])

    def trained(self) -> None:
        """A new model was wished for, and is in use."""
        self._chosen.unlink(missing_ok=True)
        self.keep()

    def _put(self, kept: Path) -> Model:
        draft = self.in_use.with_name(f"{self.in_use.name}.tmp")
        shutil.copy2(kept, draft)
        draft.replace(self.in_use)
        self._note(kept)
        self._chosen.write_text(f"{kept.name}\n")
        return Model(kept, in_use=True)

    def _copy(self, file: Path) -> Path:
        # `20261128T113400-1a2b3c4d`: sorted by name is sorted by time.
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        end = f"-{model_id(file)[:ID_LENGTH]}{SUFFIX}"
        # The same model from elsewhere is no second one.
        again = next((kept for kept in self._files() if kept.name.endswith(end)), None)
        kept = again or self._kept / f"{moment}{end}"
        draft = kept.with_name(f".{kept.name}")
        shutil.copy2(file, draft)
        draft.replace(kept)
        return kept

    def _note(self, kept: Path) -> None:
        past = self._past()
        if past[-1:] != [kept.name]:
            self._write_past([*past, kept.name])
        spared = {kept.name, *self._past()[-2:]}
        for old in self._files()[MOST_KEPT:]:
            if old.name not in spared:
                old.unlink()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """A training, `up` and `firstline model` may all want to keep the same model."""
        self._kept.mkdir(parents=True, exist_ok=True)
        with (self._kept / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _files(self) -> list[Path]:
        found = self._kept.glob(f"[!.]*{SUFFIX}")
        return sorted(found, key=lambda file: file.name, reverse=True)

    def _find(self, file: Path) -> Path | None:
        """The kept copy of the file: copies have its size and its time, to the nanosecond."""
        if file.parent == self._kept:
            return file
        return next((kept for kept in self._files() if _sign(kept) == _sign(file)), None)

    def _named(self, wanted: str) -> Path | None:
        kept = self._kept / f"{Path(wanted).name.removesuffix(SUFFIX)}{SUFFIX}"
        return kept if "/" not in wanted and kept.is_file() else None

    def _past(self) -> list[str]:
        return self._history.read_text().split() if self._history.exists() else []

    def _write_past(self, names: Iterable[str]) -> None:
        draft = self._history.with_suffix(".tmp")
        draft.write_text("".join(f"{name}\n" for name in names))
        draft.replace(self._history)


def model_id(file: Path) -> str:
    """The id that an engine with this model tells; raises when the file is no trained model."""
    try:
        with tarfile.open(file) as archive:
            for member in archive:
                found = archive.extractfile(member) if member.name == "metadata.json" else None
                if found is not None:
                    return str(json.load(found)["model_id"])
    except (OSError, EOFError, tarfile.TarError, ValueError, LookupError, TypeError):
        pass
    raise LauncherError(f"{file} is no trained model, or not all of it.", exit_code=USAGE_ERROR)


def _sign(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns
