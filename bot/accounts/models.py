"""Agents, the desks they work at, and their signed-in browsers."""

import json
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    Enum,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.accounts.permissions import Role
from bot.clock import now
from bot.db import Base, UtcDateTime, refers_to
from bot.mail.models import OnItsWay, due_index
from bot.texts import LANGUAGES

ROLE = Enum(
    Role, native_enum=False, length=10, values_callable=lambda kinds: [k.value for k in kinds]
)


class LinkKind(StrEnum):
    """What a link is for."""

    INVITATION = "invitation"
    RESET = "reset"


LINK_KIND = Enum(
    LinkKind, native_enum=False, length=12, values_callable=lambda kinds: [k.value for k in kinds]
)


class Agent(Base):
    """A human who answers."""

    __tablename__ = "agents"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=lambda: str(uuid4()))
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5), default="en")
    desks: Mapped[list[str]] = mapped_column(JSON)
    role: Mapped[Role] = mapped_column(ROLE, default=Role.AGENT, server_default=Role.AGENT.value)
    # What the agent is good at, in the desk's own words, and the languages that they answer in.
    skills: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    languages: Mapped[list[str]] = mapped_column(
        JSON, default=lambda: list(LANGUAGES), server_default=json.dumps(LANGUAGES)
    )
    password_hash: Mapped[str] = mapped_column(String(200))
    picture: Mapped[str | None] = mapped_column(String(40))  # of AgentPicture
    must_change_password: Mapped[bool] = mapped_column(default=True)
    # Nobody has used the invitation yet; the account has no password that anybody knows.
    is_invited: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Touched while an inbox is open; see `accounts/presence.py`.
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the agent chose to be, or was made by being idle (`accounts/standing.py`).
    presence: Mapped[str] = mapped_column(String(10), default="online", server_default="online")
    is_idle: Mapped[bool] = mapped_column(default=False, server_default=false())
    active_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # How much they can have at once, by the channels' weights; None: as their desk says.
    capacity: Mapped[int | None] = mapped_column(Integer)
    assigned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last time
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AgentPicture(Base):
    """What an agent looks like. Small, and in the database, so that every process can serve it.

    Its id cannot be guessed, and a new picture has a new one: browsers may keep it for good.
    """

    __tablename__ = "agent_pictures"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"), unique=True)
    media_type: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class AgentSession(Base):
    """A signed-in browser. Only the hash of its cookie is kept."""

    __tablename__ = "agent_sessions"
    __table_args__ = (Index("ix_agent_sessions_agent", "agent_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # From where it was opened, and when it was last used, to about ten minutes.
    address: Mapped[str] = mapped_column(String(64), default="", server_default="")
    browser: Mapped[str] = mapped_column(String(300), default="", server_default="")
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=now)
    # How the agent proved who they are (`open_session`), and whether a code is still wanted.
    way: Mapped[str] = mapped_column(String(20), default="password", server_default="password")
    awaits_factor: Mapped[bool] = mapped_column(default=False, server_default=false())


class PushBrowser(Base):
    """A browser in which an agent wants pushed alerts: its push service, and its public key.

    Whoever knows endpoint and keys can push to it only with the desk's own key as well. It is kept
    here and not with the alerts, because it goes when the agent is signed out there.
    """

    __tablename__ = "push_browsers"
    __table_args__ = (
        Index("ix_push_browsers_agent", "agent_id", "created_at"),
        Index("ix_push_browsers_session", "session_hash"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # a digest of the endpoint
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    session_hash: Mapped[str] = mapped_column(String(64))  # of the last session seen in it
    endpoint: Mapped[str] = mapped_column(String(1000))
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(40))
    browser: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the first time that it worked
    problem: Mapped[str | None] = mapped_column(String(300))


class AccountLink(Base):
    """A link that opens an account once: by invitation, or for a forgotten password.

    Only the hash of its token is kept. A newer link of a kind replaces the older one.
    """

    __tablename__ = "account_links"
    __table_args__ = (UniqueConstraint("agent_id", "kind"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[LinkKind] = mapped_column(LINK_KIND)
    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccountMail(OnItsWay, Base):
    """A mail with a link to an account. Its token is made when it is first sent, then sealed here
    (`accounts/seal.py`) for as long as it is tried; a wish to be let in names an address alone."""

    __tablename__ = "account_mails"
    __table_args__ = (
        due_index("account_mails"),
        Index("ix_account_mails_agent", "agent_id", "created_at"),
    )

    kind: Mapped[LinkKind] = mapped_column(LINK_KIND)
    agent_id: Mapped[str | None] = mapped_column(refers_to("agents.id"))
    # What somebody typed who forgot their password; nobody has looked yet whether it is anyone's.
    email: Mapped[str | None] = mapped_column(String(320))
    link: Mapped[str | None] = mapped_column(String(400))
    # From where it was asked for, for the audit log.
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(300), default="")

    def forget(self) -> None:
        """The link and what was typed."""
        self.email = self.link = None
        self.address = self.browser = ""


class SecondFactor(Base):
    """The secret that an agent's app shares with us, sealed; asked for once it is confirmed."""

    __tablename__ = "second_factors"

    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(400))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The newest code that was used: neither it nor an older one is good again.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BackupCode(Base):
    """For when the app is not at hand; removed when it is used."""

    __tablename__ = "backup_codes"

    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)


class ReadMark(Base):
    """How far an agent has read a conversation."""

    __tablename__ = "read_marks"

    agent_id: Mapped[str] = mapped_column(refers_to("agents.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(refers_to("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)
