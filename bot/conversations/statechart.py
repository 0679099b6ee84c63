"""`python -m bot.conversations.statechart > docs/states.md` draws the state table for people."""

from collections.abc import Iterator

from bot.conversations.state import OWNER, TABLE, Status, Trigger, changes_owner

INTRO = """\
# Who speaks: the states of a conversation

Generated from the table in `bot/conversations/state.py` by
`python -m bot.conversations.statechart > docs/states.md`; a test compares the two.
**Bold** targets change the owner: the epoch rises by one, and whoever started before is refused.
"""


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield INTRO
    yield (
        "| | "
        + " | ".join(f"`{status.value}`<br>{OWNER[status].value}" for status in Status)
        + " |"
    )
    yield "|---|" + "---|" * len(Status)
    for trigger in Trigger:
        cells = (_cell(status, trigger) for status in Status)
        yield f"| `{trigger.value}` | " + " | ".join(cells) + " |"
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {Status.BOT.value}"
    for (status, trigger), move in TABLE.items():
        if move.to is not status:
            yield f"    {status.value} --> {move.to.value}: {trigger.value}"
    yield f"    {Status.CLOSED.value} --> [*]"
    yield "```"


def _cell(status: Status, trigger: Trigger) -> str:
    move = TABLE.get((status, trigger))
    if move is None:
        return "–"
    target = f"**{move.to.value}**" if changes_owner(status, move.to, trigger) else move.to.value
    effects = ", ".join(effect.value for effect in move.effects)
    return f"{target}<br>{effects}" if effects else target


def page() -> str:
    """The whole page."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - this is its output
