"""Reads the database past the service, as evidence: what is stored about these threads."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.evidence import Line, Stored
from tests.postgres import plain

SQLITE = "sqlite+aiosqlite:///"
# `Any`: a row's columns are whatever was asked.
Row = tuple[Any, ...]


class Ledger:
    """Asks its own questions over its own connection."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._postgresql: psycopg.Connection[Row] | None = None
        self._sqlite: sqlite3.Connection | None = None

    async def conversations(self, threads: Sequence[str]) -> list[Stored]:
        """The conversations of these threads, each thread's in the order of their beginning."""
        return await asyncio.to_thread(self._conversations, threads)

    async def status(self, thread: str) -> tuple[str, str, int, str | None] | None:
        """(id, status, epoch, agent's id) of the thread's conversation that is not closed."""
        question = (
            "SELECT id, status, epoch, agent_id FROM conversations"
            " WHERE thread = ? AND status != 'closed'"
        )
        rows = await asyncio.to_thread(self._ask, question, [thread])
        return None if not rows else (rows[0][0], rows[0][1], rows[0][2], rows[0][3])

    def _conversations(self, threads: Sequence[str]) -> list[Stored]:
        marks = ", ".join("?" for _ in threads)
        # S608: question marks are all that is put in.
        found = self._ask(
            "SELECT c.id, c.thread, c.channel, c.status, c.agent_id, c.queued_at,"  # noqa: S608
            " (SELECT min(e.id) FROM events e WHERE e.conversation_id = c.id) AS began"
            f" FROM conversations c WHERE c.thread IN ({marks}) ORDER BY c.thread, began",
            threads,
        )
        if not found:
            return []
        ids = [row[0] for row in found]
        marks = ", ".join("?" for _ in ids)
        lines, turns, open_, dead = self._parts(ids, marks)
        return [
            Stored(
                id=row[0],
                thread=row[1],
                channel=row[2],
                status=row[3],
                has_agent=row[4] is not None,
                has_queue_time=row[5] is not None,
                lines=tuple(Line(*rest) for key, *rest in lines if key == row[0]),
                turns={seq: status for key, seq, status in turns if key == row[0]},
                undelivered=open_.get(row[0], 0),
                dead=dead.get(row[0], 0),
            )
            for row in found
        ]

    def _parts(
        self, ids: Sequence[str], marks: str
    ) -> tuple[list[Row], list[Row], dict[str, int], dict[str, int]]:
        lines = self._ask(
            "SELECT conversation_id, seq, author_kind, text FROM messages"  # noqa: S608
            f" WHERE conversation_id IN ({marks}) ORDER BY conversation_id, seq",
            ids,
        )
        turns = self._ask(
            "SELECT conversation_id, message_seq, status FROM turns"  # noqa: S608
            f" WHERE conversation_id IN ({marks}) ORDER BY id",
            ids,
        )
        deliveries = self._ask(
            "SELECT conversation_id, status, count(*) FROM deliveries"  # noqa: S608
            f" WHERE conversation_id IN ({marks}) AND status != 'delivered' GROUP BY 1, 2",
            ids,
        )
        open_ = {key: number for key, status, number in deliveries if status == "waiting"}
        dead = {key: number for key, status, number in deliveries if status == "dead"}
        return lines, turns, open_, dead

    def _ask(self, question: str, values: Sequence[str]) -> list[Row]:
        """Raises OSError when the database is away."""
        try:
            if self._url.startswith(SQLITE):
                return self._ask_sqlite(question, values)
            return self._ask_postgresql(question, values)
        except (sqlite3.Error, psycopg.Error) as error:
            self.close()
            raise OSError(str(error)) from error

    def _ask_sqlite(self, question: str, values: Sequence[str]) -> list[Row]:
        if self._sqlite is None:
            path = Path(self._url.removeprefix(SQLITE))
            self._sqlite = sqlite3.connect(path, timeout=5, check_same_thread=False)
        return self._sqlite.execute(question, values).fetchall()

    def _ask_postgresql(self, question: str, values: Sequence[str]) -> list[Row]:
        if self._postgresql is None:
            self._postgresql = psycopg.connect(plain(self._url), autocommit=True)
        marked = question.replace("?", "%s").encode()
        return self._postgresql.execute(marked, values).fetchall()

    def shorten_wal(self) -> None:
        """SQLite's log begins anew, from a file without a byte."""
        try:
            self._ask_sqlite("PRAGMA wal_checkpoint(TRUNCATE)", [])
        except sqlite3.OperationalError:
            self.close()  # somebody reads: then it stays as it is

    def close(self) -> None:
        """Gives the connection back."""
        if self._sqlite is not None:
            self._sqlite.close()
        if self._postgresql is not None:
            self._postgresql.close()
        self._sqlite = self._postgresql = None
