"""The index: a row for whatever can be found, written in the transaction that writes the thing.

A class that is `Searchable` needs no more: each flush of a session brings the rows of what is new
or changed along. What is deleted takes its row with it, by the foreign keys.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    DDL,
    ColumnElement,
    String,
    Text,
    event,
    func,
    literal_column,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.schema import ForeignKey, Index
from sqlalchemy.sql.elements import BindParameter

from bot.db import ROW_NUMBER, Base
from bot.search.words import indexed

# SQLite's own index, and what keeps it the same as the table; spelled once more in the migration.
SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE search_words USING fts5(words, content='search_entries', "
    "content_rowid='id', detail='none', tokenize=\"unicode61 remove_diacritics 0 tokenchars '~'\")",
    "CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN "
    "INSERT INTO search_words (rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER search_entries_removed AFTER DELETE ON search_entries BEGIN "
    "INSERT INTO search_words (search_words, rowid, words) "
    "VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER search_entries_changed AFTER UPDATE ON search_entries BEGIN "
    "INSERT INTO search_words (search_words, rowid, words) "
    "VALUES ('delete', old.id, old.words); "
    "INSERT INTO search_words (rowid, words) VALUES (new.id, new.words); END",
)


class Lexemes(TSVECTOR):
    """Words with a space between them as a tsvector, as they are: no parser, no dictionary."""

    # `Any`: what SQLAlchemy says of this method.
    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        """Wraps the words on their way in."""
        return func.array_to_tsvector(
            func.string_to_array(type_coerce(bindvalue, Text), literal_column("' '"))
        )


@dataclass(frozen=True)
class Findable:
    """Under which column of the index a thing is, its text, and the conversation that it is in."""

    column: str  # message_id, note_id or customer_id
    text: str
    conversation_id: str | None = None


class Searchable:
    """A mapped class whose rows can be found by their words."""

    id: Mapped[str]

    def findable(self) -> Findable:
        """What to keep of it in the index."""
        raise NotImplementedError


def _goes_with(column: str) -> ForeignKey:
    """A foreign key that takes the row along when the other one is deleted."""
    return ForeignKey(column, deferrable=True, initially="DEFERRED", ondelete="CASCADE")


class SearchEntry(Base):
    """A message, a note or a customer in the index; the number runs with time."""

    __tablename__ = "search_entries"
    __table_args__ = (
        Index("ix_search_entries_words", "words", postgresql_using="gin").ddl_if(
            dialect="postgresql"
        ),
    )

    id: Mapped[int] = mapped_column(ROW_NUMBER, primary_key=True, autoincrement=True)
    message_id: Mapped[str | None] = mapped_column(_goes_with("messages.id"), unique=True)
    note_id: Mapped[str | None] = mapped_column(_goes_with("notes.id"), unique=True)
    customer_id: Mapped[str | None] = mapped_column(_goes_with("customers.id"), unique=True)
    # Of a message or a note. They stay in their conversation, so it may stand here as well.
    conversation_id: Mapped[str | None] = mapped_column(String(36))
    words: Mapped[str] = mapped_column(Text().with_variant(Lexemes(), "postgresql"))


for _statement in SQLITE_INDEX:  # for tables that are made from these classes, as some tests do
    # DDL has no types of its own.
    _made = DDL(_statement).execute_if(dialect="sqlite")  # type: ignore[no-untyped-call]
    event.listen(SearchEntry.__table__, "after_create", _made)


# `Any`: the flush context and the instances are SQLAlchemy's own.
@event.listens_for(Session, "before_flush")
def _keep_index(session: Session, _context: Any, _instances: Any) -> None:
    for thing in list(session.new):
        if isinstance(thing, Searchable):
            thing.id = thing.id or str(uuid4())  # its default would come too late
            _add(session, thing)
    for thing in list(session.dirty):
        if isinstance(thing, Searchable) and session.is_modified(thing):
            _change(session, thing)


def _add(session: Session, thing: Searchable) -> None:
    found = thing.findable()
    if words := indexed(found.text):
        entry = SearchEntry(conversation_id=found.conversation_id, words=words)
        setattr(entry, found.column, thing.id)
        session.add(entry)


def _change(session: Session, thing: Searchable) -> None:
    found = thing.findable()
    changed = update(SearchEntry).where(getattr(SearchEntry, found.column) == thing.id)
    words = changed.values(words=indexed(found.text)).execution_options(synchronize_session=False)
    done = session.execute(words)
    if isinstance(done, CursorResult) and done.rowcount == 0:
        _add(session, thing)
