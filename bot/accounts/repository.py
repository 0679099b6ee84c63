"""What is asked of the database about agents and their sessions."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import (
    AccountLink,
    AccountMail,
    Agent,
    AgentPicture,
    AgentSession,
    BackupCode,
    LinkKind,
    PushBrowser,
    SecondFactor,
)
from bot.accounts.permissions import Role
from bot.db import has_row_locks


async def find_agent(session: AsyncSession, email: str) -> Agent | None:
    """The account with this e-mail address, in whatever case it is written."""
    return await session.scalar(select(Agent).where(Agent.email == email.strip().lower()))


async def get_agent(session: AsyncSession, agent_id: str) -> Agent | None:
    """The account with this id."""
    return await session.get(Agent, agent_id)


async def picture(session: AsyncSession, picture_id: str) -> AgentPicture | None:
    """The picture under this id."""
    return await session.get(AgentPicture, picture_id)


async def drop_picture(session: AsyncSession, agent_id: str) -> None:
    """The agent's picture is gone."""
    await session.execute(delete(AgentPicture).where(AgentPicture.agent_id == agent_id))


async def count_agents(session: AsyncSession) -> int:
    """How many accounts there are."""
    return await session.scalar(select(func.count()).select_from(Agent)) or 0


async def find_session(
    session: AsyncSession, token_hash: str, *, at: datetime, awaits_factor: bool = False
) -> tuple[AgentSession, Agent] | None:
    """The live session under this hash with its agent; or one that still waits for a code."""
    found = await session.execute(
        select(AgentSession, Agent)
        .join(Agent, Agent.id == AgentSession.agent_id)
        .where(
            AgentSession.token_hash == token_hash,
            AgentSession.expires_at > at,
            AgentSession.awaits_factor.is_(awaits_factor),
            Agent.disabled_at.is_(None),
        )
    )
    row = found.first()
    return None if row is None else (row[0], row[1])


async def end_session(session: AsyncSession, token_hash: str) -> None:
    """Signs one browser out; nothing is pushed to it any more."""
    await session.execute(delete(PushBrowser).where(PushBrowser.session_hash == token_hash))
    await session.execute(delete(AgentSession).where(AgentSession.token_hash == token_hash))


async def end_other_sessions(session: AsyncSession, agent_id: str, *, keep: str) -> None:
    """Signs the agent out everywhere but in the browser with this hash.

    Nothing is pushed to the others any more, to those neither whose session had run out.
    """
    await session.execute(
        delete(PushBrowser).where(
            PushBrowser.agent_id == agent_id, PushBrowser.session_hash != keep
        )
    )
    await session.execute(
        delete(AgentSession).where(
            AgentSession.agent_id == agent_id, AgentSession.token_hash != keep
        )
    )


async def forget_expired_sessions(session: AsyncSession, *, at: datetime) -> None:
    """Clears out sessions that are over."""
    await session.execute(delete(AgentSession).where(AgentSession.expires_at <= at))


async def note_use(session: AsyncSession, token_hash: str, *, at: datetime) -> None:
    """The session was used about now."""
    await session.execute(
        update(AgentSession).where(AgentSession.token_hash == token_hash).values(used_at=at)
    )


async def sessions_of(
    session: AsyncSession, agent_id: str, *, at: datetime
) -> Sequence[AgentSession]:
    """The browsers in which the agent is signed in."""
    found = await session.scalars(
        select(AgentSession).where(
            AgentSession.agent_id == agent_id,
            AgentSession.expires_at > at,
            AgentSession.awaits_factor.is_(False),
        )
    )
    return found.all()


async def count_sessions(session: AsyncSession, *, at: datetime) -> dict[str, int]:
    """How many browsers each agent is signed in in."""
    found = await session.execute(
        select(AgentSession.agent_id, func.count())
        .where(AgentSession.expires_at > at, AgentSession.awaits_factor.is_(False))
        .group_by(AgentSession.agent_id)
    )
    return {agent_id: count for agent_id, count in found}


async def all_agents(session: AsyncSession) -> Sequence[Agent]:
    """Everybody by name, those who are disabled last."""
    found = await session.scalars(
        select(Agent).order_by(Agent.disabled_at.is_not(None), func.lower(Agent.name), Agent.id)
    )
    return found.all()


async def lock_admins(session: AsyncSession) -> Sequence[Agent]:
    """Those who can manage accounts; they stay so until the transaction ends."""
    asked = select(Agent).where(Agent.role == Role.ADMIN, Agent.disabled_at.is_(None))
    if has_row_locks(session):
        asked = asked.order_by(Agent.id).with_for_update()
    return (await session.scalars(asked)).all()


async def drop_links(session: AsyncSession, agent_id: str, kind: LinkKind | None) -> None:
    """The agent's links of this kind, or (None) all of them, open nothing any more."""
    gone = delete(AccountLink).where(AccountLink.agent_id == agent_id)
    await session.execute(gone if kind is None else gone.where(AccountLink.kind == kind))


