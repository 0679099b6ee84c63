"""A desk's labels: made, retired, put on conversations and taken off."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.accounts.models import Agent
from bot.audit.acts import Act, Doer
from bot.audit.repository import record
from bot.clock import now
from bot.conversations.errors import NotFound
from bot.conversations.service import Conversations
from bot.db import Database, Transaction
from bot.handling.door import lock
from bot.handling.errors import BadLabel, LabelExists, NoSuchLabel
from bot.handoff.service import actor_of
from bot.records import repository
from bot.records.models import ConversationLabel, Label

COLOURS = ("grey", "red", "orange", "yellow", "green", "teal", "blue", "purple")
MOST_LETTERS = 40


@dataclass(frozen=True)
class Relabelled:
    """The labels that were put on and taken off; none that was there, or missing, before."""

    on: tuple[int, ...]
    off: tuple[int, ...]


class Labels:
    """Each call is one transaction."""

    def __init__(self, db: Database, *, conversations: Conversations) -> None:
        self._db = db
        self._conversations = conversations

    async def make(self, agent: Agent, doer: Doer, desk: str, name: str, colour: str) -> None:
        """A new one, or a retired one again; raises BadLabel, LabelExists or NotFound."""
        name = " ".join(name.split())
        if not 0 < len(name) <= MOST_LETTERS or colour not in COLOURS:
            raise BadLabel(limit=MOST_LETTERS)
        if desk not in agent.desks:
            raise NotFound
        key = name.casefold()[:MOST_LETTERS]

        async def make(tx: Transaction) -> None:
            there = await repository.label_named(tx.session, desk, key)
            if there is None:
                tx.session.add(Label(desk=desk, key=key, name=name, colour=colour))
            elif there.retired_at is None:
                raise LabelExists(name=there.name)
            else:
                there.name, there.colour, there.retired_at = name, colour, None
            record(tx, Act.LABEL_MADE, doer, what=name, desk=desk)

        await self._db.attempt(make)

    async def retire(self, agent: Agent, doer: Doer, label_id: int) -> None:
        """Offered no more; conversations that have it keep it."""

        async def retire(tx: Transaction) -> None:
            there = await repository.label(tx.session, label_id)
            if there is None or there.desk not in agent.desks:
                raise NoSuchLabel
            if there.retired_at is None:
                there.retired_at = now()
                record(tx, Act.LABEL_RETIRED, doer, what=there.name, desk=there.desk)

        await self._db.attempt(retire)

    async def put(
        self,
        agent: Agent,
        conversation_id: str,
        *,
        on: Collection[int] = (),
        off: Collection[int] = (),
    ) -> Relabelled:
        """Anybody at the desk may; raises NoSuchLabel."""

        async def put(tx: Transaction) -> Relabelled:
            conversation = await lock(tx, agent, conversation_id)
            had = {
                label.id
                for label in (await repository.labels_on(tx.session, [conversation.id])).get(
                    conversation.id, []
                )
            }
            added, removed, new = [], [], []
            for label_id in dict.fromkeys(on):
                there = await repository.label(tx.session, label_id)
                if label_id in had:
                    continue
                if there is None or there.desk != conversation.desk or there.retired_at:
                    raise NoSuchLabel
                tx.session.add(
                    ConversationLabel(
                        conversation_id=conversation.id,
                        label_id=label_id,
                        agent_id=agent.id,
                        agent_name=agent.name,
                    )
                )
                added.append(there.name)
                new.append(label_id)
            for label_id in had.intersection(off):
                await repository.take_label_off(tx.session, conversation.id, label_id)
                removed.append(label_id)
            if added or removed:
                self._conversations.record(
                    tx,
                    conversation,
                    "labelled",
                    actor=actor_of(agent),
                    details={"on": added, "off": removed},
                )
                self._conversations.hint_status(tx, conversation)
            return Relabelled(tuple(new), tuple(removed))

        return await self._db.attempt(put)

    async def choose(self, agent: Agent, conversation_id: str, chosen: Collection[int]) -> None:
        """The conversation has these, and no others of its desk."""
        async with self._db.read() as session:
            has = await repository.labels_on(session, [conversation_id])
        had = {label.id for label in has.get(conversation_id, [])}
        await self.put(agent, conversation_id, on=set(chosen) - had, off=had - set(chosen))
