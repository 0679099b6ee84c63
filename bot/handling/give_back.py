"""Gives a conversation back to the bot with a summary: what it may go on with, and what was said.

The facts reach the bot's forms with each turn as long as it has the conversation (see
`bot/routing/briefing.py`), so it need not ask again; the summary is for its actions, and for the
next human.
"""

from collections.abc import Collection

from bot.accounts.models import Agent
from bot.conversations.service import Conversations
from bot.conversations.state import Trigger
from bot.db import Database, Transaction
from bot.handling.door import lock_own
from bot.handling.errors import TooLongAnswer
from bot.handoff.errors import StaleSend
from bot.handoff.packet import CONTACT, Packet
from bot.handoff.queries import load_packet
from bot.handoff.service import Handoffs, actor_of
from bot.records.models import Brief

MOST_LETTERS = 1000
MOST_FACTS = 40


class GivingBack:
    """One transaction."""

    def __init__(self, db: Database, *, conversations: Conversations, handoffs: Handoffs) -> None:
        self._db = db
        self._conversations = conversations
        self._handoffs = handoffs

    async def give_back(
        self,
        agent: Agent,
        conversation_id: str,
        *,
        epoch: int,
        summary: str,
        facts: Collection[str],
    ) -> None:
        """The bot has it; `facts` are the names of those that it may use."""
        summary = summary.strip()
        if len(summary) > MOST_LETTERS:
            raise TooLongAnswer(limit=MOST_LETTERS)

        async def give(tx: Transaction) -> bool:
            conversation = await lock_own(
                tx, self._conversations, self._handoffs, agent, conversation_id, epoch=epoch
            )
            if conversation is None:
                return False
            packet = await load_packet(tx.session, conversation, desks=(), with_agents_facts=True)
            known = {name: value for name, value in usable_facts(packet).items() if name in facts}
            effects = await self._conversations.move(
                tx, conversation, Trigger.RETURN_TO_BOT, actor=actor_of(agent)
            )
            await self._handoffs.carry_out(tx, conversation, effects)
            tx.session.add(
                Brief(
                    conversation_id=conversation.id,
                    epoch=conversation.epoch,
                    summary=summary,
                    known=known,
                    agent_id=agent.id,
                    agent_name=agent.name,
                )
            )
            return True

        if not await self._db.attempt(give):
            raise StaleSend


def usable_facts(packet: Packet) -> dict[str, str]:
    """What the bot could use, by its own names; an answer of the form before the chat is none."""
    found: dict[str, str] = {}
    for fact in (*packet.details, *packet.facts):
        if not fact.name.startswith("form_") and fact.name not in CONTACT:
            found[fact.name] = fact.value
    return dict(list(found.items())[:MOST_FACTS])