async def find_link(
    session: AsyncSession, kind: LinkKind, token_hash: str, *, at: datetime
) -> Agent | None:
    """Whose account the link opens."""
    return await session.scalar(
        select(Agent)
        .join(AccountLink, AccountLink.agent_id == Agent.id)
        .where(
            AccountLink.token_hash == token_hash,
            AccountLink.kind == kind,
            AccountLink.expires_at > at,
            Agent.disabled_at.is_(None),
        )
    )


async def take_link(
    session: AsyncSession, kind: LinkKind, token_hash: str, *, at: datetime
) -> str | None:
    """Uses the link up; whose account it opened, or None when there is none any more."""
    return await session.scalar(
        delete(AccountLink)
        .where(
            AccountLink.token_hash == token_hash,
            AccountLink.kind == kind,
            AccountLink.expires_at > at,
        )
        .returning(AccountLink.agent_id)
    )


async def open_invitations(session: AsyncSession) -> dict[str, datetime]:
    """Until when each agent's invitation holds, also when that is past."""
    found = await session.execute(
        select(AccountLink.agent_id, AccountLink.expires_at).where(
            AccountLink.kind == LinkKind.INVITATION
        )
    )
    return {agent_id: until for agent_id, until in found}


async def factor_of(session: AsyncSession, agent_id: str) -> SecondFactor | None:
    """The agent's second factor, confirmed or not."""
    return await session.get(SecondFactor, agent_id)


async def has_factor(session: AsyncSession, agent_id: str) -> bool:
    """Whether a code is asked for."""
    kept = await factor_of(session, agent_id)
    return kept is not None and kept.confirmed_at is not None


async def lock_factor(session: AsyncSession, agent_id: str) -> SecondFactor | None:
    """It stays as it is until the transaction ends, so that a code is good once."""
    asked = select(SecondFactor).where(SecondFactor.agent_id == agent_id)
    return await session.scalar(asked.with_for_update() if has_row_locks(session) else asked)


async def drop_factor(session: AsyncSession, agent_id: str) -> None:
    """No code is asked for any more, and the backup codes are worth nothing."""
    await drop_backup_codes(session, agent_id)
    await session.execute(delete(SecondFactor).where(SecondFactor.agent_id == agent_id))


async def count_backup_codes(session: AsyncSession, agent_id: str) -> int:
    """How many are left."""
    asked = select(func.count()).select_from(BackupCode).where(BackupCode.agent_id == agent_id)
    return await session.scalar(asked) or 0


async def drop_backup_codes(session: AsyncSession, agent_id: str) -> None:
    """All of the agent's."""
    await session.execute(delete(BackupCode).where(BackupCode.agent_id == agent_id))


async def take_backup_code(session: AsyncSession, agent_id: str, code_hash: str) -> bool:
    """Uses one up; False when there is no such code (any more)."""
    gone = delete(BackupCode).where(
        BackupCode.agent_id == agent_id, BackupCode.code_hash == code_hash
    )
    return await session.scalar(gone.returning(BackupCode.agent_id)) is not None


async def touch(session: AsyncSession, agent_ids: Collection[str], *, at: datetime | None) -> None:
    """Notes that the agents' inboxes are open, or (None) that they were left."""
    await session.execute(update(Agent).where(Agent.id.in_(agent_ids)).values(last_seen_at=at))


async def agents_by_ids(session: AsyncSession, ids: Collection[str]) -> Sequence[Agent]:
    """Those of these agents who may work."""
    found = await session.scalars(
        select(Agent).where(Agent.id.in_(ids), Agent.disabled_at.is_(None))
    )
    return found.all()


async def agents_seen_since(session: AsyncSession, since: datetime) -> Sequence[Agent]:
    """Agents whose inbox was open at or after this time, whatever they chose to be."""
    found = await session.scalars(
        select(Agent).where(Agent.last_seen_at >= since, Agent.disabled_at.is_(None))
    )
    return found.all()


async def choose_presence(
    session: AsyncSession, agent_id: str, presence: str, *, is_idle: bool, at: datetime
) -> None:
    """What the agent is from now on."""
    await session.execute(
        update(Agent)
        .where(Agent.id == agent_id)
        .values(presence=presence, is_idle=is_idle, active_at=at)
    )


async def note_activity(session: AsyncSession, agent_id: str, *, at: datetime) -> None:
    """The agent gave a sign of life."""
    await session.execute(update(Agent).where(Agent.id == agent_id).values(active_at=at))


async def last_account_mail(session: AsyncSession, agent_id: str) -> AccountMail | None:
    """The newest mail with a link to this account."""
    return await session.scalar(
        select(AccountMail)
        .where(AccountMail.agent_id == agent_id)
        .order_by(AccountMail.created_at.desc(), AccountMail.id)
        .limit(1)
    )


async def make_idle(
    session: AsyncSession, agent_id: str, presence: str, *, unless_active_since: datetime
) -> bool:
    """They were online and gave no sign of life since then; False when that is not so."""
    found = await session.scalar(
        update(Agent)
        .where(
            Agent.id == agent_id,
            Agent.presence == "online",
            Agent.active_at <= unless_active_since,
        )
        .values(presence=presence, is_idle=True)
        .returning(Agent.id)
        .execution_options(synchronize_session=False)
    )
    return found is not None
