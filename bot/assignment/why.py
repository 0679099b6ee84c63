"""The why of an assignment as JSON, for its row. Pure."""

from typing import Any

from bot.assignment.choose import Choice


# `Any`: JSON.
def as_json(choice: Choice) -> dict[str, Any]:
    """All that was looked at; names as they were then."""
    wanted = choice.wanted
    return {
        "wanted": {
            "language": wanted.language,
            "skills": sorted(wanted.skills),
            "weight": wanted.weight,
            "relaxed": wanted.relaxed,
        },
        "candidates": [
            {
                "agent_id": verdict.agent_id,
                "name": verdict.name,
                "load": verdict.load,
                "capacity": verdict.capacity,
                "problem": verdict.problem,
            }
            for verdict in choice.verdicts
        ],
    }
