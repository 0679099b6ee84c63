"""A request that comes with all its facts (`bot.channel.forms.RequestFormDesk`)."""

import json
from collections.abc import Mapping
from dataclasses import replace

from bot.channel import InboundMessage, Receipt
from bot.conversations.service import Conversations
from bot.conversations.state import Effect
from bot.db import Database, Transaction
from bot.privacy.mask import mask
from bot.routing.service import Turns

# The entity that carries the answers: `actions/forms/message.py` reads it.
FILLED = "filled"
MOST_ANSWER = 500  # characters, of one answer


class RequestForms:
    """Receives the words, and lets the bot's form begin with the answers.

    Whoever has the conversation then reads the words: no fact is in the answers alone.
    """

    def __init__(self, db: Database, *, conversations: Conversations, turns: Turns) -> None:
        self._db = db
        self._conversations = conversations
        self._turns = turns

    async def submit(
        self, inbound: InboundMessage, intent: str, answers: Mapping[str, str]
    ) -> Receipt:
        """Commits it, and queues the bot's turn where the bot has the conversation."""
        told = {slot: mask(value[:MOST_ANSWER]).text for slot, value in answers.items() if value}
        carried = json.dumps({FILLED: json.dumps(told, ensure_ascii=False)}, ensure_ascii=False)
        words = mask(inbound.text).text

        async def receive(tx: Transaction) -> Receipt:
            received = await self._conversations.receive(tx, replace(inbound, text=words))
            if not received.receipt.duplicate and Effect.ASK_BOT in received.effects:
                await self._turns.queue_turn(tx, received, payload=f"/{intent}{carried}")
            return received.receipt

        return await self._db.attempt(receive, finds_itself=True)
