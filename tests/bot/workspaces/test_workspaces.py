"""Installations: kept encrypted, replaced, removed."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.audit.models import AuditEntry
from bot.channel import Workspace
from bot.workspaces.models import Installed
from bot.workspaces.service import Workspaces
from tests.desk import open_desk

pytestmark = pytest.mark.asyncio
ACME = Workspace(
    "slack", "T1", "Acme", "xoxb-secret", "U1", "B1", ("chat:write", "users:read"), "E1"
)


async def test_an_installation_is_found_as_it_was_kept_and_replaced(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        store = Workspaces(desk.db, secret="key")
        await store.keep(ACME)
        assert await store.find("slack", "T1") == ACME
        again = Workspace("slack", "T1", "Acme & Co", "xoxb-other", "U1", "B1", ())
        await store.keep(again)
        assert await store.all("slack") == [again]
        await store.remove("slack", "T1")
        assert await store.find("slack", "T1") is None
        await store.remove("slack", "T1")
        async with desk.db.read() as session:
            log = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
        assert [(entry.act, entry.details["what"]) for entry in log] == [
            ("workspace_installed", "Acme"),
            ("workspace_installed", "Acme & Co"),
            ("workspace_removed", "Acme & Co"),
        ]


async def test_the_database_alone_tells_no_token(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await Workspaces(desk.db, secret="key").keep(ACME)
        async with desk.db.read() as session:
            row = (await session.scalars(select(Installed))).one()
        assert "xoxb" not in row.token
        assert "xoxb" not in repr(ACME)
        other = Workspaces(desk.db, secret="another key")
        assert await other.find("slack", "T1") is None
        assert await other.all("slack") == []
