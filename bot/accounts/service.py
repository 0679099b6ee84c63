"""Accounts and sign-in. Passwords are argon2 hashes; sessions live on the server."""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot.accounts import repository
from bot.accounts.models import Agent, AgentSession
from bot.accounts.permissions import Role
from bot.clock import now
from bot.db import Database, Transaction
from bot.errors import FirstlineError

MIN_PASSWORD = 10
FIRST_AGENT_EMAIL = "agent@example.com"

_hasher = PasswordHasher()


class WrongSignIn(FirstlineError):
    """E-mail or password is wrong; which of them is not said."""

    code = "wrong_sign_in"
    status = 401


class WeakPassword(FirstlineError):
    """Shorter than MIN_PASSWORD."""

    code = "weak_password"
    status = 422


class SamePassword(FirstlineError):
    """The one-time password must not become the lasting one."""

    code = "same_password"
    status = 422


class AgentExists(FirstlineError):
    """The address is taken."""

    code = "agent_exists"
    status = 409


class NoSuchAgent(FirstlineError):
    """No account has this address."""

    code = "no_such_agent"
    status = 404


@dataclass(frozen=True)
class SignedIn:
    """An agent in a browser; `token` is known to that browser alone."""

    agent: Agent
    csrf: str
    token_hash: str


class Accounts:
    """Creates agents and lets them in."""

    def __init__(self, db: Database, *, session_hours: int) -> None:
        self._db = db
        self._session_length = timedelta(hours=session_hours)

    async def add_agent(
        self, email: str, name: str, desks: Sequence[str], *, role: Role = Role.AGENT
    ) -> str:
        """Creates the account; returns its one-time password. Raises AgentExists."""
        email = email.strip().lower()
        password = secrets.token_urlsafe(9)
        hashed = await asyncio.to_thread(_hasher.hash, password)

        async def add(tx: Transaction) -> None:
            if await repository.find_agent(tx.session, email) is not None:
                raise AgentExists(email=email)
            agent = Agent(
                email=email, name=name.strip(), desks=list(desks), role=role, password_hash=hashed
            )
            tx.session.add(agent)

        await self._db.attempt(add)
        return password

    async def reset_password(self, email: str) -> str:
        """A new one-time password; signs the agent out everywhere. Raises NoSuchAgent."""
        password = secrets.token_urlsafe(9)
        hashed = await asyncio.to_thread(_hasher.hash, password)
        async with self._db.write() as tx:
            agent = await repository.find_agent(tx.session, email)
            if agent is None:
                raise NoSuchAgent(email=email)
            agent.password_hash, agent.must_change_password = hashed, True
            await repository.end_other_sessions(tx.session, agent.id, keep="")
        return password

    async def change_role(self, email: str, role: Role) -> None:
        """What the agent may do from now on; raises NoSuchAgent."""
        async with self._db.write() as tx:
            agent = await repository.find_agent(tx.session, email)
            if agent is None:
                raise NoSuchAgent(email=email)
            agent.role = role

    async def usual_role(self) -> Role:
        """What a new account is when nobody says: the very first one can manage the others."""
        async with self._db.read() as session:
            return Role.AGENT if await repository.count_agents(session) else Role.ADMIN

    async def ensure_first_agent(self, desks: Sequence[str]) -> str | None:
        """Creates the first agent of a new installation; None when there is an agent already."""
        async with self._db.read() as session:
            if await repository.count_agents(session):
                return None
        try:
            return await self.add_agent(FIRST_AGENT_EMAIL, "First Agent", desks, role=Role.ADMIN)
        except AgentExists:  # another process was first
            return None

    async def sign_in(self, email: str, password: str) -> str:
        """A session token for the right password; raises WrongSignIn."""
        async with self._db.read() as session:
            agent = await repository.find_agent(session, email)
        # An unknown address costs the same time as a wrong password.
        known = agent is not None and agent.disabled_at is None
        right = await asyncio.to_thread(_matches, agent.password_hash if agent else None, password)
        if agent is None or not known or not right:
            raise WrongSignIn
        token = secrets.token_urlsafe(32)
        agent_id = agent.id

        async def open_session(tx: Transaction) -> None:
            await repository.forget_expired_sessions(tx.session, at=now())
            tx.session.add(
                AgentSession(
                    token_hash=_digest(token),
                    agent_id=agent_id,
                    csrf=secrets.token_urlsafe(24),
                    expires_at=now() + self._session_length,
                )
            )

        await self._db.attempt(open_session)
        return token

    async def who(self, token: str) -> SignedIn | None:
        """Whose browser this is; None when the session is unknown or over."""
        async with self._db.read() as session:
            found = await repository.find_session(session, _digest(token), at=now())
        if found is None:
            return None
        signed_in, agent = found
        return SignedIn(agent=agent, csrf=signed_in.csrf, token_hash=signed_in.token_hash)

    async def sign_out(self, token: str) -> None:
        """Ends this browser's session."""
        async with self._db.write() as tx:
            await repository.end_session(tx.session, _digest(token))

    async def change_password(self, who: SignedIn, old: str, new: str) -> None:
        """Replaces the password and signs the agent's other browsers out."""
        if len(new) < MIN_PASSWORD:
            raise WeakPassword(limit=MIN_PASSWORD)
        if old == new:
            raise SamePassword
        async with self._db.read() as session:
            agent = await repository.get_agent(session, who.agent.id)
        stored = agent.password_hash if agent else None
        if not await asyncio.to_thread(_matches, stored, old):
            raise WrongSignIn
        hashed = await asyncio.to_thread(_hasher.hash, new)
        async with self._db.write() as tx:
            agent = await repository.get_agent(tx.session, who.agent.id)
            if agent is None:
                raise WrongSignIn
            agent.password_hash, agent.must_change_password = hashed, False
            await repository.end_other_sessions(tx.session, agent.id, keep=who.token_hash)

    async def choose_language(self, who: SignedIn, language: str) -> None:
        """The language of the agent's inbox."""
        async with self._db.write() as tx:
            agent = await repository.get_agent(tx.session, who.agent.id)
            if agent is not None:
                agent.language = language


@lru_cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def _matches(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(stored or _nobodys_hash(), password)
    except VerificationError:
        return False
    return stored is not None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
