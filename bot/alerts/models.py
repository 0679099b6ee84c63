"""What agents want to be told, and every telling."""

from datetime import datetime

from sqlalchemy import JSON, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.alerts.rules import PATIENCE, When
from bot.clock import now
from bot.db import Base, UtcDateTime, refers_to
from bot.mail.models import OnItsWay, due_index


class AlertChoice(Base):
    """What one agent wants of one way; none: nothing."""

    __tablename__ = "alert_choices"

    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"), primary_key=True)
    way: Mapped[str] = mapped_column(String(10), primary_key=True)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    patience: Mapped[int] = mapped_column(Integer, default=PATIENCE)  # seconds
    when: Mapped[str] = mapped_column(String(10), default=When.HERE)


class AgentAlert(OnItsWay, Base):
    """One agent is to be told of one thing about one conversation.

    There is one row of each kind and way, used again once the agent has looked: nobody is told
    the same twice.
    """

    __tablename__ = "agent_alerts"
    __table_args__ = (
        UniqueConstraint("agent_id", "conversation_id", "kind", "way"),
        due_index("agent_alerts"),
        Index("ix_agent_alerts_conversation", "conversation_id"),
        Index("ix_agent_alerts_finished", "finished_at"),
    )

    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"))
    kind: Mapped[str] = mapped_column(String(10))
    way: Mapped[str] = mapped_column(String(10))
    # The conversation's last message when it happened: whoever has read on has looked since.
    seq: Mapped[int] = mapped_column(Integer)


class PushBrowser(Base):
    """A browser in which an agent wants pushed alerts: its push service, and its public key.

    Whoever knows endpoint and keys can push to it only with the desk's own key as well.
    """

    __tablename__ = "push_browsers"
    __table_args__ = (
        Index("ix_push_browsers_agent", "agent_id", "created_at"),
        Index("ix_push_browsers_session", "session_hash"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # a digest of the endpoint
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    session_hash: Mapped[str] = mapped_column(String(64))  # of the session that turned it on
    endpoint: Mapped[str] = mapped_column(String(1000))
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(40))
    browser: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the first time that it worked
    problem: Mapped[str | None] = mapped_column(String(300))
