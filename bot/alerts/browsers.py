"""The browsers that agents turned pushed alerts on in."""

import asyncio
from collections.abc import Sequence
from enum import Enum, auto

from sqlalchemy.exc import IntegrityError

from bot.accounts.models import PushBrowser
from bot.accounts.secrets import digest
from bot.alerts import repository
from bot.alerts.push import Address, BrowserGone, Pusher, read_address
from bot.clock import now
from bot.db import Database, Overtaken, Transaction
from bot.mail.mailer import MailNotTaken, MailRefused
from bot.mail.postman import NotWanted

MOST = 10  # of one agent
MAX_BROWSER = 300


class Pushed(Enum):
    """How it went with one browser, but for problems."""

    TAKEN = auto()
    GONE = auto()


class Browsers:
    """Keeps them, and pushes to them."""

    def __init__(self, db: Database, *, pusher: Pusher) -> None:
        self._db = db
        self._pusher = pusher

    @property
    def key(self) -> str:
        """What a browser has to know to let the desk in."""
        return self._pusher.vapid.public_key

    async def of(self, agent_id: str) -> Sequence[PushBrowser]:
        """The agent's, the newest first."""
        async with self._db.read() as session:
            return await repository.browsers_of(session, agent_id)

    async def turn_on(
        self, agent_id: str, token: str, *, endpoint: str, p256dh: str, auth: str, browser: str
    ) -> None:
        """From now on, until it is turned off or signed out; raises BadSubscription.

        `token`: of the session. A browser is one agent's: whoever turned it on last.
        """
        allowed = self._pusher.private_allowed
        address = read_address(endpoint, p256dh, auth, private_allowed=allowed)

        async def keep(tx: Transaction) -> None:
            await repository.drop_browser(tx.session, digest(endpoint))
            await repository.keep_newest_browsers(tx.session, agent_id, keep=MOST - 1)
            tx.session.add(
                PushBrowser(
                    id=digest(endpoint),
                    agent_id=agent_id,
                    session_hash=digest(token),
                    endpoint=address.endpoint,
                    p256dh=address.p256dh,
                    auth=address.auth,
                    browser=browser[:MAX_BROWSER],
                )
            )
            try:
                await tx.session.flush()
            except IntegrityError:  # another process was faster: a double click
                raise Overtaken from None

        await self._db.attempt(keep, finds_itself=True)

    async def turn_off(self, agent_id: str, browser_id: str) -> None:
        """If it is this agent's."""

        async def drop(tx: Transaction) -> None:
            await repository.drop_browser(tx.session, browser_id, of=agent_id)

        await self._db.attempt(drop)

    async def here(self, agent_id: str, token: str, *, endpoint: str) -> None:
        """The browser that is reached there has this session now, and is off when it ends.

        Where another agent left it on it is off: whoever sits there now reads none of theirs.
        """

        async def keep(tx: Transaction) -> None:
            row = await tx.session.get(PushBrowser, digest(endpoint))
            if row is None:
                return
            if row.agent_id == agent_id:
                row.session_hash = digest(token)
            else:
                await repository.drop_browser(tx.session, row.id)

        await self._db.attempt(keep)

    async def push(self, agent_id: str, payload: bytes, *, topic: str) -> None:
        """To all of the agent's; one that takes it is enough. Raises NotWanted when there is none,
        MailNotTaken or MailRefused."""
        browsers = await self.of(agent_id)
        # Together: one whose push service does not answer holds up none of the others.
        found = await asyncio.gather(
            *(self._push_to(one, payload, topic=topic) for one in browsers)
        )
        if Pushed.TAKEN in found:
            return
        problems = [one for one in found if isinstance(one, MailNotTaken | MailRefused)]
        if not problems:
            raise NotWanted("no_browser")
        # As long as there is hope for one of them, it is tried again.
        raise next((one for one in problems if isinstance(one, MailNotTaken)), problems[0])

    async def _push_to(
        self, one: PushBrowser, payload: bytes, *, topic: str
    ) -> Pushed | MailNotTaken | MailRefused:
        """How it went, which the browser's row tells too."""
        try:
            to = Address(one.endpoint, one.p256dh, one.auth)
            await self._pusher.push(to, payload, topic=topic)
        except BrowserGone:
            await self.turn_off(one.agent_id, one.id)
            return Pushed.GONE
        except (MailNotTaken, MailRefused) as problem:
            await self._note(one.id, str(problem))
            return problem
        if one.problem is not None or one.used_at is None:
            await self._note(one.id, None)
        return Pushed.TAKEN

    async def _note(self, browser_id: str, problem: str | None) -> None:
        async def note(tx: Transaction) -> None:
            row = await tx.session.get(PushBrowser, browser_id)
            if row is not None:
                row.problem = problem[:300] if problem else None
                row.used_at = row.used_at if problem else now()

        await self._db.attempt(note)
