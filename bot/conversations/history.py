"""What a customer said before: page by page, back through the thread's conversations."""

from collections.abc import Mapping

from bot.channel import EarlierPage, Standing
from bot.conversations import queries, repository
from bot.conversations.errors import NotFound
from bot.conversations.models import Conversation
from bot.conversations.outward import outbound
from bot.db import Database


class History:
    """A thread's past, for whoever the thread belongs to (`bot.channel.HistoryDesk`)."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def before(
        self, channel: str, thread: str, conversation: str, seq: int, *, limit: int
    ) -> EarlierPage:
        """The last messages before `seq`; before the first one, those of the conversation before.

        NotFound for a conversation of any other thread.
        """
        async with self._db.read() as session:
            there: Conversation | None = await repository.conversation_in_thread(
                session, channel, thread, conversation
            )
            if there is None:
                raise NotFound
            found = await queries.messages_before(session, there.id, seq, limit=limit)
            while not found:
                there = await queries.conversation_before(session, there)
                if there is None:
                    return EarlierPage((), more=False)
                end = there.last_seq + 1
                found = await queries.messages_before(session, there.id, end, limit=limit)
            more = found[0].seq > 1 or await queries.has_conversation_before(session, there)
            return EarlierPage(tuple(outbound(there, message) for message in found), more=more)

    async def standings(
        self, channel: str, threads: Mapping[str, str | None]
    ) -> Mapping[str, Standing]:
        """Where each thread ends: its open conversation, or else the one that is named."""
        named = [conversation for conversation in threads.values() if conversation is not None]
        async with self._db.read() as session:
            rows = await queries.ends(session, channel, threads, named)
        return {thread: Standing(conversation, seq) for thread, conversation, seq in rows}

    async def has_before(self, channel: str, thread: str, conversation: str) -> bool:
        """Whether the thread had a conversation before this one."""
        async with self._db.read() as session:
            there = await repository.conversation_in_thread(session, channel, thread, conversation)
            return there is not None and await queries.has_conversation_before(session, there)
