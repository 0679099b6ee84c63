"""Keeping filters."""

from typing import Any

from bot.accounts.models import Agent
from bot.accounts.permissions import Permission, may
from bot.audit.acts import Act, Doer
from bot.audit.repository import record
from bot.db import Database, Transaction
from bot.filters import queries
from bot.filters.errors import FilterNameMissing, FilterNotShared, UnknownFilter
from bot.filters.grammar import parse
from bot.filters.models import SavedFilter

LONGEST_NAME = 60


async def keep_filter(
    db: Database,
    agent: Agent,
    doer: Doer,
    *,
    name: str,
    expression: str,
    desk: str | None,
    filter_id: int | None = None,
) -> int:
    """Keeps a new filter or changes one; returns its number.

    Raises UnreadableFilter, FilterNameMissing, FilterNotShared, and UnknownFilter for one that is
    not the agent's to change.
    """
    name, expression = " ".join(name.split())[:LONGEST_NAME], " ".join(expression.split())
    if not name:
        raise FilterNameMissing
    parse(expression)
    if desk is not None and (desk not in agent.desks or not may(agent, Permission.KEEP_SHARED)):
        raise FilterNotShared
    async with db.write() as tx:
        if filter_id is None:
            kept = SavedFilter(agent_id=agent.id, agent_name=agent.name)
            tx.session.add(kept)
        else:
            found = await queries.filter_for(tx.session, agent, filter_id)
            if found is None or found.agent_id != agent.id:
                raise UnknownFilter
            kept = found
        _note(tx, doer, kept, name=name, expression=expression, desk=desk)
        kept.name, kept.expression, kept.desk = name, expression, desk
        await tx.session.flush()
        return kept.id


async def drop_filter(db: Database, agent: Agent, doer: Doer, filter_id: int) -> None:
    """Forgets one of the agent's own filters; raises UnknownFilter."""
    async with db.write() as tx:
        found = await queries.filter_for(tx.session, agent, filter_id)
        if found is None or found.agent_id != agent.id:
            raise UnknownFilter
        _note(tx, doer, found, name=found.name, expression=found.expression, desk=None)
        await tx.session.delete(found)


def _note(
    tx: Transaction, doer: Doer, kept: SavedFilter, *, name: str, expression: str, desk: str | None
) -> None:
    """What a desk gets, loses or sees otherwise from now on; one's own is nobody's business."""
    had, is_other = kept.desk, (kept.name, kept.expression) != (name, expression)
    if had is not None and had != desk:
        record(tx, Act.FILTER_UNSHARED, doer, what=kept.name, desk=had)
    if desk is not None and had != desk:
        record(tx, Act.FILTER_SHARED, doer, what=name, expression=expression, desk=desk)
    elif desk is not None and is_other:
        was: dict[str, Any] = {"was": kept.name} if kept.name != name else {}
        record(tx, Act.FILTER_CHANGED, doer, what=name, expression=expression, desk=desk, **was)
