"""A customer changes or takes back what they wrote (`bot.channel.EditDesk`): a transaction each."""

from bot.attachments.models import StoredFile
from bot.channel import Edit
from bot.clock import now
from bot.conversations import repository
from bot.conversations.models import Conversation, Message, Turn
from bot.conversations.outward import receipt_of
from bot.conversations.service import CUSTOMER, Conversations, Received
from bot.conversations.state import Status
from bot.db import Database, Transaction
from bot.handoff.service import Handoffs
from bot.privacy.mask import mask
from bot.routing import repository as turns_of
from bot.routing.service import Turns

MOST_EARLIER = 10  # versions of one message that are kept


class Edits:
    """What was said is put right; what was answered is not answered again."""

    def __init__(
        self, db: Database, *, conversations: Conversations, handoffs: Handoffs, turns: Turns
    ) -> None:
        self._db = db
        self._conversations = conversations
        self._handoffs = handoffs
        self._turns = turns

    async def edited(
        self, channel: str, external_id: str, text: str, *, for_bot: bool = True
    ) -> Edit:
        """The message says `text` now; a turn that still waits for it reads that."""
        words = mask(text).text.strip()

        async def change(tx: Transaction) -> Edit:
            found = await repository.lock_received(tx.session, channel, external_id)
            if found is None or found[0].withdrawn_at is not None:
                return Edit.UNKNOWN
            message, conversation = found
            self._conversations.check_text(words, may_be_empty=bool(message.attachments))
            if message.text == words:
                return Edit.UNCHANGED
            at = now()
            before = {"text": message.text, "until": at.isoformat()}
            message.earlier = [*(message.earlier or ()), before][-MOST_EARLIER:]
            message.text, message.edited_at = words, at
            self._tell(tx, conversation, message, "message_edited")
            turn = await turns_of.open_turn_of(tx.session, message.id)
            if turn is not None:
                await self._turns.read_anew(tx, conversation, turn, words)
                return Edit.IN_TIME
            if for_bot and words and not before["text"] and conversation.status is Status.BOT:
                await self._hear(tx, conversation, message)
                return Edit.IN_TIME
            return Edit.TOO_LATE

        return await self._db.attempt(change, finds_itself=True)

    async def _hear(self, tx: Transaction, conversation: Conversation, message: Message) -> None:
        """A message of before asks something only now."""
        is_busy = await turns_of.has_open_turn(tx.session, conversation.id)
        receipt = receipt_of(message, duplicate=True)
        received = Received(receipt, conversation, message, is_busy, effects=())
        await self._turns.queue_turn(tx, received, payload=None)

    async def withdrawn(self, channel: str, external_id: str) -> Edit:
        """Nothing is left of what the message said, and nobody answers it any more."""

        async def take_back(tx: Transaction) -> Edit:
            found = await repository.lock_received(tx.session, channel, external_id)
            if found is None:
                return Edit.UNKNOWN
            message, conversation = found
            if message.withdrawn_at is not None:
                return Edit.UNCHANGED
            await _empty(tx, message)
            self._tell(tx, conversation, message, "message_withdrawn")
            turn = await turns_of.open_turn_of(tx.session, message.id)
            await self._let_go(tx, conversation, turn)
            return Edit.TOO_LATE if turn is None else Edit.IN_TIME

        return await self._db.attempt(take_back, finds_itself=True)

    def _tell(
        self, tx: Transaction, conversation: Conversation, message: Message, kind: str
    ) -> None:
        conversation.updated_at = now()
        self._conversations.record(
            tx, conversation, kind, actor=CUSTOMER, details={"seq": message.seq}
        )
        self._conversations.hint_status(tx, conversation)

    async def _let_go(self, tx: Transaction, conversation: Conversation, turn: Turn | None) -> None:
        """Drops the turn; ends a conversation with nothing left that anybody could answer."""
        if turn is not None:
            await self._turns.withdraw(tx, conversation, turn)
        if conversation.status in (Status.BOT, Status.QUEUED):
            await tx.session.flush()
            if not await repository.says_anything(tx.session, conversation.id):
                await self._handoffs.ended_by_customer(tx, conversation)


async def _empty(tx: Transaction, message: Message) -> None:
    message.text, message.withdrawn_at = "", now()
    for stored in message.attachments or ():
        # Unused again, it is cleared away as any other file that no message carries.
        if (file := await tx.session.get(StoredFile, stored["id"])) is not None:
            file.message_id = file.conversation_id = None
    message.attachments = message.earlier = None
