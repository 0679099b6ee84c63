"""What agents do outside of the inbox (`bot.channel.agents.AgentsDesk`).

Each act is the inbox's own: it loads the account anew, so whoever may not work any more cannot,
and passes the same epoch, owner and desk checks in `Handoffs`. The audit log says from where.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from bot.accounts import repository as accounts
from bot.accounts.models import Agent
from bot.accounts.permissions import Permission, may
from bot.accounts.presence import Presence
from bot.attachments.service import AGENTS_FILES, Attachments
from bot.audit import doing
from bot.audit.acts import Doer, Place
from bot.channel import Upload
from bot.channel.agents import AgentAccount, AgentReply, Case, CaseEntry, Ended, OpenRequest
from bot.conversations.news import INBOX_TOPIC
from bot.conversations.service import Conversations
from bot.db import Database
from bot.errors import FirstlineError
from bot.handoff.service import Handoffs, Reply
from bot.live import Bus, Subscription
from bot.triage import repository
from bot.triage.cases import open_request, read_case, read_ended, read_entries
from bot.triage.notes import AddNote, ForeignNotes

REQUESTS = 20


class NoAccount(FirstlineError):
    """Whoever acts has no account that may work."""

    code = "no_account"
    status = 403


class HandOver(Protocol):
    """Gives a conversation to a colleague (bot/handling/transfer.py)."""

    async def __call__(self, agent: Agent, conversation_id: str, *, epoch: int, to_id: str) -> None:
        """Raises what the inbox tells."""


class Triage:
    """The desk as agents elsewhere see it; `place` is what the audit log calls that elsewhere."""

    def __init__(
        self,
        db: Database,
        *,
        conversations: Conversations,
        handoffs: Handoffs,
        hand_over: HandOver,
        add_note: AddNote,
        presence: Presence,
        attachments: Attachments,
        bus: Bus,
        place: Place,
    ) -> None:
        self._db = db
        self._attachments = attachments
        self._handoffs = handoffs
        self._presence = presence
        self._bus = bus
        self._place = place
        self._notes = ForeignNotes(db, conversations=conversations, add_note=add_note)
        self._hand_over = hand_over

    async def account(self, email: str) -> AgentAccount | None:
        """The account of this address that may work."""
        async with self._db.read() as session:
            agent = await accounts.find_agent(session, email)
        return None if agent is None or agent.disabled_at is not None else _account(agent)

    async def colleagues(self, desk: str) -> tuple[AgentAccount, ...]:
        """Who works at the desk, by name."""
        async with self._db.read() as session:
            found = await repository.agents(session)
        return tuple(_account(agent) for agent in found if desk in agent.desks)

    async def case(self, conversation: str, language: str) -> Case:
        """The conversation as it stands now."""
        async with self._db.read() as session:
            return await read_case(session, conversation, language)

    async def entries(self, conversation: str, *, seq: int, notes: int) -> tuple[CaseEntry, ...]:
        """What came after these, oldest first."""
        async with self._db.read() as session:
            return await read_entries(session, conversation, seq=seq, notes=notes)

    async def changed(self, conversation: str, *, since: datetime) -> Mapping[int, datetime]:
        """Number of a message that its customer edited or took back since then → when."""
        async with self._db.read() as session:
            return await repository.changed_since(session, conversation, since)

    async def claim(self, agent: str, conversation: str, *, epoch: int) -> None:
        """The agent takes it."""
        await self._handoffs.claim(await self._agent(agent), conversation, epoch=epoch)

    async def assign(self, agent: str, conversation: str, *, epoch: int, to: str) -> None:
        """Another agent of the desk gets it."""
        by = await self._agent(agent)
        await self._hand_over(by, conversation, epoch=epoch, to_id=to)

    async def release(self, agent: str, conversation: str, *, epoch: int) -> None:
        """Back to the queue."""
        await self._handoffs.release(await self._agent(agent), conversation, epoch=epoch)

    async def return_to_bot(self, agent: str, conversation: str, *, epoch: int) -> None:
        """The bot goes on."""
        await self._handoffs.return_to_bot(await self._agent(agent), conversation, epoch=epoch)

    async def snooze(self, agent: str, conversation: str, *, epoch: int, choice: str) -> None:
        """Out of sight until then."""
        by = await self._agent(agent)
        await self._handoffs.snooze(by, conversation, epoch=epoch, choice=choice)

    async def wake(self, agent: str, conversation: str, *, epoch: int) -> None:
        """The agent goes on before its time."""
        await self._handoffs.wake(await self._agent(agent), conversation, epoch=epoch)

    async def close(self, agent: str, conversation: str, *, epoch: int) -> None:
        """Over."""
        await self._handoffs.close(await self._agent(agent), conversation, epoch=epoch)

    async def not_a_request(self, agent: str, conversation: str, *, epoch: int) -> None:
        """Over without a word: it asked nothing of the desk."""
        by = await self._agent(agent)
        await self._handoffs.close_as_no_request(by, conversation, epoch=epoch)

    async def reply(self, agent: str, conversation: str, reply: AgentReply) -> None:
        """Sends the agent's words to the customer, through the outbox."""
        by = await self._agent(agent)
        words = Reply(reply.text, reply.epoch, reply.key, reply.attachments)
        await self._handoffs.reply(by, conversation, words)

    async def receive_file(
        self, agent: str, pieces: AsyncIterator[bytes], *, key: str, name: str
    ) -> str:
        """Takes a file that the agent will send, by the rules of every file; its id."""
        by = await self._agent(agent)
        upload = Upload(AGENTS_FILES, by.id, key, name)
        return (await self._attachments.receive(upload, pieces)).id

    async def note(self, agent: str, conversation: str, words: str, *, source: str) -> bool:
        """Writes an internal note; False when there is one from this source already."""
        return await self._notes.write(await self._agent(agent), conversation, words, source)

    async def change_note(self, agent: str, words: str, *, source: str) -> bool:
        """The note from this source says something else now."""
        return await self._notes.change(await self._agent(agent), words, source)

    async def here(self, agents: Collection[str]) -> None:
        """These agents are there."""
        for agent in agents:
            await self._presence.heartbeat(agent)

    async def open_requests(
        self, channel: str, customer: str, language: str
    ) -> tuple[OpenRequest, ...]:
        """What this customer waits for, the newest first."""
        async with self._db.read() as session:
            found = await repository.open_of_customer(session, channel, customer, limit=REQUESTS)
        return tuple(open_request(conversation, words, language) for conversation, words in found)

    async def requesters(self, channel: str, conversations: Collection[str]) -> frozenset[str]:
        """The customers of these conversations, of those that are on this channel."""
        async with self._db.read() as session:
            return frozenset(await repository.requesters(session, channel, conversations))

    async def ended(self, conversation: str) -> Ended | None:
        """The conversation, if it is closed."""
        async with self._db.read() as session:
            return await read_ended(session, conversation)

    def watch(self) -> AbstractContextManager[Subscription]:
        """Hints of what changed in any conversation."""
        return self._bus.subscribe([INBOX_TOPIC])

    async def _agent(self, agent_id: str) -> Agent:
        async with self._db.read() as session:
            agent = await accounts.get_agent(session, agent_id)
        if agent is None or agent.disabled_at is not None or not may(agent, Permission.WORK):
            raise NoAccount
        doing.begins(Doer(agent, self._place))
        return agent


def _account(agent: Agent) -> AgentAccount:
    return AgentAccount(agent.id, agent.name, agent.email, agent.language, tuple(agent.desks))
