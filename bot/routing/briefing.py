"""What an agent who gave a conversation back told the bot: each of its turns gets to know it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation
from bot.records.repository import brief_for

# From the bot to a human and back: before that nobody can have told it anything.
LEAST_EPOCH = 3


# `Any`: JSON for the engine; see docs/your-bot.md.
async def told_by_agent(session: AsyncSession, conversation: Conversation) -> dict[str, Any]:
    """`known` (facts by the bot's names) and `summary`; empty for most conversations."""
    if conversation.epoch < LEAST_EPOCH:
        return {}
    brief = await brief_for(session, conversation.id, conversation.epoch)
    if brief is None:
        return {}
    return {"known": dict(brief.known), "summary": brief.summary}
