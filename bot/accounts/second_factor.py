"""The second factor: set up, asked for at the sign-in, turned off, reset."""

from dataclasses import dataclass
from datetime import timedelta

from bot.accounts import factor, repository
from bot.accounts.errors import (
    FactorUnreadable,
    NoFactor,
    NoSuchAgent,
    TooManyCodes,
    WrongCode,
)
from bot.accounts.models import Agent, BackupCode, SecondFactor
from bot.accounts.seal import Seal, Unreadable
from bot.accounts.secrets import digest
from bot.accounts.service import Accounts, SignedIn
from bot.audit.acts import ON_COMMAND_LINE, Act, Doer, Place
from bot.audit.repository import record
from bot.clock import now
from bot.db import Database, Transaction


@dataclass(frozen=True)
class FactorState:
    """Where an agent's second factor stands. `secret`: being set up, not confirmed yet."""

    is_on: bool
    secret: str | None
    backup_codes: int


@dataclass(frozen=True)
class Checked:
    """How a code turned out; written down before anybody is told."""

    by: str | None  # "app", "backup_code", or None: it was wrong
    pause: int = 0  # minutes in which no code is taken


class SecondFactors:
    """Codes are good once; after five wrong ones in a row each further one costs a longer wait."""

    def __init__(self, db: Database, *, seal: Seal, accounts: Accounts) -> None:
        self._db = db
        self._seal = seal
        self._accounts = accounts

    async def state(self, agent: Agent) -> FactorState:
        """For the agent's own page."""
        async with self._db.read() as session:
            kept = await repository.factor_of(session, agent.id)
            codes = await repository.count_backup_codes(session, agent.id)
        is_on = kept is not None and kept.confirmed_at is not None
        pending = kept.secret if kept is not None and not is_on else None
        return FactorState(is_on, self._open(pending) if pending else None, codes)

    async def begin(self, agent: Agent) -> None:
        """A new secret for the agent's app; nothing is asked for before it is confirmed."""
        sealed = self._seal.close(factor.new_secret())

        async def begin(tx: Transaction) -> None:
            kept = await repository.lock_factor(tx.session, agent.id)
            if kept is None:
                tx.session.add(SecondFactor(agent_id=agent.id, secret=sealed))
            elif kept.confirmed_at is None:
                kept.secret = sealed

        await self._db.attempt(begin)

    async def confirm(self, doer: Doer, agent: Agent, code: str) -> list[str]:
        """The app shows the right codes: from now on it is asked. Returns the backup codes."""
        codes = factor.new_backup_codes()

        async def confirm(tx: Transaction) -> Checked:
            kept = await repository.lock_factor(tx.session, agent.id)
            if kept is None or kept.confirmed_at is not None:
                raise NoFactor
            checked = await self._check(tx, kept, code)
            if checked.by is not None:
                kept.confirmed_at = now()
                await self._keep_codes(tx, agent, codes)
                record(tx, Act.FACTOR_ON, doer, agent)
            return checked

        _refuse(await self._db.attempt(confirm))
        return codes

    async def pass_sign_in(self, token: str, code: str, *, place: Place) -> str:
        """The session of a browser whose password was right, and now the code too."""
        agent = await self._accounts.awaiting(token)
        if agent is None:
            raise WrongCode

        async def check(tx: Transaction) -> Checked:
            kept = await self._confirmed(tx, agent)
            checked = await self._check(tx, kept, code)
            if checked.by is None:
                record(tx, Act.FACTOR_FAILED, Doer(None, place), agent)
            else:
                # Used up with the code: of two who send it, one gets in.
                await repository.end_session(tx.session, digest(token))
                if checked.by == "backup_code":
                    record(tx, Act.BACKUP_CODE_USED, Doer(agent, place))
            return checked

        checked = await self._db.attempt(check)
        _refuse(checked)
        return await self._accounts.open_session(agent.id, place=place, way=f"{checked.by}")

    async def new_codes(self, doer: Doer, agent: Agent, code: str) -> list[str]:
        """New backup codes in the place of all old ones, for a code of the app."""
        codes = factor.new_backup_codes()

        async def renew(tx: Transaction) -> Checked:
            checked = await self._check(tx, await self._confirmed(tx, agent), code)
            if checked.by is not None:
                await self._keep_codes(tx, agent, codes)
                record(tx, Act.BACKUP_CODES_MADE, doer, agent)
            return checked

        _refuse(await self._db.attempt(renew))
        return codes

    async def turn_off(self, doer: Doer, who: SignedIn, code: str) -> None:
        """For a code; whose role requires a second factor sets up another one next."""

        async def turn_off(tx: Transaction) -> Checked:
            checked = await self._check(tx, await self._confirmed(tx, who.agent), code)
            if checked.by is not None:
                await repository.drop_factor(tx.session, who.agent.id)
                record(tx, Act.FACTOR_OFF, doer, who.agent)
            return checked

        _refuse(await self._db.attempt(turn_off))

    async def _confirmed(self, tx: Transaction, agent: Agent) -> SecondFactor:
        kept = await repository.lock_factor(tx.session, agent.id)
        if kept is None or kept.confirmed_at is None:
            raise NoFactor
        return kept

    async def _check(self, tx: Transaction, kept: SecondFactor, code: str) -> Checked:
        """Uses the code up, or counts the failure; the row is locked."""
        at = now()
        if kept.paused_until is not None and kept.paused_until > at:
            return Checked(None, pause=1 + int((kept.paused_until - at).total_seconds() // 60))
        step = factor.step_of(self._open(kept.secret), code, at, after=kept.last_step)
        if step is not None:
            kept.last_step, kept.failures, kept.paused_until = step, 0, None
            return Checked("app")
        hashed = digest(factor.plain(code))
        if await repository.take_backup_code(tx.session, kept.agent_id, hashed):
            kept.failures, kept.paused_until = 0, None
            return Checked("backup_code")
        kept.failures += 1
        minutes = factor.pause_minutes(kept.failures)
        kept.paused_until = at + timedelta(minutes=minutes) if minutes else None
        return Checked(None, pause=minutes)

    async def _keep_codes(self, tx: Transaction, agent: Agent, codes: list[str]) -> None:
        await repository.drop_backup_codes(tx.session, agent.id)
        for code in codes:
            hashed = digest(factor.plain(code))
            tx.session.add(BackupCode(agent_id=agent.id, code_hash=hashed))

    def _open(self, sealed: str) -> str:
        try:
            return self._seal.open(sealed)
        except Unreadable:
            raise FactorUnreadable from None


async def reset_factor(db: Database, doer: Doer, agent_id: str) -> None:
    """For whoever lost both app and codes; signs them out everywhere. Raises NoSuchAgent."""

    async def reset(tx: Transaction) -> None:
        agent = await repository.get_agent(tx.session, agent_id)
        if agent is None:
            raise NoSuchAgent(email="")
        await repository.drop_factor(tx.session, agent.id)
        await repository.end_other_sessions(tx.session, agent.id, keep="")
        record(tx, Act.FACTOR_RESET, doer, agent)

    await db.attempt(reset)


async def reset_factor_of(database_url: str, email: str) -> None:
    """For the command line; raises NoSuchAgent."""
    db = Database(database_url)
    try:
        async with db.read() as session:
            agent = await repository.find_agent(session, email)
        if agent is None:
            raise NoSuchAgent(email=email)
        await reset_factor(db, ON_COMMAND_LINE, agent.id)
    finally:
        await db.close()


def _refuse(checked: Checked) -> None:
    if checked.pause:
        raise TooManyCodes(count=checked.pause)
    if checked.by is None:
        raise WrongCode
