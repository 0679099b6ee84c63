"""Agents at the inbox: two of them, two tabs each, through the routes that their pages use."""

import asyncio
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from uuid import uuid4

import httpx
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.accounts.service import Accounts
from bot.db import Database
from tests.desk import DESK
from tests.faults.evidence import Sent

RETRY_SECONDS = 0.05
SESSION_HOURS = 24 * 365 * 20  # the clock may jump by a day
CONFLICT = 409
EPOCH = re.compile(r'name="epoch" value="(\d+)"')


@dataclass(frozen=True)
class Hired:
    """An agent who is signed in."""

    id: str
    name: str
    session: str
    csrf: str


async def hire(url: str, names: list[str]) -> list[Hired]:
    """Makes the accounts in the database of this URL and signs them in."""
    db = Database(url)
    accounts = Accounts(db, session_hours=SESSION_HOURS)
    hired = []
    for name in names:
        email = f"{name.lower()}@example.com"
        password = await accounts.add_agent(email, name, [DESK])
        async with db.write() as tx:
            changed = update(Agent).where(Agent.email == email).values(must_change_password=False)
            await tx.session.execute(changed)
        token = await accounts.sign_in(email, password)
        who = await accounts.who(token)
        assert who is not None
        hired.append(Hired(who.agent.id, name, token, who.csrf))
    await db.close()
    return hired


class Tab:
    """A browser's tab in which a conversation is open; it keeps the epoch of its page."""

    def __init__(
        self,
        agent: Hired,
        thread: str,
        *,
        http: httpx.AsyncClient,
        doors: Callable[[], list[str]],
        chance: random.Random,
    ) -> None:
        self.agent = agent
        self._http = http
        self.epoch = 0
        self.sent: list[Sent] = []
        self._thread = thread
        self._doors = doors
        self._chance = chance

    async def load(self, conversation: str) -> None:
        """Loads the page."""
        while True:
            answer = await self._ask("GET", f"/inbox/conversations/{conversation}")
            if answer.is_success and (found := EPOCH.search(answer.text)) is not None:
                self.epoch = int(found[1])
                return
            await asyncio.sleep(RETRY_SECONDS)

    async def move(self, conversation: str, what: str) -> bool:
        """claim, release, return_to_bot or close; whether it was taken (False: refused, or it had
        been done by a try whose answer was lost)."""
        answer = await self._act(conversation, what, {})
        return answer.is_success

    async def reply(self, conversation: str, text: str, *, clicks: int = 1) -> Sent:
        """Sends, and again with the same key until the page says what became of it."""
        sent = Sent(text, self._thread, "agent", sent_at=monotonic())
        self.sent.append(sent)
        fields = {"text": text, "key": str(uuid4())}
        answers = await asyncio.gather(
            *(self._act(conversation, "reply", fields) for _ in range(clicks))
        )
        if all(answer.is_success for answer in answers):
            sent.ack(None)
        elif not any(answer.is_success for answer in answers):
            sent.refused = True
        else:
            raise AssertionError(f"{text}: the same key was taken and refused")
        return sent

    async def _act(self, conversation: str, what: str, fields: dict[str, str]) -> httpx.Response:
        """The answer that says yes or no; whatever else comes, it tries again."""
        data = {"csrf": self.agent.csrf, "epoch": str(self.epoch)} | fields
        while True:
            answer = await self._ask("POST", f"/inbox/conversations/{conversation}/{what}", data)
            if answer.is_success or answer.status_code == CONFLICT:
                return answer
            await asyncio.sleep(RETRY_SECONDS)

    async def _ask(
        self, method: str, path: str, data: dict[str, str] | None = None
    ) -> httpx.Response:
        cookie = f"firstline_session={self.agent.session}"
        headers = {"HX-Request": "true", "Cookie": cookie}
        while True:
            try:
                return await self._http.request(
                    method, self._chance.choice(self._doors()) + path, data=data, headers=headers
                )
            except httpx.HTTPError:
                await asyncio.sleep(RETRY_SECONDS)
