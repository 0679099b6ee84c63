"""Checks of the rules, the responses and the forms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.checks.findings import Finding, error, warning
from engine.checks.project import Form, Project, Slot, Step
from engine.checks.understanding import DEFAULT_INTENTS

# Rasa brings these.
DEFAULT_ACTIONS = {
    "action_back",
    "action_deactivate_loop",
    "action_default_ask_affirmation",
    "action_default_ask_rephrase",
    "action_default_fallback",
    "action_extract_slots",
    "action_listen",
    "action_restart",
    "action_revert_fallback_events",
    "action_send_text",
    "action_session_start",
    "action_two_stage_fallback",
    "action_unlikely_intent",
    "validate_slot_mappings",
}
# Rasa keeps in it what a form asks for.
DEFAULT_SLOTS = {"requested_slot"}
_NAMED = re.compile(r"utter_\w+")
_GAP = r"\{[^{}]*\}"
_BUILT = re.compile(rf"utter_\w*{_GAP}(?:\w|{_GAP})*")
_LITERAL = re.compile(r"[\"'](\w+)[\"']")


def unknown_steps(project: Project) -> Iterator[Finding]:
    """A rule that mentions what does not exist."""
    known = {
        "intent": {*project.intents, *DEFAULT_INTENTS},
        "action": project.response_names() | project.actions | {*project.forms} | DEFAULT_ACTIONS,
        "form": {*project.forms, "null"},
        "slot": {*project.slots, *DEFAULT_SLOTS},
    }
    where = {
        "intent": "`intents:` of the domain",
        "action": "`actions:` of the domain",
        "form": "`forms:` of the domain",
        "slot": "`slots:` of the domain",
    }
    for step in project.steps:
        if step.name not in known[step.kind]:
            kind, home = _kind(step), where[step.kind]
            if kind == "response":
                home = "data/responses/ in every language"
            yield error(
                step.place,
                f"the {kind} {step.name} does not exist",
                f"correct the name, or add it to {home}",
            )


def _kind(step: Step) -> str:
    return "response" if step.name.startswith("utter_") else step.kind


def untranslated_responses(project: Project) -> Iterator[Finding]:
    """Every answer exists in every language."""
    for language, names in project.responses.items():
        for other, theirs in project.responses.items():
            for name in names.keys() - theirs.keys() if other != language else ():
                place = names[name][0]
                home = place.file.replace(f"/{language}/", f"/{other}/", 1)
                yield error(
                    place,
                    f"the response {name} has no translation in {other}",
                    f"write it in {home}, or remove it here",
                )


def doubled_responses(project: Project) -> Iterator[Finding]:
    """One answer in two places: which one would be said?"""
    for language, names in project.responses.items():
        for name, places in names.items():
            elsewhere = [*places[:1]]
            if name in project.domain_responses:
                elsewhere = [project.domain_responses[name]]
                again = places
            else:
                again = places[1:]
            for place in again:
                yield error(
                    place,
                    f"the response {name} ({language}) is at {elsewhere[0]} already",
                    "keep one of them",
                )


def unused_responses(project: Project) -> Iterator[Finding]:
    """A response that no rule, form or action says."""
    used = {step.name for step in project.steps} | {*_NAMED.findall(project.sources)}
    for name, form in project.forms.items():
        for slot in form.slots:
            used |= {f"utter_ask_{slot}", f"utter_ask_{name}_{slot}"}
    places = [*project.domain_responses.items()]
    for names in project.responses.values():
        places += [(name, written[0]) for name, written in names.items()]
    built = {name for name in project.response_names() - used if _is_built(name, project.sources)}
    for name, place in places:
        if name not in used | built:
            yield warning(
                place,
                f"the response {name} is never used",
                "say it in a rule or an action, or remove it in every language",
            )


def _is_built(name: str, sources: str) -> bool:
    """Whether code may put the name together from parts, such as f"utter_order_{status}"."""
    literals = {*_LITERAL.findall(sources)}
    for pattern in {*_BUILT.findall(sources)}:
        fixed, gaps = re.split(_GAP, pattern), pattern.count("{")
        found = re.fullmatch(r"(\w+)".join(re.escape(part) for part in fixed), name)
        # Nothing but gaps fits every name: then the parts have to be written somewhere.
        if found and (gaps == 1 or any(part.strip("_") for part in fixed[1:])):
            return True
    words = name.removeprefix("utter_").split("_")
    cuts = [("_".join(words[:at]), "_".join(words[at:])) for at in range(1, len(words))]
    return any(head in literals and tail in literals for head, tail in cuts)


def broken_forms(project: Project) -> Iterator[Finding]:
    """A slot that a form wants must exist, be asked for and be filled."""
    for name, form in project.forms.items():
        for slot, place in form.slots.items():
            declared = project.slots.get(slot)
            if declared is None:
                yield error(
                    place,
                    f"{name} wants the slot {slot}, which does not exist",
                    "add it to `slots:` of the domain, or correct the name",
                )
                continue
            if not _is_filled(project, name, declared):
                yield error(
                    place,
                    f"{name} wants the slot {slot}, which nobody fills",
                    f"add a mapping to it in `slots:`, or an action validate_{name} that fills it",
                )
            if not _is_asked(project, name, slot):
                yield error(
                    place,
                    f"{name} wants the slot {slot}, but nobody asks for it",
                    f"write the response utter_ask_{slot} (or utter_ask_{name}_{slot}), "
                    f"or list the action action_ask_{slot}",
                )
        yield from _never_started(project, name, form)


def _is_filled(project: Project, form: str, slot: Slot) -> bool:
    if f"validate_{form}" in project.actions or "action_validate_slot_mappings" in project.actions:
        return True
    return any(
        kind != "custom" and (kind != "from_entity" or entity in project.entities)
        for kind, entity in slot.mappings
    )


def _is_asked(project: Project, form: str, slot: str) -> bool:
    if re.search(rf"\b{re.escape(slot)}\b", project.buttons):
        return True
    said = project.response_names() | project.actions
    names = (f"ask_{slot}", f"ask_{form}_{slot}")
    return any(f"{kind}_{name}" in said for kind in ("utter", "action") for name in names)


def _never_started(project: Project, name: str, form: Form) -> Iterator[Finding]:
    if not any(step.kind == "action" and step.name == name for step in project.steps):
        yield error(
            form.place,
            f"the form {name} is started by no rule and no story",
            f"add a rule with `- action: {name}` and `- active_loop: {name}`, or remove the form",
        )


def unknown_entities(project: Project) -> Iterator[Finding]:
    """A slot that waits for an entity that does not exist."""
    for name, slot in project.slots.items():
        for kind, entity in slot.mappings:
            if kind == "from_entity" and entity not in project.entities:
                yield error(
                    slot.place,
                    f"the slot {name} is filled from the entity {entity}, which does not exist",
                    "add it to `entities:` of the domain, or correct the name",
                )
