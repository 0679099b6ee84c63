"""What we remember of a chat: which desk, which language, and where it goes on."""

import json
from dataclasses import asdict, dataclass, replace
from time import time

from bot.channel import ChannelMemory
from bot.texts import supported
from connectors.telegram.channel import CHANNEL, TelegramChannel
from connectors.telegram.parse import Person, Press, Said
from connectors.telegram.places import Place, key_without_date, thread_of

DATED_KEYS = "dated-keys"  # in the channel's memory: since when messages are known by dates
DONE_DAYS = 2.0  # Telegram brings an update again for one day


@dataclass(frozen=True)
class Chat:
    """As its person chose. `thread`, `conversation`: a group's, that goes on in private here."""

    desk: str | None = None
    language: str | None = None
    thread: str | None = None
    conversation: str | None = None


@dataclass(frozen=True)
class Visit:
    """Who writes, where, and to whom."""

    place: Place
    thread: str
    customer: str
    desk: str
    language: str
    chat: Chat


class Chats:
    """The memory of the chats."""

    def __init__(self, channel: TelegramChannel) -> None:
        self._channel = channel
        self._memory: ChannelMemory = channel.memory
        self._dated_since: int | None = None

    async def visit(self, place: Place, who: Person) -> Visit:
        """Everything about whoever writes there."""
        chat = await self.recall(who.id)
        here = await self.recall(place.chat) if place.is_group else chat
        thread = thread_of(place, who.id).key
        if not place.is_group and chat.thread and await self._goes_on(chat):
            thread = chat.thread
        return Visit(
            place=place,
            thread=thread,
            customer=str(who.id),
            desk=self._desk(here),
            language=chat.language or supported(who.language),
            chat=chat,
        )

    async def desk_of(self, chat: int) -> str:
        """To which desk whoever writes there speaks."""
        return self._desk(await self.recall(chat))

    def _desk(self, chat: Chat) -> str:
        chosen = chat.desk
        return chosen if chosen and chosen in self._channel.desks else self._channel.first_desk

    async def _goes_on(self, chat: Chat) -> bool:
        """Whether the group's conversation that came here is still open."""
        status = await self._channel.desk.thread_status(CHANNEL, chat.thread or "")
        return (
            status is not None
            and status.conversation == chat.conversation
            and status.status != "closed"
        )

    async def recall(self, chat: int) -> Chat:
        """What was chosen there."""
        kept = await self._memory.recall(CHANNEL, f"chat:{chat}")
        return Chat(**json.loads(kept)) if kept else Chat()

    async def change(self, chat: int, **changes: str | None) -> Chat:
        """Keeps what was chosen."""
        changed = replace(await self.recall(chat), **changes)
        await self._memory.keep(CHANNEL, f"chat:{chat}", json.dumps(asdict(changed)))
        return changed

    async def forget(self, chat: int) -> None:
        """Nothing was ever chosen."""
        await self._memory.forget(CHANNEL, f"chat:{chat}")

    async def dated_since(self) -> int:
        """When keys with dates began here. What was sent before is known without, so that an edit
        finds its message, and what comes again is known, also after an upgrade."""
        if self._dated_since is None:
            kept = await self._memory.recall(CHANNEL, DATED_KEYS)
            if kept is None:
                kept = str(int(time()))
                await self._memory.keep(CHANNEL, DATED_KEYS, kept)
            self._dated_since = int(kept)
        return self._dated_since

    async def as_known(self, said: Said) -> Said:
        """By the key under which the desk has it, or will have it."""
        if said.date >= await self.dated_since():
            return said
        return replace(said, key=key_without_date(said.place.chat, said.message))

    async def under_known(self, press: Press) -> Press:
        """As `as_known`, of the message under which the button is."""
        if press.place is None or press.message is None:
            return press
        if press.date >= await self.dated_since():
            return press
        return replace(press, key=key_without_date(press.place.chat, press.message))

    async def is_done(self, key: str) -> bool:
        """Whether this command was carried out, by whichever process."""
        return await self._memory.recall(CHANNEL, f"done:{key}") is not None

    async def done(self, key: str) -> None:
        """It was: if it comes again it has no effect."""
        await self._memory.keep(CHANNEL, f"done:{key}", "", days=DONE_DAYS)
