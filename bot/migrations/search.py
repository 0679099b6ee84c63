"""Puts what was said before there was a search into its index."""

import json
from collections.abc import Callable, Iterator
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

import structlog
from sqlalchemy import Connection, TextClause, text

from bot.search.words import indexed

BATCH = 2000
TOLD_EVERY = 100_000

log = structlog.get_logger()


class Old(NamedTuple):
    """Something that was there before, and when it came."""

    at: str
    column: str
    id: str
    conversation_id: str | None
    text: str


def fill(connection: Connection, *, tell: Callable[[int, int], None] | None = None) -> int:
    """Indexes everything, oldest first, a batch at a time; returns how many rows were read.

    `tell` hears how far it is: rows so far, and of how many.
    """
    tell = tell or _log
    tables = ("customers", "messages", "notes")
    total = sum(_count(connection, table) for table in tables)
    streams = (_customers(connection), _messages(connection), _notes(connection))
    everything = merge(*streams, key=lambda old: old.at)
    done = 0
    while batch := list(islice(everything, BATCH)):
        rows = [row for old in batch if (row := _row(old))["words"]]
        if rows:
            connection.execute(_insert(connection), rows)
        done += len(batch)
        if done % TOLD_EVERY < BATCH and total > TOLD_EVERY:
            tell(done, total)
    return done


def _log(done: int, total: int) -> None:
    log.warning("migration.search_index", done=done, of=total)


def _count(connection: Connection, table: str) -> int:
    return connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608 - our names


def _customers(connection: Connection) -> Iterator[Old]:
    asked = "SELECT id, name, email, phone, created_at FROM customers ORDER BY created_at"
    for row in _rows(connection, asked):
        number = "".join(sign for sign in row.phone or "" if sign.isdigit())[-9:]
        words = " ".join(part for part in (row.name, row.email, row.phone, number) if part)
        yield Old(str(row.created_at), "customer_id", row.id, None, words)


def _messages(connection: Connection) -> Iterator[Old]:
    asked = (
        "SELECT id, conversation_id, text, attachments, created_at FROM messages "
        "ORDER BY created_at, seq"
    )
    for row in _rows(connection, asked):
        files = row.attachments or []
        files = json.loads(files) if isinstance(files, str) else files
        words = " ".join((row.text, *(str(file["name"]) for file in files or ())))
        yield Old(str(row.created_at), "message_id", row.id, row.conversation_id, words)


def _notes(connection: Connection) -> Iterator[Old]:
    asked = "SELECT id, conversation_id, text, created_at FROM notes ORDER BY created_at"
    for row in _rows(connection, asked):
        yield Old(str(row.created_at), "note_id", row.id, row.conversation_id, row.text)


# `Any`: rows of three questions.
def _rows(connection: Connection, asked: str) -> Iterator[Any]:
    options = {"stream_results": True, "max_row_buffer": BATCH}
    yield from connection.execute(text(asked), execution_options=options)


# `Any`: a row's values by column.
def _row(old: Old) -> dict[str, Any]:
    ids: dict[str, Any] = dict.fromkeys(("customer_id", "message_id", "note_id"))
    return ids | {
        old.column: old.id,
        "conversation_id": old.conversation_id,
        "words": indexed(old.text),
    }


def _insert(connection: Connection) -> TextClause:
    words = "array_to_tsvector(string_to_array(:words, ' '))"
    if connection.dialect.name == "sqlite":
        words = ":words"
    return text(
        "INSERT INTO search_entries (customer_id, message_id, note_id, conversation_id, words) "
        "VALUES (:customer_id, :message_id, :note_id, :conversation_id, " + words + ")"
    )
