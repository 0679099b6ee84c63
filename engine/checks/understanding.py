"""Checks of the examples and of the intents that they belong to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from engine.checks.findings import Finding, Place, error, warning
from engine.checks.project import Example, Project

ENOUGH = 15
TOO_FEW = 5
# Rasa's own; the fallback is no intent that anybody means.
DEFAULT_INTENTS = {"restart", "back", "session_start", "nlu_fallback", "out_of_scope"}


def doubled_examples(project: Project) -> Iterator[Finding]:
    """The same sentence under two intents that compete, or twice under one."""
    said: dict[str, list[Example]] = defaultdict(list)
    for example in project.examples:
        earlier = said[example.words]
        for other in earlier:
            if other.intent == example.intent:
                yield warning(
                    example.place,
                    f"{example.text!r} stands twice under {example.intent}: also {other.place}",
                    "remove one",
                )
                break
            if _compete(project, other.intent, example.intent):
                yield error(
                    example.place,
                    f"{example.text!r} is an example of {example.intent}, and at {other.place} "
                    f"one of {other.intent}",
                    "keep it where it belongs; if it fits both, the two intents may be one",
                )
                break
        earlier.append(example)


def _compete(project: Project, one: str, other: str) -> bool:
    desks = {project.desk_of(one), project.desk_of(other)}
    return None in desks or len(desks) == 1


def undeclared_intents(project: Project) -> Iterator[Finding]:
    """Examples of an intent that the domain does not have."""
    seen: set[str] = set()
    for example in project.examples:
        name = example.intent.partition("/")[0]
        if name not in project.intents and name not in seen:
            seen.add(name)
            yield error(
                example.place,
                f"the intent {name} has examples, but the domain does not know it",
                f"add `- {name}` to `intents:` in domain.yml, or correct the name here",
            )


def few_examples(project: Project) -> Iterator[Finding]:
    """An intent needs examples in each language that the bot is taught."""
    languages = sorted({example.language for example in project.examples})
    count = Counter((one.intent.partition("/")[0], one.language) for one in project.examples)
    for intent, place in project.intents.items():
        for language in languages:
            found = count[intent, language]
            what = f"the intent {intent} has {found} examples in {language}"
            remedy = f"write {ENOUGH - found} more in data/nlu/{language}/"
            if found < TOO_FEW:
                yield error(place, what, remedy)
            elif found < ENOUGH:
                yield warning(place, f"{what}, {ENOUGH} are a good start", remedy)


def untold_intents(project: Project) -> Iterator[Finding]:
    """An intent that no rule and no story mentions is understood for nothing."""
    told = {step.name for step in project.steps if step.kind == "intent"}
    for intent, place in project.intents.items():
        if intent not in told:
            yield error(
                place,
                f"the intent {intent} is in no rule and no story, so nothing answers it",
                "add a rule in data/rules/, or remove the intent",
            )


def untitled_intents(project: Project) -> Iterator[Finding]:
    """Titles stand on the buttons of “Did you mean …?” and on the agent's screen."""
    if project.titles is None:
        return
    for intent, place in project.intents.items():
        if intent not in project.titles:
            yield warning(
                place,
                f"the intent {intent} has no title, so people would read its name",
                f"add [intent.{intent}] with en and pl to bot/texts/intents.toml",
            )
    for intent, place in project.titles.items():
        if intent not in project.intents and intent not in DEFAULT_INTENTS:
            yield warning(
                place,
                f"a title for {intent}, which is no intent of the domain",
                "correct the name, or remove the title",
            )


def no_examples_at_all(project: Project) -> Iterator[Finding]:
    """A project without examples has nothing to be trained from."""
    if not project.examples and not project.unreadable:
        yield error(
            Place("data/nlu", 1),
            "there are no examples",
            "write some: data/nlu/<language>/<topic>.yml",
        )
