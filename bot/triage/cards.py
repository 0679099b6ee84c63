"""Which message stands for which conversation (`bot.channel.agents.CardDesk`).

A card is written by one process at a time: it holds the card's row for a little while. A process
that dies leaves its hold to run out; whoever comes next is told that it is in doubt what was
posted, and looks before it posts.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

from sqlalchemy.exc import IntegrityError

from bot.channel.agents import TriageCard
from bot.clock import now
from bot.conversations import repository as conversations
from bot.db import Database, Overtaken, Transaction
from bot.triage import repository
from bot.triage.models import TriageCardRow

HOLD = timedelta(seconds=60)
AT_ONCE = 100
# A card is held for about as long as a call of its messenger takes.
FORGET_TRIES, FORGET_PAUSE = 25, 0.2


class TriageCards:
    """The cards of this installation."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.holder = str(uuid4())  # this process, for as long as it lives

    async def due(self, places: Mapping[str, str]) -> tuple[str, ...]:
        """Conversations whose card is not as it should be."""
        if not places:
            return ()
        async with self._db.read() as session:
            found = await repository.due(session, places, at=now(), limit=AT_ONCE)
        return tuple(found)

    async def undelivered(self, places: Mapping[str, str]) -> frozenset[str]:
        """Of these cards' conversations, those with a message that did not arrive."""
        if not places:
            return frozenset()
        async with self._db.read() as session:
            return frozenset(await repository.undelivered(session, places))

    async def hold(self, conversation: str, places: Mapping[str, str]) -> TriageCard | None:
        """This process works on it; None when another one does or there is nothing to do."""
        async with self._db.read() as session:
            if not places or not await repository.is_due(session, places, conversation):
                return None

        async def hold(tx: Transaction) -> TriageCard | None:
            locked = await conversations.lock_conversation(tx.session, conversation)
            if locked is None or not await repository.is_due(tx.session, places, conversation):
                return None
            row = await repository.card_of(tx.session, conversation)
            if row is None:
                row = TriageCardRow(
                    conversation_id=conversation,
                    place=places[locked.desk],
                    shown="",
                    seq=0,
                    notes=0,
                )
                tx.session.add(row)
            elif row.held_until is not None and row.held_until > now():
                return None
            in_doubt = row.holder is not None
            row.holder, row.held_until = self.holder, now() + HOLD
            row.status = ""  # until it is settled: what fails is found again, a closed one's too
            try:
                await tx.session.flush()
            except IntegrityError:
                raise Overtaken from None
            return _card(row, locked.desk, in_doubt=in_doubt)

        return await self._db.attempt(hold)

    async def keep(self, card: TriageCard) -> bool:
        """Notes how far it is, and holds it for longer."""
        values = {
            "message": card.message,
            "place": card.place,
            "shown": card.shown,
            "seq": card.seq,
            "notes": card.notes,
            "held_until": now() + HOLD,
        }
        return await self._change(card.conversation, values)

    async def settle(self, card: TriageCard, *, status: str) -> bool:
        """It shows all there is to show as of `card.as_of`."""
        return await self._change(card.conversation, {"as_of": card.as_of, "status": status})

    async def let_go(self, conversation: str) -> None:
        """Another process may work on it."""
        await self._change(conversation, {"holder": None, "held_until": None})

    async def put_off(self, conversation: str, seconds: float, *, in_doubt: bool) -> None:
        """It could not be written, or nobody knows whether it was: nobody tries before that."""
        values: dict[str, object] = {"held_until": now() + timedelta(seconds=seconds)}
        await self._change(conversation, values if in_doubt else {"holder": None, **values})

    async def forget_look(self, conversation: str) -> None:
        """It is drawn anew, by whoever comes first: not by whoever draws it just now."""
        for _ in range(FORGET_TRIES):
            if await self._db.attempt(
                lambda tx: repository.forget_look(tx.session, conversation, at=now())
            ):
                return
            await asyncio.sleep(FORGET_PAUSE)

    async def conversation_of(self, place: str, message: str) -> str | None:
        """Whose card this message is."""
        async with self._db.read() as session:
            row = await repository.card_at(session, place, message)
        return None if row is None else row.conversation_id

    async def card_of(self, conversation: str) -> TriageCard | None:
        """The conversation's card as it stands."""
        async with self._db.read() as session:
            row = await repository.card_of(session, conversation)
        return None if row is None else _card(row, "", in_doubt=False)

    async def _change(self, conversation: str, values: Mapping[str, object]) -> bool:
        return await self._db.attempt(
            lambda tx: repository.change_held(
                tx.session, conversation, holder=self.holder, values=values
            ),
            finds_itself=True,
        )


def _card(row: TriageCardRow, desk: str, *, in_doubt: bool) -> TriageCard:
    return TriageCard(
        conversation=row.conversation_id,
        desk=desk,
        place=row.place,
        message=row.message,
        shown=row.shown,
        seq=row.seq,
        notes=row.notes,
        as_of=row.as_of,
        since=row.created_at,
        is_in_doubt=in_doubt,
    )
