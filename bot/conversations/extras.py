"""What a message carries beside its words: files and cards."""

from dataclasses import dataclass

from bot.attachments.models import StoredFile
from bot.attachments.service import described
from bot.channel import Card
from bot.conversations.models import Message
from bot.conversations.outward import stored


@dataclass(frozen=True)
class Extras:
    """`files`: taken for this message in its own transaction."""

    files: tuple[StoredFile, ...] = ()
    cards: tuple[Card, ...] = ()

    def put_on(self, message: Message) -> None:
        """The message carries them from now on, and the files are used."""
        message.attachments = stored(tuple(described(file) for file in self.files))
        message.cards = stored(self.cards)
        for file in self.files:
            file.message_id, file.conversation_id = message.id, message.conversation_id


NOTHING = Extras()
