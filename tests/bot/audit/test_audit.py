"""An entry is there exactly when its act is, and stays as it was written."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.audit.acts import Act, Doer, Place
from bot.audit.models import AppendOnly, AuditEntry
from bot.audit.repository import record
from bot.db import Database
from bot.texts import LANGUAGES, text
from tests.desk import open_desk

HERE = Place("::1", "Firefox")


async def entry_of(session: AsyncSession) -> AuditEntry:
    return (await session.scalars(select(AuditEntry))).one()


@pytest.mark.asyncio
async def test_an_act_that_is_rolled_back_leaves_no_entry(tmp_path: Path) -> None:
    async def act(db: Database) -> None:
        async with db.write() as tx:
            record(tx, Act.SIGNED_OUT, Doer(None, HERE))
            raise ZeroDivisionError

    async with open_desk(tmp_path) as desk:
        with pytest.raises(ZeroDivisionError):
            await act(desk.db)
        async with desk.db.read() as session:
            assert (await session.scalars(select(AuditEntry))).all() == []


@pytest.mark.asyncio
async def test_an_entry_can_be_neither_changed_nor_removed(tmp_path: Path) -> None:
    async def change(db: Database) -> None:
        async with db.write() as tx:
            (await entry_of(tx.session)).address = "somewhere else"

    async def remove(db: Database) -> None:
        async with db.write() as tx:
            await tx.session.delete(await entry_of(tx.session))

    async with open_desk(tmp_path) as desk:
        async with desk.db.write() as tx:
            record(tx, Act.SIGNED_OUT, Doer(None, HERE))
        for attempt in (change, remove):
            with pytest.raises(AppendOnly):
                await attempt(desk.db)
        async with desk.db.read() as session:
            assert (await entry_of(session)).address == "::1"


def test_nothing_in_the_program_updates_or_deletes_entries_in_bulk() -> None:
    for file in Path("bot").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                changes = node.func.id in ("update", "delete")
                named = [arg.id for arg in node.args if isinstance(arg, ast.Name)]
                assert not (changes and "AuditEntry" in named), file


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("act", Act)
def test_every_act_has_its_words(act: Act, language: str) -> None:
    assert text(f"inbox.act.{act.value}", language)


def test_what_a_browser_says_of_itself_is_cut_to_what_is_kept() -> None:
    place = Place.of("a" * 1000, "b" * 1000)
    assert (len(place.address), len(place.browser)) == (64, 300)
    assert Place.of(None, None) == Place("", "")
