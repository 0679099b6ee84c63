"""Saved replies: a desk's own, in English and Polish, found by a few letters."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.audit.acts import Act, Doer
from bot.audit.repository import record
from bot.channel import TextTooLong
from bot.clock import now
from bot.conversations.errors import NotFound
from bot.db import Database, Transaction
from bot.errors import FirstlineError
from bot.texts import LANGUAGES
from bot.writing import repository
from bot.writing.macro import Acts, Step, steps_of
from bot.writing.models import SavedReply
from bot.writing.variables import check, known_variables

SHORTCUT = re.compile(r"\w[\w-]{0,39}")
LONGEST_TITLE = 100
FOUND = 8
STROKES = str.maketrans("\u0142", "l")


class BadShortcut(FirstlineError):
    """Letters, digits and dashes, so that it can be typed behind a slash."""

    code = "bad_saved_reply_shortcut"
    status = 422


class NoWords(FirstlineError):
    """Neither a title nor anything to send or do."""

    code = "bad_saved_reply_empty"
    status = 422


class ShortcutTaken(FirstlineError):
    """The desk has another one under it."""

    code = "shortcut_taken"
    status = 409


@dataclass(frozen=True)
class Content:
    """What somebody has written; `title` and `text` by language, empty where there is none."""

    shortcut: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    steps: tuple[Step, ...] = ()


class SavedReplies:
    """The rules of them; every change is one transaction."""

    def __init__(self, db: Database, *, acts: Acts, max_text_length: int) -> None:
        self._db = db
        self.acts = acts
        self._max_text_length = max_text_length

    def checked(self, content: Content) -> Content:
        """As it is kept; raises what is wrong with it."""
        shortcut = content.shortcut.strip().removeprefix("/").lower()
        if not SHORTCUT.fullmatch(shortcut):
            raise BadShortcut(shortcut=shortcut[:60])
        title = {lang: content.title.get(lang, "").strip() for lang in LANGUAGES}
        text = {lang: content.text.get(lang, "").strip() for lang in LANGUAGES}
        if not any(title.values()) or not (any(text.values()) or content.steps):
            raise NoWords
        for words, limit in ((title, LONGEST_TITLE), (text, self._max_text_length)):
            longest = max(map(len, words.values()))
            if longest > limit:
                raise TextTooLong(length=longest, limit=limit)
        known = known_variables()
        for variant in text.values():
            check(variant, known)
        self.acts.check(content.steps)
        return Content(shortcut, title, text, content.steps)

    async def keep(
        self, agent: Agent, doer: Doer, desk: str, content: Content, *, id: str | None
    ) -> None:
        """A new one, or that one anew."""
        content = self.checked(content)

        async def keep(tx: Transaction) -> None:
            same = await repository.saved_by_shortcut(tx.session, desk, content.shortcut)
            if same is not None and same.id != id:
                raise ShortcutTaken(shortcut=content.shortcut)
            row = await self._row(tx, desk, id)
            named = _named(row, content) | {"desk": desk}
            if id is None:
                record(tx, Act.SAVED_REPLY_MADE, doer, **named)
            elif contents_of(row) != content:
                record(tx, Act.SAVED_REPLY_CHANGED, doer, **named)
            _write(row, content, agent)

        _check_desk(agent, desk)
        await self._db.attempt(keep)

    async def replace(
        self, agent: Agent, doer: Doer, desk: str, contents: Sequence[Content]
    ) -> tuple[int, int]:
        """Takes all of them in, by their shortcuts; how many are new, and how many were changed."""
        _check_desk(agent, desk)

        async def replace(tx: Transaction) -> tuple[int, int]:
            known = {row.shortcut: row for row in await repository.saved_of(tx.session, [desk])}
            added, changed = [], []
            for content in contents:
                row = known.get(content.shortcut)
                if row is None:
                    row = await self._row(tx, desk, None)
                    added.append(content.shortcut)
                elif contents_of(row) != content:
                    changed.append(content.shortcut)
                _write(row, content, agent)
            record(tx, Act.SAVED_REPLIES_TAKEN_IN, doer, desk=desk, added=added, changed=changed)
            return len(added), len(contents) - len(added)

        return await self._db.attempt(replace)

    async def remove(self, agent: Agent, doer: Doer, id: str) -> None:
        """It is not needed any more."""

        async def remove(tx: Transaction) -> None:
            row = await repository.saved_by_id(tx.session, id)
            if row is not None and row.desk in agent.desks:
                record(tx, Act.SAVED_REPLY_REMOVED, doer, what=f"/{row.shortcut}", desk=row.desk)
                await tx.session.delete(row)

        await self._db.attempt(remove)

    async def _row(self, tx: Transaction, desk: str, id: str | None) -> SavedReply:
        if id is None:
            row = SavedReply(desk=desk)
            tx.session.add(row)
            return row
        found = await repository.saved_by_id(tx.session, id)
        if found is None or found.desk != desk:
            raise NotFound
        return found


def _named(row: SavedReply, content: Content) -> dict[str, Any]:
    """What the audit log calls it, and what it was called before."""
    was = {"was": f"/{row.shortcut}"} if row.shortcut not in (None, content.shortcut) else {}
    return {"what": f"/{content.shortcut}"} | was


def contents_of(row: SavedReply) -> Content:
    """As somebody wrote it."""
    return Content(row.shortcut, row.title, row.text, tuple(steps_of(row.actions)))


async def search(
    session: AsyncSession, desk: str, words: str, *, language: str
) -> list[SavedReply]:
    """The best fits for what was typed behind the slash, in whatever language and case."""
    wanted = folded(words)
    found = [(_rank(row, wanted), row) for row in await repository.saved_of(session, [desk])]
    fits = [(rank, _title(row, language).lower(), row) for rank, row in found if rank is not None]
    return [row for _, _, row in sorted(fits, key=lambda fit: fit[:2])][:FOUND]


def _title(row: SavedReply, language: str) -> str:
    return row.title.get(language) or next(filter(None, row.title.values()), row.shortcut)


def _rank(row: SavedReply, wanted: str) -> int | None:
    """0 is best; None: not at all."""
    shortcut, titles = folded(row.shortcut), [folded(title) for title in row.title.values()]
    if shortcut.startswith(wanted):
        return 0 if shortcut == wanted else 1
    if any(word.startswith(wanted) for title in titles for word in title.split()):
        return 2
    if wanted in shortcut or any(wanted in title for title in titles):
        return 3
    return 4 if any(wanted in folded(text) for text in row.text.values()) else None


def folded(words: str) -> str:
    """Small letters without marks, so that “zolc” finds what is written properly."""
    plain = unicodedata.normalize("NFKD", words.casefold().translate(STROKES))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).strip()


def _write(row: SavedReply, content: Content, agent: Agent) -> None:
    row.shortcut, row.title, row.text = content.shortcut, dict(content.title), dict(content.text)
    row.actions = [step.as_json() for step in content.steps]
    row.updated_by, row.updated_at = agent.name, now()


def _check_desk(agent: Agent, desk: str) -> None:
    if desk not in agent.desks:
        raise NotFound
