"""What docs/channels.md says that a channel can do is proved by a test of that channel."""

import ast
import tomllib
from pathlib import Path

import pytest

CHANNELS = ("web", "slack", "telegram")
HERE = Path(__file__).parent
PAGE = Path("docs/channels.md")
FEATURES = tomllib.loads((HERE / "supports.toml").read_text("utf-8"))["feature"]


def shown(cell: str) -> str:
    """As the page shows it."""
    if not cell.startswith("no"):
        return "yes"
    return f"no{cell[2:]}"


def table() -> str:
    """The table that the page must hold."""
    lines = ["| | website | Slack | Telegram |", "|---|---|---|---|"]
    for feature in FEATURES:
        cells = " | ".join(shown(feature[channel]) for channel in CHANNELS)
        lines.append(f"| {feature['title']} | {cells} |")
    return "\n".join(lines)


def test_the_page_shows_what_is_declared() -> None:
    assert table() in PAGE.read_text("utf-8"), f"{PAGE} must hold this table:\n{table()}"


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_yes_has_its_test(channel: str) -> None:
    for feature in FEATURES:
        cell = feature[channel]
        if cell.startswith(("no", "browser: ")):
            continue
        file, _, name = cell.partition("::")
        tree = ast.parse((HERE / channel / file).read_text("utf-8"))
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        names = {node.name for node in tree.body if isinstance(node, functions)}
        assert name in names, f"{feature['title']}: {channel}/{cell} is no test"


def test_every_channel_speaks_of_every_feature() -> None:
    assert all({"title", *CHANNELS} == set(feature) for feature in FEATURES)
    assert {path.name for path in Path("connectors").iterdir() if path.is_dir()} >= set(CHANNELS)
