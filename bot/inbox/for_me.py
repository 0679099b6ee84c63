"""What came to an agent by another one's doing, and at what of it they have not looked yet.

Columns of the one statement that asks for a list's numbers, so that they cost no trip of their own.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select, union

from bot.conversations.models import Conversation
from bot.conversations.state import Trigger
from bot.records.models import Mention

ME = bindparam("me", type_=Conversation.id.type)


# `Any`: times and counts.
def for_me(desks: Sequence[str]) -> Sequence[ColumnElement[Any]]:
    """When the newest came, of each kind, and in how many conversations something is unseen."""
    has = (
        Conversation.desk.in_(desks),
        Conversation.agent_id == ME,
        Conversation.status == literal_column("'with_agent'"),
    )
    woke = Conversation.given_as == Trigger.WAKE.value
    newest = select(func.max(Conversation.given_at)).where(*has)
    named = select(func.max(Mention.at)).where(Mention.agent_id == ME)
    unseen = (
        select(Mention.conversation_id)
        .join(Conversation, Conversation.id == Mention.conversation_id)
        .where(Mention.agent_id == ME, Mention.seen_at.is_(None), Conversation.desk.in_(desks))
    )
    given = select(Conversation.id).where(*has, Conversation.given_unseen)
    both = union(unseen, given).subquery()
    mentions = unseen.distinct().subquery()
    return (
        newest.where(~woke).scalar_subquery().label("given"),
        newest.where(woke).scalar_subquery().label("woken"),
        named.scalar_subquery().label("named"),
        select(func.count()).select_from(mentions).scalar_subquery().label("mentions_unseen"),
        select(func.count()).select_from(both).scalar_subquery().label("for_me"),
    )
