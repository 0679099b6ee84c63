"""Accounts and sign-in. Passwords are argon2 hashes; sessions live on the server."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.accounts import repository
from bot.accounts.errors import (
    AgentExists,
    NoSuchAgent,
    SamePassword,
    WrongSignIn,
)
from bot.accounts.models import Agent, AgentSession
from bot.accounts.permissions import Role
from bot.accounts.secrets import (
    check_new_password,
    digest,
    hash_password,
    is_password,
    new_one_time_password,
    new_token,
)
from bot.audit.acts import NOWHERE, ON_COMMAND_LINE, Act, Doer, Place
from bot.audit.repository import record
from bot.clock import now
from bot.db import Database, Transaction

FIRST_AGENT_EMAIL = "agent@example.com"
# How exactly a session's last use is known: noting every request would be a write each.
USED_WITHIN = timedelta(minutes=10)
# How long the right password waits for the code.
FACTOR_WITHIN = timedelta(minutes=10)
# How a session began: at the identity provider (`accounts/oidc.py`).
PROVIDER = "provider"


@dataclass(frozen=True)
class SignedIn:
    """An agent in a browser; `token` is known to that browser alone."""

    agent: Agent
    csrf: str
    token_hash: str
    needs_factor: bool = False  # the role requires one, and it is not set up
    must_change_password: bool = False


class Accounts:
    """Creates agents and lets them in."""

    def __init__(
        self, db: Database, *, session_hours: int, factor_roles: frozenset[Role] = frozenset()
    ) -> None:
        self._db = db
        self._session_length = timedelta(hours=session_hours)
        self._factor_roles = factor_roles

    async def add_agent(
        self, email: str, name: str, desks: Sequence[str], *, role: Role = Role.AGENT
    ) -> str:
        """Creates the account; returns its one-time password. Raises AgentExists."""
        email = email.strip().lower()
        password = new_one_time_password()
        hashed = await hash_password(password)

        async def add(tx: Transaction) -> None:
            if await repository.find_agent(tx.session, email) is not None:
                raise AgentExists(email=email)
            agent = Agent(
                email=email, name=name.strip(), desks=list(desks), role=role, password_hash=hashed
            )
            tx.session.add(agent)
            await tx.session.flush()
            record(tx, Act.AGENT_ADDED, ON_COMMAND_LINE, agent, role=role)

        await self._db.attempt(add)
        return password

    async def reset_password(self, email: str) -> str:
        """A new one-time password; signs the agent out everywhere. Raises NoSuchAgent."""
        password = new_one_time_password()
        hashed = await hash_password(password)
        async with self._db.write() as tx:
            agent = await repository.find_agent(tx.session, email)
            if agent is None:
                raise NoSuchAgent(email=email)
            agent.password_hash, agent.must_change_password = hashed, True
            await repository.end_other_sessions(tx.session, agent.id, keep="")
            record(tx, Act.PASSWORD_RESET, ON_COMMAND_LINE, agent)
        return password

    async def change_capacity(self, email: str, capacity: int | None) -> None:
        """How much the agent can have at once; None: as each desk says. Raises NoSuchAgent."""
        async with self._db.write() as tx:
            agent = await repository.find_agent(tx.session, email)
            if agent is None:
                raise NoSuchAgent(email=email)
            change = {"capacity": [_or_dash(agent.capacity), _or_dash(capacity)]}
            agent.capacity = capacity
            record(tx, Act.AGENT_CHANGED, ON_COMMAND_LINE, agent, changes=change)

    async def change_role(self, email: str, role: Role) -> None:
        """What the agent may do from now on; raises NoSuchAgent."""
        async with self._db.write() as tx:
            agent = await repository.find_agent(tx.session, email)
            if agent is None:
                raise NoSuchAgent(email=email)
            change = {"role": [agent.role, role]}
            agent.role = role
            record(tx, Act.AGENT_CHANGED, ON_COMMAND_LINE, agent, changes=change)

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

    async def sign_in(self, email: str, password: str, *, place: Place = NOWHERE) -> str:
        """A session token for the right password; raises WrongSignIn.

        Whoever has a second factor gets one that is good for nothing but the code (`awaiting`).
        """
        async with self._db.read() as session:
            agent = await repository.find_agent(session, email)
        # An unknown address costs the same time as a wrong password.
        known = agent is not None and agent.disabled_at is None
        right = await is_password(agent.password_hash if agent else None, password)
        if agent is None or not known or not right:
            await self._note_failure(agent, place)
            raise WrongSignIn
        async with self._db.read() as session:
            awaits = await repository.has_factor(session, agent.id)
        return await self.open_session(agent.id, place=place, way="password", awaits_factor=awaits)

    async def open_session(
        self, agent_id: str, *, place: Place, way: str, awaits_factor: bool = False
    ) -> str:
        """A session's token for an agent who proved in some way who they are."""
        token = new_token()
        length = FACTOR_WITHIN if awaits_factor else self._session_length

        async def open_it(tx: Transaction) -> None:
            await repository.forget_expired_sessions(tx.session, at=now())
            agent = await repository.get_agent(tx.session, agent_id)
            if agent is None or agent.disabled_at is not None:
                raise WrongSignIn
            tx.session.add(
                AgentSession(
                    token_hash=digest(token),
                    agent_id=agent_id,
                    csrf=secrets.token_urlsafe(24),
                    expires_at=now() + length,
                    way=way,
                    awaits_factor=awaits_factor,
                    address=place.address,
                    browser=place.browser,
                )
            )
            if not awaits_factor:
                record(tx, Act.SIGNED_IN, Doer(agent, place), way=way)

        await self._db.attempt(open_it)
        return token

    async def awaiting(self, token: str) -> Agent | None:
        """Who gave the right password in this browser, and still owes the code."""
        async with self._db.read() as session:
            found = await repository.find_session(
                session, digest(token), at=now(), awaits_factor=True
            )
        return None if found is None else found[1]

    async def who(self, token: str) -> SignedIn | None:
        """Whose browser this is; None when the session is unknown or over."""
        async with self._db.read() as session:
            found = await repository.find_session(session, digest(token), at=now())
        if found is None:
            return None
        signed_in, agent = found
        if signed_in.used_at is None or now() - signed_in.used_at > USED_WITHIN:
            async with self._db.write() as tx:
                await repository.note_use(tx.session, signed_in.token_hash, at=now())
        # Who comes from an identity provider has proved there whatever it asks for.
        needs_factor = agent.role in self._factor_roles and signed_in.way != PROVIDER
        if needs_factor:
            async with self._db.read() as session:
                needs_factor = not await repository.has_factor(session, agent.id)
        return SignedIn(
            agent=agent,
            csrf=signed_in.csrf,
            token_hash=signed_in.token_hash,
            needs_factor=needs_factor,
            must_change_password=agent.must_change_password and signed_in.way != PROVIDER,
        )

    async def sign_out(self, token: str, *, place: Place = NOWHERE) -> None:
        """Ends this browser's session."""
        async with self._db.write() as tx:
            found = await repository.find_session(tx.session, digest(token), at=now())
            await repository.end_session(tx.session, digest(token))
            if found is not None:
                record(tx, Act.SIGNED_OUT, Doer(found[1], place))

    async def is_signed_in(self, agent_id: str) -> bool:
        """Whether some browser is left in which the agent is signed in."""
        async with self._db.read() as session:
            return bool(await repository.sessions_of(session, agent_id, at=now()))

    async def change_password(
        self, who: SignedIn, old: str, new: str, *, place: Place = NOWHERE
    ) -> None:
        """Replaces the password and signs the agent's other browsers out."""
        check_new_password(new)
        if old == new:
            raise SamePassword
        async with self._db.read() as session:
            agent = await repository.get_agent(session, who.agent.id)
        if not await is_password(agent.password_hash if agent else None, old):
            raise WrongSignIn
        hashed = await hash_password(new)
        async with self._db.write() as tx:
            agent = await repository.get_agent(tx.session, who.agent.id)
            if agent is None:
                raise WrongSignIn
            agent.password_hash, agent.must_change_password = hashed, False
            await repository.end_other_sessions(tx.session, agent.id, keep=who.token_hash)
            record(tx, Act.PASSWORD_CHANGED, Doer(agent, place))

    async def choose_language(self, who: SignedIn, language: str) -> None:
        """The language of the agent's inbox."""
        async with self._db.write() as tx:
            agent = await repository.get_agent(tx.session, who.agent.id)
            if agent is not None:
                agent.language = language

    async def _note_failure(self, agent: Agent | None, place: Place) -> None:
        """What was typed is not kept: it may be a password in the wrong field."""
        async with self._db.write() as tx:
            record(tx, Act.SIGN_IN_FAILED, Doer(None, place), agent)


def _or_dash(number: int | None) -> str:
    return "–" if number is None else str(number)
