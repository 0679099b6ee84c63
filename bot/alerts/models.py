"""What agents want to be told, and every telling."""

from sqlalchemy import JSON, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.alerts.rules import PATIENCE, When
from bot.db import Base, refers_to
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
