"""Somebody else's bot: a Rasa 3 project in a folder of its own, run without being touched.

What it lacks to run behind our channels is written to `var/bots/<name>/`: the endpoints, the
credentials and, where Rasa would write into it, a copy of its `config.yml`. Its model and Rasa's
cache live there too.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.launcher import LauncherError
from bot.launcher.processes import Child, tail
from bot.settings import Settings

USAGE_ERROR = 2
_MISSING_MODULE = re.compile(r"ModuleNotFoundError: No module named '([\w.]+)'")
OWN_PARTS = ("nlg", "nlu")  # of its endpoints.yml, besides the action endpoint
UNUSED_PARTS = ("tracker_store", "event_broker", "lock_store", "models")
DEFAULT_ID = "placeholder_default"
NOT_TRAINING = frozenset(
    {"actions", "tests", "models", "results", "node_modules", "venv", "env", "__pycache__"}
)
TRAINING_SUFFIXES = frozenset({".yml", ".yaml", ".json", ".md", ".txt", ".csv", ".tsv", ".py"})
SPARE_SECONDS = 2.0


@dataclass(frozen=True)
class Bot:
    """A Rasa project in `folder`; `place` is where we keep what belongs to it."""

    folder: Path
    place: Path

    @property
    def name(self) -> str:
        """As the welcome and the doctor call it."""
        return self.folder.name

    @property
    def domain(self) -> Path:
        """Its domain: a file, or a folder of files."""
        return _first(self.folder, "domain.yml", "domain.yaml", "domain")

    @property
    def data(self) -> Path:
        """Its training data."""
        return self.folder / "data"

    @property
    def own_config(self) -> Path:
        """Its configuration, as it wrote it."""
        return _first(self.folder, "config.yml", "config.yaml")

    @property
    def has_actions(self) -> bool:
        """Whether it brings code for an action server."""
        if (self.folder / "actions.py").is_file():
            return True
        return any((self.folder / "actions").glob("**/*.py"))

    @property
    def endpoints(self) -> Path:
        """The endpoints that we wrote for it."""
        return self.place / "endpoints.yml"

    @property
    def credentials(self) -> Path:
        """The channels that we wrote for it: ours alone."""
        return self.place / "credentials.yml"

    def require_complete(self) -> None:
        """Raises with the first thing without which Rasa could not even begin."""
        problem = next(self.problems(), None)
        if problem is not None:
            raise LauncherError(problem, exit_code=USAGE_ERROR)

    def problems(self) -> Iterator[str]:
        """What keeps it from running at all, a sentence each."""
        if not self.folder.is_dir():
            yield f"{self.folder} is no folder: --bot wants the folder of a Rasa 3 project."
            return
        if not self.own_config.is_file():
            yield f"{self.folder} has no config.yml: --bot wants the folder of a Rasa 3 project."
            return
        try:
            config = read_yaml(self.own_config)
            read_yaml(self.folder / "endpoints.yml")
        except LauncherError as error:
            yield str(error)
            return
        # Rasa's MultiProjectImporter finds domain and data in the projects that it imports.
        if not config.get("imports"):
            if not self.domain.exists():
                yield f"{self.folder} has no domain.yml and no folder `domain`."
            if not self.data.is_dir():
                yield f"{self.folder} has no folder `data` with its training data."
        yield from self._collisions()
        yield from old_format(self)

    def _collisions(self) -> Iterator[str]:
        for taken in ("engine.py", "engine/__init__.py"):
            if (self.folder / taken).is_file():
                yield (
                    f"{self.folder / taken} hides Firstline's own package of that name. Rename it."
                )

    def prepare(self, settings: Settings, *, root: Path) -> None:
        """Writes its endpoints, credentials and, where needed, config into its place."""
        self.require_complete()
        (self.place / "lib").mkdir(parents=True, exist_ok=True)
        # The one package of ours that its engine loads, and nothing else of the checkout.
        link = self.place / "lib/engine"
        link.unlink(missing_ok=True)
        link.symlink_to(root / "engine")
        _write(self.endpoints, self._endpoints(settings))
        _write(self.credentials, self._credentials(settings))
        self._copy_config()

    def _endpoints(self, settings: Settings) -> dict[str, Any]:
        theirs = read_yaml(self.folder / "endpoints.yml")
        kept = {part: theirs[part] for part in OWN_PARTS if theirs.get(part)}
        store = {"type": "engine.turn_store.TurnStore"}
        action = theirs.get("action_endpoint") or {}
        if self.has_actions:
            action = {**action, "url": settings.actions_url}
        return {"tracker_store": store, **kept, **({"action_endpoint": action} if action else {})}

    def _credentials(self, settings: Settings) -> dict[str, Any]:
        timeout = max(1.0, settings.engine_timeout - SPARE_SECONDS)
        channel = {
            **{"timeout": timeout, "guest": True},
            "human_intents": settings.human_intent_names(),
        }
        return {"engine.turn_channel.TurnChannel": channel}

    def config(self) -> Path:
        """What Rasa reads: its own file, or our copy if Rasa would write into it."""
        return self.own_config if is_complete(read_yaml(self.own_config)) else self._copy

    @property
    def _copy(self) -> Path:
        return self.place / "config.yml"

    def _copy_config(self) -> None:
        config = read_yaml(self.own_config)
        if is_complete(config):
            return
        if isinstance(config.get("imports"), list):
            imports = [str(self.folder / str(each)) for each in config["imports"]]
            _write(self._copy, {**config, "imports": imports, "assistant_id": self.place.name})
            return
        # Its words with its comments: Rasa fills in what is missing, here and not there.
        words = re.sub(
            r"(?m)^assistant_id:.*\n?", "", self.own_config.read_text("utf-8", "replace")
        )
        self._copy.write_text(f"{words.rstrip()}\nassistant_id: {self.place.name}\n", "utf-8")

    def environment(self, *, with_engine: bool) -> Mapping[str, str]:
        """Nothing is written into its folder; packages that only it needs are found."""
        paths = [self.place / "lib"] if with_engine else []
        paths.append(self.place / "packages")
        inherited = os.environ.get("PYTHONPATH")
        return {
            "PYTHONPATH": os.pathsep.join([*map(str, paths), *([inherited] if inherited else [])]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "RASA_CACHE_DIRECTORY": str(self.place / "cache"),
        }

    def explain(self, children: Sequence[Child]) -> None:
        """Raises the one sentence, when a package that it needs kept a child from starting."""
        for child in children:
            missing = _MISSING_MODULE.search("\n".join(tail(child.log, lines=200)))
            if missing:
                raise LauncherError(
                    f"The {child.name} cannot start: {self.name} needs the Python module "
                    f"{missing[1]}, which is not installed. `firstline doctor --bot "
                    f"{self.folder}` says how to add it. All of it: {child.log}",
                    exit_code=USAGE_ERROR,
                )

    def training_arguments(self) -> list[str]:
        """What `rasa train` has to be told."""
        found = ["--config", str(self.config())]
        if self.domain.exists():
            found += ["--domain", str(self.domain)]
        if self.data.is_dir():
            found += ["--data", str(self.data)]
        return found

    def training_files(self) -> Iterator[Path]:
        """What its model is made from: its YAML and data, and the code of its own components."""
        for path in sorted(self.folder.rglob("*")):
            inner = path.relative_to(self.folder).parts
            if any(part in NOT_TRAINING or part.startswith(".") for part in inner):
                continue
            if path.suffix in TRAINING_SUFFIXES and path.is_file():
                yield path


def open_bot(settings: Settings, *, root: Path) -> Bot | None:
    """The bot that `--bot` or FIRSTLINE_BOT_DIR names; None: our own."""
    if settings.bot_dir is None:
        return None
    folder = (root / settings.bot_dir.expanduser()).resolve()
    name = re.sub(r"[^\w.-]+", "-", folder.name).strip("-.") or "bot"
    return Bot(folder, root / settings.data_dir / "bots" / name)


# `Any`: a YAML file of somebody else.
def read_yaml(path: Path) -> dict[str, Any]:
    """The file's mapping; empty when there is no such file; raises with the place of a fault."""
    if not path.is_file():
        return {}
    try:
        found = yaml.safe_load(path.read_text("utf-8", "replace"))
    except yaml.YAMLError as error:
        raise LauncherError(_fault(path, error), exit_code=USAGE_ERROR) from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise LauncherError(f"{path} is no YAML mapping.", exit_code=USAGE_ERROR)
    return found


