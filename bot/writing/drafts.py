"""Drafts: what an agent types is kept here at once, and the browser's copy is the backup."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from bot.accounts.models import Agent
from bot.channel import TextTooLong
from bot.clock import now
from bot.conversations import repository as conversations
from bot.conversations.errors import NotFound
from bot.conversations.models import new_id
from bot.conversations.news import agents_topic
from bot.db import Database, Transaction
from bot.live import Hint
from bot.writing import repository
from bot.writing.models import Draft

# More than anybody types, and more than a desk sends: what is too long to be sent is still kept.
MAX_LENGTH = 100_000
KEPT_FOR = timedelta(days=30)
HINT = "draft"


class Kind(StrEnum):
    """What is being written."""

    REPLY = "reply"
    NOTE = "note"


@dataclass(frozen=True)
class Typed:
    """What a tab has, and which version of the draft it began with ("": none)."""

    text: str
    base: str
    started_seq: int | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """How the draft stands now. `is_other`: another tab has written since; nothing was changed."""

    version: str
    text: str
    is_other: bool = False


class Drafts:
    """Keeps what is typed, per agent, conversation and kind."""

    def __init__(self, db: Database, *, publish: Callable[[Hint], None]) -> None:
        self._db = db
        self._publish = publish

    async def keep(self, agent: Agent, conversation_id: str, kind: Kind, typed: Typed) -> Kept:
        """Keeps it, unless another tab has other words by now; raises NotFound, TextTooLong."""
        if len(typed.text) > MAX_LENGTH:
            raise TextTooLong(length=len(typed.text), limit=MAX_LENGTH)

        async def keep(tx: Transaction) -> Kept:
            # The lock keeps two tabs of one agent from writing the first version at once.
            conversation = await conversations.lock_conversation(tx.session, conversation_id)
            if conversation is None or conversation.desk not in agent.desks:
                raise NotFound
            there = await repository.draft_of(tx.session, agent.id, conversation_id, kind)
            if there is not None and _same(there, typed):
                return Kept(there.version, there.text)
            # Gone, though this tab knew it: it was sent, or emptied in another one.
            if (there.version if there else "") != typed.base and (there or typed.text.strip()):
                known = (there.version, there.text) if there else ("", "")
                return Kept(*known, is_other=True)
            await repository.forget_drafts_before(tx.session, agent.id, now() - KEPT_FOR)
            version = await _write(tx, there, agent, conversation_id, kind, typed)
            self._tell(tx, agent.id, conversation_id)
            return Kept(version, typed.text)

        return await self._db.attempt(keep, finds_itself=True)

    async def replace(self, agent: Agent, conversation_id: str, kind: Kind, typed: Typed) -> None:
        """Keeps it, whatever was there: for a page without a script, which knows no versions."""
        async with self._db.read() as session:
            there = await repository.draft_of(session, agent.id, conversation_id, kind)
        base = there.version if there else ""
        await self.keep(agent, conversation_id, kind, replace(typed, base=base))

    async def clear(self, agent: Agent, conversation_id: str, kind: Kind) -> None:
        """It has become something else."""

        async def clear(tx: Transaction) -> None:
            await self.forget(tx, agent.id, conversation_id, kind)

        await self._db.attempt(clear)

    async def forget(
        self, tx: Transaction, agent_id: str, conversation_id: str, kind: Kind
    ) -> None:
        """It was sent, or is not wanted."""
        if await repository.forget_draft(tx.session, agent_id, conversation_id, kind):
            self._tell(tx, agent_id, conversation_id)

    async def put_back(
        self,
        tx: Transaction,
        agent_id: str,
        conversation_id: str,
        text: str,
        *,
        attachments: Sequence[str] = (),
        problem: str | None = None,
    ) -> None:
        """What was not sent after all comes before whatever is being written now."""
        there = await repository.draft_of(tx.session, agent_id, conversation_id, Kind.REPLY)
        if there is None:
            there = Draft(agent_id=agent_id, conversation_id=conversation_id, kind=Kind.REPLY)
            there.text, there.attachments = "", []
            tx.session.add(there)
        there.text = f"{text}\n\n{there.text}" if there.text.strip() else text
        there.attachments = [*attachments, *there.attachments]
        there.version, there.updated_at, there.problem = new_id(), now(), problem
        self._tell(tx, agent_id, conversation_id)

    def _tell(self, tx: Transaction, agent_id: str, conversation_id: str) -> None:
        """The agent's other tabs."""
        hint = Hint(agents_topic(agent_id), HINT, conversation_id)
        tx.after_commit(lambda: self._publish(hint))


async def _write(
    tx: Transaction,
    there: Draft | None,
    agent: Agent,
    conversation_id: str,
    kind: Kind,
    typed: Typed,
) -> str:
    if not typed.text.strip() and not typed.attachments:
        if there is not None:
            await tx.session.delete(there)
        return ""
    if there is None:
        there = Draft(agent_id=agent.id, conversation_id=conversation_id, kind=kind)
        tx.session.add(there)
    there.text, there.started_seq = typed.text, typed.started_seq
    there.attachments, there.problem = list(typed.attachments), None
    there.version, there.updated_at = new_id(), now()
    return there.version


def _same(there: Draft, typed: Typed) -> bool:
    return there.text == typed.text and tuple(there.attachments) == typed.attachments
