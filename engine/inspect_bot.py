"""What a Rasa project is made of, as Rasa reads it; `firstline doctor --bot` asks in its folder.

python -m engine.inspect_bot CONFIG DOMAIN DATA prints one line of JSON, the last of its output.
"""

from __future__ import annotations

import ast
import importlib
import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_components import DEFAULT_COMPONENTS
from rasa.shared.core.domain import Domain
from rasa.shared.importers.importer import TrainingDataImporter

from engine.guest import KEPT_TURNS
from engine.replies import handoff_of

# `Any`: what a stranger's configuration holds.
Json = dict[str, Any]
POLICIES_THAT_LOOK_BACK = {"MemoizationPolicy", "AugmentedMemoizationPolicy", "TEDPolicy"}
FALLBACKS = {"FallbackClassifier", "engine.nlu.familiarity.Familiarity"}
LOCAL = Path()
_DEFAULTS = {component.__name__ for component in DEFAULT_COMPONENTS}


def inspect(config_file: str, domain_path: str, data: str) -> Json:
    """The facts that the doctor judges."""
    importer = TrainingDataImporter.load_from_config(config_file, domain_path, [data])
    config, domain = importer.get_config(), importer.get_domain()
    stories, examples = importer.get_stories(), importer.get_nlu_data()
    components = [str(part.get("name")) for part in config.get("pipeline") or []]
    policies = config.get("policies") or []
    parts = [*components, *(str(policy.get("name")) for policy in policies)]
    code = _Code()
    actions = sorted(_custom_actions(domain))
    return {
        "intents": sorted(domain.intents),
        "examples": len(examples.intent_examples),
        "stories": len(stories.story_steps),
        "custom_actions": actions,
        "told_slots": sorted(_told(domain)),
        "has_fallback": not config.get("pipeline") or bool(FALLBACKS.intersection(components)),
        "too_long_memory": [_memory(one) for one in policies if _looks_too_far_back(one)],
        "kept_turns": KEPT_TURNS,
        "missing_components": sorted({name for name in parts if not _is_component(name)}),
        "asks_for_human": _asks_for_human(domain, code),
        "broken_code": code.broken,
        "missing_imports": sorted({name for tree in code.trees for name in _missing(tree)}),
        "missing_actions": [name for name in actions if name not in code.texts],
        "reminders": "ReminderScheduled" in code.names,
    }


def _asks_for_human(domain: Domain, code: _Code) -> bool:
    if "ConversationPaused" in code.names or {"handoff", "handoff_host"} & code.texts:
        return True
    said = [variation for every in domain.responses.values() for variation in every]
    return any(handoff_of(variation) is not None for variation in said)


def _custom_actions(domain: Domain) -> Iterator[str]:
    answers = {*domain.responses, *(f"utter_{intent}" for intent in domain.retrieval_intents)}
    yield from (name for name in domain.user_actions if name not in answers)


def _told(domain: Domain) -> Iterator[str]:
    """Slots named like ours that nothing of the bot fills."""
    for slot in domain.slots:
        if slot.name in ("language", "desk") and all(
            mapping.get("type") == "custom" for mapping in slot.mappings
        ):
            yield slot.name


def _looks_too_far_back(policy: Json) -> bool:
    if policy.get("name") not in POLICIES_THAT_LOOK_BACK:
        return False
    history = policy.get("max_history")
    return history is None or int(history) > KEPT_TURNS


def _memory(policy: Json) -> str:
    history = policy.get("max_history")
    return f"{policy['name']} ({'the whole conversation' if history is None else history})"


def _is_component(name: str) -> bool:
    if name in _DEFAULTS:
        return True
    module, _, member = name.rpartition(".")
    try:
        return bool(module) and hasattr(importlib.import_module(module), member)
    except ImportError:
        return False


class _Code:
    """What the actions' source says, without running it."""

    def __init__(self) -> None:
        self.trees: list[ast.Module] = []
        self.broken: list[str] = []
        for file in [LOCAL / "actions.py", *sorted((LOCAL / "actions").glob("**/*.py"))]:
            if file.is_file():
                self._read(file)
        nodes = [node for tree in self.trees for node in ast.walk(tree)]
        self.names = {node.id for node in nodes if isinstance(node, ast.Name)}
        # An action's name is one of the texts, whatever way it is written.
        constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
        self.texts = {value for value in constants if isinstance(value, str)}

    def _read(self, file: Path) -> None:
        try:
            self.trees.append(ast.parse(file.read_text("utf-8", "replace")))
        except SyntaxError as error:
            self.broken.append(f"{file}, line {error.lineno}: {error.msg}")


def _missing(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        found = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found = [node.module]
        for name in found:
            top = name.partition(".")[0]
            if not _can_be_found(top):
                yield top


def _can_be_found(name: str) -> bool:
    if (LOCAL / name).is_dir() or (LOCAL / f"{name}.py").is_file():
        return True
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def main(arguments: list[str]) -> None:
    """Prints the facts, or the sentence that says why there are none."""
    try:
        facts = inspect(*arguments)
    # Whatever Rasa says about a stranger's project is what the stranger wants to know.
    except Exception as error:  # noqa: BLE001
        facts = {"error": f"{' '.join(str(error).split())[:500] or type(error).__name__}"}
    sys.stdout.write(f"\n{json.dumps(facts)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
