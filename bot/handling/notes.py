"""Notes that name colleagues, and questions to one of them: an answer is a note again."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

from bot.accounts.models import Agent
from bot.channel import Hint
from bot.clock import now
from bot.conversations.models import Conversation, Note
from bot.conversations.news import agents_topic
from bot.conversations.service import Conversations
from bot.db import Database, Transaction
from bot.handling.door import lock
from bot.handling.errors import NoSuchColleague, NoSuchQuestion
from bot.handoff.service import actor_of
from bot.live import Bus
from bot.records import repository
from bot.records.mentions import Person, find_mentions
from bot.records.models import MENTION, QUESTION, Mention


class Notes:
    """Each call is one transaction. Whoever is named hears of it after the commit."""

    def __init__(self, db: Database, *, conversations: Conversations, bus: Bus) -> None:
        self._db = db
        self._conversations = conversations
        self._bus = bus
        # Who else hears that a note is about to name an agent; whoever puts the desk together adds.
        self.naming: list[Callable[[Transaction, Conversation, str], Awaitable[None]]] = []

    async def write(self, agent: Agent, conversation_id: str, words: str) -> Note:
        """At any time and whoever owns the conversation; raises UnclearMention."""

        async def write(tx: Transaction) -> Note:
            conversation = await lock(tx, agent, conversation_id)
            return await self.add(tx, conversation, agent, words)

        return await self._db.attempt(write)

    async def ask(self, agent: Agent, conversation_id: str, to_id: str, words: str) -> Note:
        """A question to one colleague of the desk; raises NoSuchColleague."""

        async def ask(tx: Transaction) -> Note:
            conversation = await lock(tx, agent, conversation_id)
            people = await repository.colleagues(tx.session, conversation.desk)
            if to_id == agent.id or to_id not in [person.id for person in people]:
                raise NoSuchColleague
            note = await self.add(tx, conversation, agent, words, asks=to_id)
            self._conversations.record(
                tx, conversation, "colleague_asked", actor=actor_of(agent), details={"of": to_id}
            )
            return note

        return await self._db.attempt(ask)

    async def answer(
        self, agent: Agent, conversation_id: str, question_id: int, words: str
    ) -> Note:
        """Whoever asked is named by the answer; raises NoSuchQuestion."""

        async def answer(tx: Transaction) -> Note:
            conversation = await lock(tx, agent, conversation_id)
            asked = await repository.question(tx.session, conversation.id, question_id)
            if asked is None or asked.agent_id != agent.id or asked.answered_at is not None:
                raise NoSuchQuestion
            note = await self.add(tx, conversation, agent, words, also=(asked.by_id,))
            asked.answered_at, asked.answer_id = now(), note.id
            self._conversations.record(
                tx, conversation, "colleague_answered", actor=actor_of(agent)
            )
            return note

        return await self._db.attempt(answer)

    async def add(
        self,
        tx: Transaction,
        conversation: Conversation,
        agent: Agent,
        words: str,
        *,
        asks: str | None = None,
        also: Iterable[str] = (),
    ) -> Note:
        """The note with its mentions, inside a transaction that holds the conversation.

        `asks`: who is to answer; `also`: who is meant, named or not.
        """
        people = await repository.colleagues(tx.session, conversation.desk)
        named = find_mentions(words, [Person(one.id, one.name, one.email) for one in people])
        note = await self._conversations.note(tx, conversation, words, by=actor_of(agent))
        meant = dict.fromkeys((*([asks] if asks else []), *also, *named))
        for agent_id in meant:
            if agent_id == agent.id:
                continue
            for hear in self.naming:
                await hear(tx, conversation, agent_id)
            tx.session.add(
                Mention(
                    note_id=note.id,
                    conversation_id=conversation.id,
                    agent_id=agent_id,
                    by_id=agent.id,
                    by_name=agent.name,
                    kind=QUESTION if agent_id == asks else MENTION,
                )
            )
            self._tell(tx, agent_id, conversation.id)
        return note

    def _tell(self, tx: Transaction, agent_id: str, conversation_id: str) -> None:
        hint = Hint(agents_topic(agent_id), "mention", conversation_id)
        tx.after_commit(lambda: self._bus.publish(hint))

    async def saw(self, agent: Agent, conversation_id: str) -> None:
        """The agent looks at the conversation: what names them there is no longer new."""
        async with self._db.read() as session:
            if not await repository.has_unseen_mention(session, agent.id, conversation_id):
                return
        async with self._db.write() as tx:
            await repository.see_mentions(tx.session, agent.id, conversation_id, at=now())
        self._bus.publish(Hint(agents_topic(agent.id), "read", ""))


def others(people: Sequence[Agent], agent: Agent) -> list[Agent]:
    """The colleagues of an agent."""
    return [one for one in people if one.id != agent.id]
