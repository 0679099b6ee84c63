"""What docs/channels.md says that a channel can do is proved by tests of that channel."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHANNELS = ("web", "slack", "telegram")
HERE = Path(__file__).parent
TESTS = HERE.parent
ELSEWHERE = ("browser", "system")  # folders of tests that a cell may name before its file
NEVER_RUN = {"skip", "skipif", "xfail", "importorskip"}
PAGE = Path("docs/channels.md")
FEATURES = tomllib.loads((HERE / "supports.toml").read_text("utf-8"))["feature"]
PROTOCOL = Path("docs/widget-protocol.md")
# What a browser sends that is no feature of the help, and why.
NO_FEATURE = {
    "hello": "a connection begins; Slack and Telegram say with each message who and where it is",
    "ping": "whether the connection is there; Slack's and Telegram's libraries look after theirs",
    "fetch": "the gap after a broken connection; Slack and Telegram keep what they were given",
    "earlier": "what was said before; Slack's thread and Telegram's chat show it themselves",
    "seen": "what was looked at; neither Slack nor Telegram tells it to a bot",
}
# The same of what the desk sends.
SHOWS_NO_FEATURE = {
    "welcome": "a connection has begun, and this is what it missed",
    "conversation": "another one has begun; in Slack it is another thread, in Telegram one chat",
    "history": NO_FEATURE["fetch"],
    "earlier": NO_FEATURE["earlier"],
    "pong": NO_FEATURE["ping"],
    "error": "a frame was refused; whoever writes in Slack and Telegram is told in words",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_no(cell: str | list[str]) -> bool:
    """Whether the channel does not do it."""
    return isinstance(cell, str) and (cell == "no" or cell.startswith("no: "))


def shown(cell: str | list[str]) -> str:
    """As the page shows it."""
    return str(cell) if is_no(cell) else "yes"


def table() -> str:
    """The table that the page must hold."""
    lines = ["| | website | Slack | Telegram |", "|---|---|---|---|"]
    for feature in FEATURES:
        cells = " | ".join(shown(feature[channel]) for channel in CHANNELS)
        lines.append(f"| {feature['title']} | {cells} |")
    return "\n".join(lines)


def proofs(feature: dict[str, Any], channel: str) -> list[str]:
    """The tests that a cell names: FILE::TEST, perhaps with a folder of ELSEWHERE before it."""
    cell = feature[channel]
    if is_no(cell):
        return []
    return [cell] if isinstance(cell, str) else list(cell)


def place_of(named: str, channel: str) -> tuple[Path, str]:
    """(file, name of the test)."""
    folder, separator, rest = named.partition(": ")
    where = HERE / channel
    if separator:
        assert folder in ELSEWHERE, f"{named}: no such folder of tests"
        where, named = TESTS / folder, rest
    file, _, name = named.partition("::")
    return where / file, name


def problem_of(file: Path, name: str) -> str | None:
    """Why this proves nothing; None: it is a test, and it is run."""
    if not file.is_file():
        return "no such file"
    body = ast.parse(file.read_text("utf-8")).body
    found = [one for one in body if isinstance(one, Function) and one.name == name]
    if not found or not name.startswith("test_"):
        return "no such test"
    marks = [*found[0].decorator_list, *_module_marks(body)]
    if any(_names(mark) & NEVER_RUN for mark in marks) or _skips_itself(found[0]):
        return "a test that is not run"
    return None


def _module_marks(body: list[ast.stmt]) -> Iterator[ast.expr]:
    """What `pytestmark` of the file holds."""
    for one in body:
        if isinstance(one, ast.Assign) and "pytestmark" in {
            target.id for target in one.targets if isinstance(target, ast.Name)
        }:
            yield one.value


def _names(tree: ast.AST) -> set[str]:
    """Every attribute that is named in it."""
    return {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}


def _skips_itself(test: Function) -> bool:
    """Whether `pytest.skip(…)` and the like stand in it."""
    calls = [one.func for one in ast.walk(test) if isinstance(one, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in NEVER_RUN for call in calls)


def test_the_page_shows_what_is_declared() -> None:
    assert table() in PAGE.read_text("utf-8"), f"{PAGE} must hold this table:\n{table()}"


@pytest.mark.parametrize("channel", CHANNELS)
def test_each_yes_has_its_tests_and_they_are_run(channel: str) -> None:
    for feature in FEATURES:
        named = proofs(feature, channel)
        assert named or is_no(feature[channel]), f"{feature['title']}: {channel} says nothing"
        for one in named:
            problem = problem_of(*place_of(one, channel))
            assert problem is None, f"{feature['title']}: {channel}: {one}: {problem}"


def test_every_channel_speaks_of_every_feature() -> None:
    assert all({"title", *CHANNELS} == set(feature) - {"frames", "shows"} for feature in FEATURES)
    assert {path.name for path in Path("connectors").iterdir() if path.is_dir()} >= set(CHANNELS)


def frames_in(heading: str) -> set[str]:
    """Every frame that the protocol's page has under the heading."""
    words = PROTOCOL.read_text("utf-8")
    _, found, section = words.partition(f"\n{heading}\n")
    assert found, f"{PROTOCOL} has other headings now"
    section, _, _ = section.partition("\n##")
    return set(re.findall(r'^\| `\{"type": "(\w+)"', section, re.MULTILINE))


@pytest.mark.parametrize(
    ("heading", "key", "others"),
    [
        ("### From the browser", "frames", NO_FEATURE),
        ("### From the desk", "shows", SHOWS_NO_FEATURE),
    ],
)
def test_each_frame_belongs_to_a_feature_or_is_none(
    heading: str, key: str, others: dict[str, str]
) -> None:
    named = [frame for feature in FEATURES for frame in feature.get(key, ())]
    assert len(named) == len(set(named)), "a frame has two rows"
    assert not set(named) & set(others)
    assert frames_in(heading) == {*named, *others}


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("def test_it(): pass", None),
        ("async def test_it(): pass", None),
        ("SQLITE = 1\npytestmark = [pytest.mark.asyncio, SQLITE]\ndef test_it(): pass", None),
        ("def test_other(): pass", "no such test"),
        ("class TestIt:\n    def test_it(self): pass", "no such test"),
        ("@pytest.mark.skip\ndef test_it(): pass", "a test that is not run"),
        ("@pytest.mark.skip(reason='slow')\ndef test_it(): pass", "a test that is not run"),
        ("@pytest.mark.skipif(True, reason='')\ndef test_it(): pass", "a test that is not run"),
        ("@pytest.mark.xfail\nasync def test_it(): pass", "a test that is not run"),
        ("pytestmark = pytest.mark.skip\ndef test_it(): pass", "a test that is not run"),
        ("def test_it():\n    pytest.skip('no node')", "a test that is not run"),
        (None, "no such file"),
    ],
)
def test_what_is_no_test_or_is_not_run_proves_nothing(
    tmp_path: Path, source: str | None, problem: str | None
) -> None:
    file = tmp_path / "test_file.py"
    if source is not None:
        file.write_text(source)
    assert problem_of(file, "test_it") == problem


def test_a_cell_may_name_several_tests_and_another_folder() -> None:
    feature = {"telegram": ["test_a.py::test_one", "browser: test_b.py::test_two"]}
    found = [place_of(one, "telegram") for one in proofs(feature, "telegram")]
    assert found == [
        (HERE / "telegram" / "test_a.py", "test_one"),
        (TESTS / "browser" / "test_b.py", "test_two"),
    ]
    assert shown(feature["telegram"]) == "yes"
    assert proofs({"telegram": "no: why"}, "telegram") == []
    assert not is_no("nothing.py::test_one")
