"""What the composer of an open conversation begins with: drafts, their files, what is held."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.attachments.repository import find_unused
from bot.attachments.service import AGENTS_FILES
from bot.conversations.models import Conversation
from bot.writing import repository
from bot.writing.drafts import Kind
from bot.writing.models import Draft, HeldReply

# Refusals of a held reply that have words of their own; of any other it is said that it was one.
NAMED_PROBLEMS = ("stale_send", "not_yours", "illegal_transition", "file_gone")


@dataclass(frozen=True)
class DraftFile:
    """A file that was chosen and not sent."""

    id: str
    name: str


@dataclass(frozen=True)
class DraftNow:
    """A draft as the page begins with it; an empty one where there is none."""

    text: str = ""
    version: str = ""
    started_seq: int | None = None
    problem: str | None = None
    files: tuple[DraftFile, ...] = ()


@dataclass(frozen=True)
class HeldNow:
    """The agent's reply that is about to be sent."""

    id: str
    text: str
    due_at: datetime


@dataclass(frozen=True)
class Composing:
    """Everything of one agent in one conversation."""

    reply: DraftNow
    note: DraftNow
    held: HeldNow | None


async def composing(
    session: AsyncSession,
    agent: Agent,
    conversation: Conversation,
    *,
    there: Container[object] = (Draft, HeldReply),
) -> Composing:
    """As it is kept; `there`: of what there may be something."""
    drafts: Mapping[str, Draft] = {}
    if Draft in there:
        drafts = await repository.drafts_of(session, agent.id, conversation.id)
    held = await repository.held_in(session, conversation.id) if HeldReply in there else None
    is_own = held is not None and held.agent_id == agent.id
    return Composing(
        reply=await draft_now(session, drafts.get(Kind.REPLY)),
        note=await draft_now(session, drafts.get(Kind.NOTE)),
        held=HeldNow(held.id, held.text, held.due_at) if held is not None and is_own else None,
    )


async def draft_now(session: AsyncSession, draft: Draft | None) -> DraftNow:
    """The draft with the names of its files; those that are gone by now are left out."""
    if draft is None:
        return DraftNow()
    found = await find_unused(session, AGENTS_FILES, draft.agent_id, draft.attachments)
    files = tuple(DraftFile(one, found[one].name) for one in draft.attachments if one in found)
    problem = draft.problem
    if problem is not None and problem not in NAMED_PROBLEMS:
        problem = "other"
    return DraftNow(draft.text, draft.version, draft.started_seq, problem, files)
