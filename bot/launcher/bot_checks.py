"""What the doctor says about somebody else's bot: what it lacks here, and what to do about it."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.launcher.bots import UNUSED_PARTS, Bot, read_yaml
from bot.launcher.training import ENGINE_ENVIRONMENT, ENGINE_PYTHON
from bot.settings import Settings

GUIDE = "docs/your-bot.md"
INSPECT_SECONDS = 120
# What such an intent is often called; only those of FIRSTLINE_HUMAN_INTENTS count.
SOUNDS_LIKE_HUMAN = (
    "human",
    "agent",
    "handoff",
    "hand_off",
    "operator",
    "person",
    "representative",
)

# `Any`: what engine.inspect_bot found.
Facts = dict[str, Any]


class State(StrEnum):
    """How a check came out; `WARN` is worth a look, `FAIL` keeps the desk from working."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """One line of the doctor's report."""

    name: str
    state: State
    detail: str
    remedy: str | None = None


def examine_bot(bot: Bot, settings: Settings, *, root: Path) -> Iterator[Check]:
    """All checks of the project; the later ones only when Rasa can read it."""
    problems = list(bot.problems())
    if problems:
        for problem in problems:
            yield Check("bot", State.FAIL, problem, f"see {GUIDE}")
        return
    yield Check("bot", State.OK, f"{bot.name} in {bot.folder}")
    bot.prepare(settings, root=root)
    facts = _inspect(bot, root)
    if "error" in facts:
        yield Check("bot data", State.FAIL, str(facts["error"]), f"mend it in {bot.folder}")
        return
    yield from _training_data(facts)
    yield from _human(facts, settings)
    yield _language_and_desk(facts)
    yield from _actions(bot, facts, root)
    yield from _memory(facts)
    yield from _unused(bot)


def _inspect(bot: Bot, root: Path) -> Facts:
    python = str(root / ENGINE_PYTHON)
    paths = [str(bot.config()), str(bot.domain), str(bot.data)]
    environment = {**os.environ, **ENGINE_ENVIRONMENT, **bot.environment(with_engine=True)}
    try:
        done = subprocess.run(
            [python, "-m", "engine.inspect_bot", *paths],
            cwd=bot.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=INSPECT_SECONDS,
            check=False,
        )
        facts: Facts = json.loads(done.stdout.strip().rpartition("\n")[2])
    except (OSError, subprocess.TimeoutExpired) as error:
        return {"error": f"the engine's Python cannot look at it: {error}"}
    except ValueError:
        said = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        return {"error": f"Rasa cannot read it: {said}"}
    return facts


def _training_data(facts: Facts) -> Iterator[Check]:
    name = "bot data"
    amount = f"{facts['examples']} examples, {facts['stories']} steps of stories and rules"
    if not facts["examples"] or not facts["stories"]:
        remedy = "add what is missing to its data folder: Rasa needs both to answer"
        yield Check(name, State.FAIL, f"has {amount}", remedy)
    else:
        yield Check(name, State.OK, amount)
    for component in facts["missing_components"]:
        detail = f"config.yml names {component}, which cannot be imported"
        remedy = "put its module below the project's folder, or install its package (next lines)"
        yield Check("bot components", State.FAIL, detail, remedy)
    if not facts["has_fallback"]:
        detail = "its pipeline has no FallbackClassifier, so it never says that it is not sure"
        remedy = "add one to config.yml; two such answers in a row bring a human"
        yield Check("bot fallback", State.WARN, detail, remedy)


def _human(facts: Facts, settings: Settings) -> Iterator[Check]:
    name, wanted = "bot handoff", settings.human_intent_names()
    known = [intent for intent in facts["intents"] if intent in wanted]
    if known or facts["asks_for_human"]:
        how = f"by the intent {', '.join(known)}" if known else "by an action or a response"
        yield Check(name, State.OK, f"it asks for a human {how}")
        return
    similar = [
        intent
        for intent in facts["intents"]
        if any(word in intent.lower() for word in SOUNDS_LIKE_HUMAN)
    ]
    remedy = (
        f"FIRSTLINE_HUMAN_INTENTS={','.join(similar)}"
        if similar
        else f"add an intent talk_to_human with a rule, or another of the ways in {GUIDE}"
    )
    detail = "it never asks for a human; the widget's button for that works all the same"
    yield Check(name, State.WARN, detail, remedy)


def _language_and_desk(facts: Facts) -> Check:
    name, told = "bot languages", facts["told_slots"]
    if "language" in told:
        return Check(name, State.OK, f"it is told {' and '.join(told)}")
    detail = "it has no slot `language` to be told, so it answers everybody in its own language"
    remedy = f"add a slot `language` (and `desk`) with a custom mapping; see {GUIDE}"
    return Check(name, State.WARN, detail, remedy)


def _actions(bot: Bot, facts: Facts, root: Path) -> Iterator[Check]:
    name = "bot actions"
    for place in facts["broken_code"]:
        yield Check(name, State.FAIL, place, "correct the code")
    if facts["missing_imports"]:
        missing = " ".join(facts["missing_imports"])
        remedy = (
            f"{_installer(root)} --python {root / ENGINE_PYTHON} "
            f"--target {bot.place / 'packages'} {missing}"
            " (the package of an import may have another name)"
        )
        yield Check(name, State.FAIL, f"they import what is not installed: {missing}", remedy)
    wanted = facts["custom_actions"]
    if wanted and not bot.has_actions:
        url = (read_yaml(bot.folder / "endpoints.yml").get("action_endpoint") or {}).get("url")
        if url:
            yield Check(name, State.OK, f"run elsewhere, at {url}")
            return
        detail = f"its domain names {', '.join(wanted)}, but there is no code and no endpoint"
        remedy = "add actions.py or actions/, or action_endpoint in its endpoints.yml"
        yield Check(name, State.FAIL, detail, remedy)
    elif facts["missing_actions"]:
        detail = f"the code names no {', '.join(facts['missing_actions'])}"
        yield Check(name, State.WARN, detail, "add them to its actions, or remove them there")
    elif wanted and not facts["missing_imports"]:
        yield Check(name, State.OK, f"{len(wanted)}, all in its code")
    if facts["reminders"]:
        detail = "they schedule reminders, which never fire here: a bot speaks when it is spoken to"
        yield Check("bot reminders", State.WARN, detail, "let the customer's next message do it")


def _memory(facts: Facts) -> Iterator[Check]:
    if facts["too_long_memory"]:
        kept = facts["kept_turns"]
        detail = (
            f"{', '.join(facts['too_long_memory'])} may look back further than the last {kept} "
            "messages of the customer, which is what travels with a turn"
        )
        remedy = f"set max_history to {kept} or less; shorter conversations are not affected"
        yield Check("bot memory", State.WARN, detail, remedy)


def _unused(bot: Bot) -> Iterator[Check]:
    parts = [part for part in UNUSED_PARTS if read_yaml(bot.folder / "endpoints.yml").get(part)]
    if parts:
        detail = f"endpoints.yml sets {', '.join(parts)}, which is not used here"
        remedy = "nothing to do: Firstline keeps conversations itself"
        yield Check("bot endpoints", State.WARN, detail, remedy)
    channels = read_yaml(bot.folder / "credentials.yml")
    if channels:
        detail = f"credentials.yml names {', '.join(map(str, channels))}, which is not used here"
        remedy = "nothing to do: customers come through Firstline's channels"
        yield Check("bot channels", State.WARN, detail, remedy)


def _installer(root: Path) -> str:
    brought = root / ".tools/uv/bin/uv"
    return f"{brought if brought.exists() else 'uv'} pip install"