def is_complete(config: Mapping[str, Any]) -> bool:
    """Whether Rasa would leave the file alone: it writes what is missing into it."""
    known = config.get("assistant_id") not in (None, DEFAULT_ID)
    return known and config.get("pipeline") is not None and config.get("policies") is not None


def old_format(bot: Bot) -> Iterator[str]:
    """A domain of Rasa 2, which Rasa 3 cannot read."""
    files = [bot.domain] if bot.domain.is_file() else sorted(bot.domain.glob("**/*.y*ml"))
    for file in files:
        try:
            domain = read_yaml(file)
        except LauncherError as error:
            yield str(error)
            continue
        slots = domain.get("slots") if isinstance(domain.get("slots"), dict) else {}
        bare = [
            name
            for name, slot in (slots or {}).items()
            if name not in ("requested_slot", "session_started_metadata")
            and not (isinstance(slot, dict) and slot.get("mappings"))
        ]
        if bare or isinstance(domain.get("forms"), list):
            why = f"the slot `{bare[0]}` has no mappings" if bare else "`forms` is a list"
            yield (
                f"{file} is in the format of Rasa 2 ({why}), and this engine is Rasa 3.6: "
                "migrate a copy with `.venv-engine/bin/rasa data migrate` (docs/your-bot.md)."
            )


def _first(folder: Path, *names: str) -> Path:
    """The first that exists, or else the first name."""
    return next((folder / name for name in names if (folder / name).exists()), folder / names[0])


def _fault(path: Path, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or type(error).__name__
    where = f", line {mark.line + 1}" if mark is not None else ""
    return f"{path}{where} is no valid YAML: {what}."


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True), "utf-8")
