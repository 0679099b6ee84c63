"""Makes, checks and revokes tokens."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.accounts.errors import NoSuchAgent
from bot.accounts.models import Agent
from bot.accounts.permissions import may
from bot.accounts.repository import find_agent
from bot.api_tokens import repository
from bot.api_tokens.errors import NoSuchScope, NoSuchToken, RoleLacksScope
from bot.api_tokens.models import ApiToken
from bot.api_tokens.scopes import ASKS, Scope
from bot.audit.acts import ON_COMMAND_LINE, Act
from bot.audit.repository import record
from bot.clock import now
from bot.db import Database, Transaction

# Secret scanners know a token by it.
PREFIX = "fl_"
NAME_LENGTH = 100
USED_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True)
class Program:
    """Who asks: a token, and the agent as whom it acts."""

    token_id: str
    name: str
    agent: Agent
    scopes: frozenset[Scope]


class Tokens:
    """All tokens of this installation."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(
        self, email: str, name: str, scopes: Sequence[str], *, days: int | None = None
    ) -> str:
        """The token, which is shown this once. Raises NoSuchAgent, NoSuchScope, RoleLacksScope."""
        for scope in scopes:
            if scope not in list(Scope):
                raise NoSuchScope(scope=scope, known=", ".join(Scope))
        token = PREFIX + secrets.token_urlsafe(32)

        async def add(tx: Transaction) -> None:
            agent = await find_agent(tx.session, email)
            if agent is None or agent.disabled_at is not None:
                raise NoSuchAgent(email=email)
            for scope in scopes:
                check_role(agent, Scope(scope))
            made = ApiToken(
                name=name.strip()[:NAME_LENGTH],
                token_hash=_digest(token),
                agent_id=agent.id,
                scopes=sorted(set(scopes)),
                expires_at=now() + timedelta(days=days) if days else None,
            )
            tx.session.add(made)
            record(tx, Act.API_TOKEN_MADE, ON_COMMAND_LINE, agent, token=made.name)

        await self._db.attempt(add)
        return token

    async def who(self, token: str) -> Program | None:
        """Whose token this is; None for one that is not, or no longer, valid."""
        at = now()
        async with self._db.read() as session:
            found = await repository.find_valid(session, _digest(token), at=at)
        if found is None:
            return None
        row, agent = found
        if row.last_used_at is None or at - row.last_used_at > USED_WITHIN:
            await self._note_use(row.id, at)
        scopes = frozenset(Scope(name) for name in row.scopes if name in list(Scope))
        return Program(row.id, row.name, agent, scopes)

    async def _note_use(self, token_id: str, at: datetime) -> None:
        async def note(tx: Transaction) -> None:
            await repository.note_use(tx.session, token_id, at=at)

        await self._db.attempt(note)

    async def all(self) -> Sequence[tuple[ApiToken, Agent]]:
        """Every token, the oldest first, with its agent."""
        async with self._db.read() as session:
            return await repository.tokens(session)

    async def revoke(self, name_or_id: str) -> int:
        """It is worth nothing from now on; how many had the name. Raises NoSuchToken."""

        async def revoke(tx: Transaction) -> int:
            revoked = await repository.revoke(tx.session, name_or_id, at=now())
            for token, agent in revoked:
                record(tx, Act.API_TOKEN_REVOKED, ON_COMMAND_LINE, agent, token=token.name)
            return len(revoked)

        count = await self._db.attempt(revoke)
        if not count:
            raise NoSuchToken(name=name_or_id)
        return count


def check_role(agent: Agent, scope: Scope) -> None:
    """No token can do what its agent may not. Raises RoleLacksScope."""
    if not may(agent, ASKS[scope]):
        raise RoleLacksScope(scope=scope, role=agent.role)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
