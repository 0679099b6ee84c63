"""What the documents promise exists."""

import re
from pathlib import Path

import pytest

from bot.settings import Settings

PAGES = [Path("README.md"), Path("CONTRIBUTING.md"), *Path("docs").rglob("*.md")]


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    documented = set(re.findall(r"`FIRSTLINE_([A-Z_]+)`", Path("docs/settings.md").read_text()))
    assert documented == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_and_named_files_lead_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    for link in links:
        assert (page.parent / link).exists(), f"{page} links to {link}"
    for named in re.findall(r"`((?:bot|connectors|tests|engine|docs|frontend)/[\w./-]+)`", text):
        assert Path(named).exists() or "<" in named, f"{page} names {named}"


def test_the_readmes_first_screen_shows_the_two_commands() -> None:
    first_screen = Path("README.md").read_text("utf-8").splitlines()[:12]
    assert any(line.startswith("make up") for line in first_screen)
    assert any(line.startswith("make test") for line in first_screen)
