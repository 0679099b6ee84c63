"""Variables of saved replies: `{customer.name}` becomes a name, or a gap that stops sending. Pure.

Anything else in braces is text. A gap is written `⟦…⟧`, so that it is seen in the composer and
found before a customer could see it.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.errors import FirstlineError
from bot.texts import section

_VARIABLE = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?)\}")
_GAP = re.compile("\u27e6([^\u27e7\n]{1,100})\u27e7")
ALWAYS = (
    "customer.name",
    "customer.first_name",
    "customer.email",
    "customer.phone",
    "agent.name",
    "agent.first_name",
    "desk.name",
)


class UnknownVariable(FirstlineError):
    """No conversation will ever have it: most likely a slip of the pen."""

    code = "unknown_variable"
    status = 422


class UnfilledGap(FirstlineError):
    """What the customer would get still says that something is missing."""

    code = "unfilled_gap"
    status = 422


@dataclass(frozen=True)
class Filled:
    """The text for one conversation, and the variables that it has no value of."""

    text: str
    gaps: tuple[str, ...]


def known_variables() -> frozenset[str]:
    """All that a saved reply may name: people, the desk, and every fact that has words."""
    return frozenset(ALWAYS) | frozenset(section("inbox.fact")["en"])


def variables_in(text: str) -> list[str]:
    """Their names, each once."""
    return list(dict.fromkeys(_VARIABLE.findall(text)))


def check(text: str, known: Collection[str]) -> None:
    """Raises UnknownVariable with their names."""
    unknown = [name for name in variables_in(text) if name not in known]
    if unknown:
        raise UnknownVariable(names=", ".join(f"{{{name}}}" for name in unknown))


def fill(text: str, values: Mapping[str, str], *, named: Mapping[str, str]) -> Filled:
    """Puts the values in; a gap carries the variable's words (`named`), or its name."""
    gaps: list[str] = []

    def put(found: re.Match[str]) -> str:
        name = found[1]
        value = values.get(name, "").strip()
        if value:
            return value
        gaps.append(name)
        return f"\u27e6{named.get(name, name)}\u27e7"

    return Filled(_VARIABLE.sub(put, text), tuple(dict.fromkeys(gaps)))


def check_gaps(text: str) -> None:
    """Raises UnfilledGap with what is missing."""
    gaps = list(dict.fromkeys(_GAP.findall(text)))
    if gaps:
        raise UnfilledGap(gaps=", ".join(gaps))
