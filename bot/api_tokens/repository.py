"""What is asked of the database about tokens."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.api_tokens.models import ApiToken
from bot.api_tokens.scopes import Scope


async def find_valid(
    session: AsyncSession, token_hash: str, *, at: datetime
) -> tuple[ApiToken, Agent] | None:
    """The token with its agent, if both may still act."""
    found = await session.execute(
        select(ApiToken, Agent)
        .join(Agent, Agent.id == ApiToken.agent_id)
        .where(
            ApiToken.token_hash == token_hash,
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > at),
            Agent.disabled_at.is_(None),
        )
    )
    row = found.first()
    return None if row is None else (row[0], row[1])


async def note_use(session: AsyncSession, token_id: str, *, at: datetime) -> None:
    """It was used."""
    await session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=at))


async def tokens(session: AsyncSession) -> Sequence[tuple[ApiToken, Agent]]:
    """All, the oldest first."""
    rows = await session.execute(
        select(ApiToken, Agent)
        .join(Agent, Agent.id == ApiToken.agent_id)
        .order_by(ApiToken.created_at, ApiToken.id)
    )
    return [(token, agent) for token, agent in rows]


async def revoke(
    session: AsyncSession, name_or_id: str, *, at: datetime
) -> Sequence[tuple[ApiToken, Agent]]:
    """Those of this name or id that were not revoked yet, with their agents."""
    rows = await session.execute(
        select(ApiToken, Agent)
        .join(Agent, Agent.id == ApiToken.agent_id)
        .where(
            or_(ApiToken.id == name_or_id, ApiToken.name == name_or_id),
            ApiToken.revoked_at.is_(None),
        )
        .with_for_update(of=ApiToken)
    )
    found = [(token, agent) for token, agent in rows]
    for token, _ in found:
        token.revoked_at = at
    return found


async def anyone_reads_the_feed(session: AsyncSession, *, at: datetime) -> bool:
    """Whether a valid token may read it. (There are few tokens; scopes are JSON.)"""
    rows = await session.scalars(
        select(ApiToken.scopes).where(
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > at),
        )
    )
    return any(Scope.READ_EVENTS in scopes for scopes in rows)
