"""`firstline api`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.settings import get_settings
from tests.databases import database_of


def test_the_command_makes_lists_and_revokes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRSTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FIRSTLINE_DATABASE_URL", database_of(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    get_settings.cache_clear()
    run = CliRunner().invoke
    assert run(app, ["agent", "add", "anna@example.com", "--name", "Anna"]).exit_code == 0
    options = ["--agent", "anna@example.com", "--scope", "events:read", "--scope", "agents:read"]
    made = run(app, ["api", "add", "crm", *options])
    assert made.exit_code == 0, made.output
    assert "fl_" in made.output
    listed = run(app, ["api", "list"]).output
    assert "anna@example.com" in listed
    assert "valid" in listed
    assert run(app, ["api", "revoke", "crm"]).exit_code == 0
    assert "revoked" in run(app, ["api", "list"]).output
    assert "webhooks:manage" in run(app, ["api", "scopes"]).output
    get_settings.cache_clear()
