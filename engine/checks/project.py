"""What a project consists of, each thing with the place where it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from engine.checks.findings import Finding, Place, error
from engine.checks.tree import Node, read

_INTENT_TITLE = re.compile(r"^\s*\[intent\.([\w-]+)\]")
_ENTITY = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
# What somebody who reads the training data compares: words alone.
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Example:
    """One training sentence."""

    place: Place
    intent: str
    language: str
    text: str

    @property
    def words(self) -> str:
        """Without markup, punctuation and capitals; the text itself where it has no words."""
        plain = _ENTITY.sub(r"\1", self.text).lower()
        return _NO_WORD.sub(" ", plain).strip() or plain.strip()


@dataclass(frozen=True)
class Step:
    """What a rule or story mentions: an `intent`, an `action`, a `form` or a `slot`."""

    place: Place
    kind: str
    name: str


@dataclass(frozen=True)
class Form:
    """A form and the slots that it asks for."""

    place: Place
    slots: dict[str, Place]


@dataclass(frozen=True)
class Slot:
    """A slot and how it is filled: (type, entity) of each mapping."""

    place: Place
    mappings: list[tuple[str, str | None]]


@dataclass
class Project:
    """Everything that the checks look at."""

    root: Path
    unreadable: list[Finding] = field(default_factory=list)
    intents: dict[str, Place] = field(default_factory=dict)
    entities: set[str] = field(default_factory=set)
    slots: dict[str, Slot] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    actions: set[str] = field(default_factory=set)
    domain_responses: dict[str, Place] = field(default_factory=dict)
    # language → name → places
    responses: dict[str, dict[str, list[Place]]] = field(default_factory=dict)
    # The payloads of all buttons: one that fills a slot asks for it.
    buttons: str = ""
    examples: list[Example] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    # None: the project has no file of titles.
    titles: dict[str, Place] | None = None
    desks: dict[str, str] = field(default_factory=dict)
    # Python and config: what names a response there uses it.
    sources: str = ""

    def response_names(self) -> set[str]:
        """All responses, in whatever language."""
        return {name for names in self.responses.values() for name in names} | {
            *self.domain_responses
        }

    def desk_of(self, intent: str) -> str | None:
        """The desk that an intent belongs to; None: all desks have it."""
        return next((desk for start, desk in self.desks.items() if intent.startswith(start)), None)


def read_project(root: Path) -> Project:
    """Reads what there is; a file that cannot be read is a finding, not an exception."""
    project = Project(root)
    for node in _files(project, [root / "domain.yml", *sorted(root.glob("domain/**/*.yml"))]):
        _read_domain(project, node)
    for language in _folders(root / "data" / "responses"):
        project.responses[language.name] = {}
        for node in _files(project, sorted(language.glob("*.yml"))):
            for name, key, variations in _section(node, "responses"):
                project.responses[language.name].setdefault(name, []).append(key.place)
                project.buttons += "\n".join(_payloads(variations))
    for language in _folders(root / "data" / "nlu"):
        for node in _files(project, sorted(language.glob("**/*.yml"))):
            _read_examples(project, node, language.name)
    training = [*root.glob("data/rules/**/*.yml"), *root.glob("data/stories/**/*.yml")]
    for node in _files(project, sorted(training)):
        _read_steps(project, node)
    for node in _files(project, [root / "config.yml"]):
        _read_desks(project, node)
    _read_titles(project, root / "bot" / "texts" / "intents.toml")
    project.sources = "\n".join(_sources(root))
    return project


def _files(project: Project, paths: list[Path]) -> Iterator[Node]:
    for path in paths:
        if not path.is_file():
            continue
        found = read(project.root, path)
        if isinstance(found, Finding):
            project.unreadable.append(found)
        else:
            yield found


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_dir())


def _section(node: Node, key: str) -> Iterator[tuple[str, Node, Node]]:
    section = node.get(key)
    if section is not None:
        yield from section.items()


def _names(node: Node, key: str) -> Iterator[tuple[str, Place]]:
    """A list of names, some of which are mappings of one key (`- greet: {use_entities: []}`)."""
    section = node.get(key)
    for entry in section.list() if section is not None else ():
        if entry.text is not None:
            yield entry.text, entry.place
        for name, at, _ in entry.items():
            yield name, at.place


def _read_domain(project: Project, node: Node) -> None:
    project.intents.update(_names(node, "intents"))
    project.entities.update(name for name, _ in _names(node, "entities"))
    project.actions.update(name for name, _ in _names(node, "actions"))
    for name, key, _ in _section(node, "responses"):
        project.domain_responses[name] = key.place
    for name, key, value in _section(node, "slots"):
        mappings = value.get("mappings")
        found = [
            (_text(mapping.get("type")) or "", _text(mapping.get("entity")))
            for mapping in (mappings.list() if mappings is not None else ())
        ]
        project.slots[name] = Slot(key.place, found)
    for name, key, value in _section(node, "forms"):
        wanted = value.get("required_slots")
        slots = wanted.list() if wanted is not None else ()
        project.forms[name] = Form(
            key.place, {slot.text: slot.place for slot in slots if slot.text is not None}
        )


def _text(node: Node | None) -> str | None:
    return None if node is None else node.text


def _payloads(variations: Node) -> Iterator[str]:
    for variation in variations.list():
        buttons = variation.get("buttons")
        for button in buttons.list() if buttons is not None else ():
            yield _text(button.get("payload")) or ""


def _read_examples(project: Project, node: Node, language: str) -> None:
    section = node.get("nlu")
    if section is None:
        project.unreadable.append(
            error(node.place, "there is no `nlu:`", "put the examples below `nlu:`")
        )
        return
    for block in section.list():
        intent, examples = _text(block.get("intent")), block.get("examples")
        if intent is None or examples is None:
            continue
        if examples.text is None:
            for entry in examples.list():
                text = _text(entry.get("text")) or ""
                project.examples.append(Example(entry.place, intent, language, text.strip()))
        for place, line in examples.lines():
            text = line.strip()
            if text.startswith("- ") and text[2:].strip():
                project.examples.append(Example(place, intent, language, text[2:].strip()))
            elif text:
                project.unreadable.append(
                    error(
                        place,
                        f"{text[:40]!r} is no example of {intent}: Rasa would leave it out",
                        "begin the line with `- ` and a text",
                    )
                )


def _read_steps(project: Project, node: Node) -> None:
    for section in ("rules", "stories"):
        found = node.get(section)
        for told in found.list() if found is not None else ():
            for key in ("condition", "steps"):
                steps = told.get(key)
                for step in steps.list() if steps is not None else ():
                    project.steps.extend(_mentions(step))


def _mentions(step: Node) -> Iterator[Step]:
    """A step may stand for several: `or:` has a list of them."""
    for key, _, value in step.items():
        if key == "or":
            for one in value.list():
                yield from _mentions(one)
        elif key in ("intent", "action") and value.text is not None:
            # `- intent: faq/prices` is of the intent `faq`.
            yield Step(value.place, key, value.text.partition("/")[0])
        elif key == "active_loop" and value.text is not None:
            yield Step(value.place, "form", value.text)
        elif key == "slot_was_set":
            for entry in value.list():
                for name, at, _ in entry.items():
                    yield Step(at.place, "slot", name)
                if entry.text is not None:
                    yield Step(entry.place, "slot", entry.text)


def _read_desks(project: Project, node: Node) -> None:
    """Which intents only compete within a desk, as a component of the pipeline has it."""
    pipeline = node.get("pipeline")
    for component in pipeline.list() if pipeline is not None else ():
        scopes = component.get("scopes")
        if scopes is not None:
            project.desks.update(
                {start: value.text for start, _, value in scopes.items() if value.text is not None}
            )


def _read_titles(project: Project, file: Path) -> None:
    if not file.is_file():
        return
    name = file.relative_to(project.root).as_posix()
    project.titles = {}
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if match := _INTENT_TITLE.match(line):
            project.titles[match[1]] = Place(name, number)


def _sources(root: Path) -> Iterator[str]:
    for folder in ("actions", "engine"):
        for path in sorted(root.glob(f"{folder}/**/*.py")):
            # Not this folder, which speaks about responses without saying any.
            if path.parent.name != "checks":
                yield path.read_text("utf-8")
    for name in ("config.yml", "endpoints.yml"):
        if (root / name).is_file():
            yield (root / name).read_text("utf-8")
