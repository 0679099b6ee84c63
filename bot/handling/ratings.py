"""Whether a handoff told its agent enough: one opinion for each handoff and agent."""

from bot.accounts.models import Agent
from bot.clock import now
from bot.conversations.service import Conversations
from bot.db import Database, Transaction
from bot.handling.door import lock
from bot.handling.errors import NoHandoff, TooLongAnswer
from bot.records import repository
from bot.records.models import HandoffRating

MOST_LETTERS = 500


class Ratings:
    """One transaction."""

    def __init__(self, db: Database, *, conversations: Conversations) -> None:
        self._db = db
        self._conversations = conversations

    async def rate(
        self, agent: Agent, conversation_id: str, *, enough: bool, missing: str = ""
    ) -> None:
        """Of the newest handoff; a second opinion changes the first. Raises NoHandoff."""
        missing = " ".join(missing.split())
        if len(missing) > MOST_LETTERS:
            raise TooLongAnswer(limit=MOST_LETTERS)

        async def rate(tx: Transaction) -> None:
            conversation = await lock(tx, agent, conversation_id)
            handoff = await repository.latest_handoff(tx.session, conversation.id)
            if handoff is None:
                raise NoHandoff
            rating = await repository.rating_of(tx.session, handoff.id, agent.id)
            if rating is None:
                rating = HandoffRating(
                    handoff_id=handoff.id, conversation_id=conversation.id, agent_id=agent.id
                )
                tx.session.add(rating)
            rating.enough, rating.at = enough, now()
            rating.missing = None if enough else missing or None

        await self._db.attempt(rate)
