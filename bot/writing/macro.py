"""What a macro does beside writing: a small registry of acts, each what a button of the inbox does.

To add one, register it where the desk is put together (`bot/writing/parts.py`).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.accounts.models import Agent
from bot.errors import FirstlineError

MOST = 5

# Does it for the agent; the argument is what stands behind the name, and the last number the epoch.
Run = Callable[[Agent, str, str, int], Awaitable[None]]


class BadAction(FirstlineError):
    """Nobody can do that, or not with this argument, or not in this order."""

    code = "bad_macro_action"
    status = 422


@dataclass(frozen=True)
class Act:
    """One kind of act. `moves`: afterwards the conversation is somebody else's, or over."""

    run: Run
    arguments: Sequence[str] | None = None  # None: takes none; empty: takes any word
    moves: bool = False


@dataclass(frozen=True)
class Step:
    """An act of a macro."""

    do: str
    argument: str = ""

    def as_json(self) -> dict[str, str]:
        """As it is stored."""
        return {"do": self.do, "with": self.argument}

    def __str__(self) -> str:
        return f"{self.do} {self.argument}".strip()


class Acts:
    """All that macros can do here."""

    def __init__(self) -> None:
        self._known: dict[str, Act] = {}

    def register(self, name: str, act: Act) -> None:
        """From now on macros can do it."""
        self._known[name] = act

    def all(self) -> Mapping[str, Act]:
        """By name, in the order of registration."""
        return self._known

    def read(self, words: str) -> Step:
        """A step from “snooze morning”; raises BadAction."""
        name, _, argument = words.strip().partition(" ")
        step = Step(name.strip(), argument.strip())
        self.check([step])
        return step

    def check(self, steps: Sequence[Step]) -> None:
        """Raises BadAction with the step that is wrong."""
        if len(steps) > MOST:
            raise BadAction(action=str(steps[MOST]))
        for place, step in enumerate(steps, 1):
            act = self._known.get(step.do)
            is_known = act is not None and (
                step.argument == ""
                if act.arguments is None
                else bool(step.argument) and (not act.arguments or step.argument in act.arguments)
            )
            # Whoever has given a conversation away can do no more with it.
            if not is_known or (act is not None and act.moves and place < len(steps)):
                raise BadAction(action=str(step))

    async def run(self, agent: Agent, conversation_id: str, step: Step, *, epoch: int) -> None:
        """Does it; raises what the act's own button would."""
        self.check([step])
        await self._known[step.do].run(agent, conversation_id, step.argument, epoch)


# `Any`: JSON as it is stored.
def steps_of(stored: Sequence[Mapping[str, Any]]) -> list[Step]:
    """The steps of a saved reply."""
    return [Step(str(one.get("do", "")), str(one.get("with", ""))) for one in stored]
