"""Transcripts on their way by e-mail."""

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, refers_to
from bot.mail.models import OnItsWay, due_index


class TranscriptMail(OnItsWay, Base):
    """A copy that a customer asked for. The address goes as soon as it is not needed any more."""

    __tablename__ = "transcript_mails"
    __table_args__ = (
        Index("ix_transcript_mails_customer", "customer_id", "created_at"),
        Index("ix_transcript_mails_digest", "digest", "created_at"),
        Index("ix_transcript_mails_created", "created_at"),
        due_index("transcript_mails"),
    )

    # The channel's own key of the wish: asking twice has no effect.
    key: Mapped[str] = mapped_column(String(300), unique=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    customer_id: Mapped[str] = mapped_column(refers_to("customers.id"))
    recipient: Mapped[str | None] = mapped_column(String(254))
    digest: Mapped[str] = mapped_column(String(64))  # of the address, to count by
    language: Mapped[str] = mapped_column(String(5))
    zone: Mapped[str] = mapped_column(String(64))
    last_seq: Mapped[int] = mapped_column(Integer)  # the copy ends here, whenever it is sent

    def forget(self) -> None:
        """The address."""
        self.recipient = None
