"""What is known of a file; its bytes are elsewhere (`storage.py`)."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import now
from bot.db import Base, UtcDateTime, refers_to


class StoredFile(Base):
    """A file that was uploaded. It belongs to its uploader until a message takes it."""

    __tablename__ = "attachments"
    __table_args__ = (
        UniqueConstraint("channel", "owner", "key"),
        Index("ix_attachments_conversation", "conversation_id"),
        Index("ix_attachments_message", "message_id"),
        Index(
            "ix_attachments_unused",
            "created_at",
            sqlite_where=text("message_id IS NULL"),
            postgresql_where=text("message_id IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    # Who knows it may fetch the file: it stands in the address, and in no log of ours.
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    channel: Mapped[str] = mapped_column(String(20))
    owner: Mapped[str] = mapped_column(String(200))  # a thread of the channel, or an agent's id
    key: Mapped[str] = mapped_column(String(64))  # the uploader's: sending it twice keeps one file
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    conversation_id: Mapped[str | None] = mapped_column(refers_to("conversations.id"))
    message_id: Mapped[str | None] = mapped_column(refers_to("messages.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
