"""What docs/slack.md says in tables is what the code does; what it claims is tested."""

import re
from itertools import takewhile
from pathlib import Path

import pytest

from connectors.slack.manifest import SCOPES
from connectors.slack.state import Wrong

PAGE = Path("docs/slack.md").read_text("utf-8")


def table(begins: str) -> list[list[str]]:
    """The cells of each row of the table whose first line begins so."""
    lines = PAGE.splitlines()
    (first,) = [number for number, line in enumerate(lines) if line.startswith(begins)]
    rows = list(takewhile(lambda line: line.startswith("|"), lines[first + 2 :]))
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def test_every_scope_is_there_with_its_reason_and_no_other_one() -> None:
    told = [(scope.strip("` "), reason) for scope, reason in table("| scope |")]
    assert sorted(told) == sorted(SCOPES.items())
    assert f"all {len(SCOPES)} scopes are there" in PAGE, "what the check says"


def test_every_alarm_is_there_and_how_to_mend_it() -> None:
    told = table("| alarm |")
    assert sorted(name.strip("` ") for name, _, _ in told) == sorted(Wrong)
    assert all(when and how for _, when, how in told)


@pytest.mark.parametrize("row", table("| beside other Slack desks"), ids=lambda row: row[0][:40])
def test_what_is_claimed_beside_others_has_its_test(row: list[str]) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row[-1])
    assert named
    for file, test in named:
        assert re.search(rf"^(async )?def {test}\(", Path(file).read_text("utf-8"), re.M), test
