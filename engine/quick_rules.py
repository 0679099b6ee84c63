"""Rasa's rules, looked up instead of gone through: the same predictions, sooner.

Rasa holds every rule against every state of the conversation, twice a prediction: once for rules
that wait for exact words, which hardly any bot has. With 300 rules that is a third of a turn.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, USER
from rasa.shared.core.domain import State
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

# What a rule's latest state says of the action before it and of the intent; None: nothing.
Place = tuple[str | None, str | None]
Found = tuple[str | None, str | None, bool]

_load = RulePolicy.load.__func__
_find = RulePolicy._find_action_from_rules
_possible = RulePolicy._get_possible_keys


def look_rules_up() -> None:
    """Rule policies that are loaded from now on. Training goes its own way, and checks more."""
    RulePolicy.load = classmethod(_load_with_places)
    RulePolicy._find_action_from_rules = _find_action_from_rules
    RulePolicy._get_possible_keys = _get_possible_keys


def place_of(state: State) -> Place:
    """Where a rule with this latest state is found."""
    action = state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME)
    intent = state.get(USER, {}).get(INTENT)
    return (str(action) if action else None, str(intent) if intent else None)


# `Any` in this file: Rasa's untyped classes and arguments, which are passed on.
def _load_with_places(cls: Any, *args: Any, **kwargs: Any) -> Any:
    policy = _load(cls, *args, **kwargs)
    policy.places = {}
    for lookup in policy.lookup.values():
        if isinstance(lookup, dict):
            places = policy.places[id(lookup)] = defaultdict(list)
            for key in lookup:
                places[place_of(policy._rule_key_to_state(key)[-1])].append(key)
    rules = policy.places.get(id(policy.lookup.get(RULES)), {})
    # A rule that names no intent after a message is met by words, too.
    policy.words_matter = (ACTION_LISTEN_NAME, None) in rules
    return policy


def _find_action_from_rules(
    policy: Any, tracker: Any, domain: Any, use_text_for_last_user_input: bool
) -> Found:
    if use_text_for_last_user_input and not getattr(policy, "words_matter", True):
        return None, None, False
    found: Found = _find(policy, tracker, domain, use_text_for_last_user_input)
    return found


def _get_possible_keys(policy: Any, lookup: dict[str, str], states: list[State]) -> set[str]:
    places = getattr(policy, "places", {}).get(id(lookup))
    if places is not None and states:
        latest = states[-1]
        action, intent = place_of(latest)
        if action is not None:
            near = [*places.get((action, intent), ()), *places.get((action, None), ())]
            lookup = dict.fromkeys(near, "")
        # Else a conversation's start or an action without a name: rare, and Rasa's own matter.
    possible: set[str] = _possible(policy, lookup, states)
    return possible
