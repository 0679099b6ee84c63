"""In a group: what may be read by all, and what its customer reads in a private chat.

Only the bot's general answers are shown in a group. Everything else (what an agent writes, a
question of a form, a found order) waits until its customer follows a link into the private chat;
from then on the conversation goes on there until it is over.
"""

import json
from collections.abc import Awaitable, Callable

from telegram.error import TelegramError

from bot.channel import (
    Answered,
    AuthorKind,
    ChannelDesk,
    ChannelMemory,
    OutboundMessage,
    RetryLater,
    busy,
    says_helpful,
)
from bot.texts import text
from connectors.telegram import faults
from connectors.telegram.channel import CHANNEL, Me
from connectors.telegram.compose import Key, Piece
from connectors.telegram.places import Place, Thread, message_in
from connectors.telegram.speaker import Speaker

KEPT_DAYS = 30.0
OUTBOX, SHOWING, SHOWN = "outbox", "showing", "shown"
SHOWING_DAYS = 120 / 86_400  # longer than it takes; then whoever did it is gone
LOOK_AGAIN_SECONDS = 2.0
LINK = "p"  # the parameter of the link begins with it


def link_to(me: Me, parameter: str) -> str:
    """Opens the private chat with the bot, which then gets `/start parameter`."""
    return f"https://t.me/{me.username}?start={parameter}"


class Privately:
    """Decides, and remembers what waits. Its keys in the channel's memory:

    `waits:CONVERSATION`: the thread, and which messages wait; `private:CONVERSATION`: it goes on
    in the private chat; `shown:CONVERSATION:SEQ`: who shows that message there (OUTBOX, SHOWING),
    or that it was shown along the link (SHOWN); `told:CONVERSATION:QUESTION`: the group was told.
    """

    def __init__(
        self, desk: ChannelDesk, memory: ChannelMemory, speaker: Speaker, me: Callable[[], Me]
    ) -> None:
        self._desk = desk
        self._memory = memory
        self._speaker = speaker
        self._me = me

    async def place_of(
        self, thread: Thread, message: OutboundMessage, answered: Answered
    ) -> Place | None:
        """Where it may be shown; None: it waits, and its customer was told where."""
        member = Place(thread.member or 0)
        if await self.is_private(message.conversation):
            return member if await self._is_the_outboxs(message) else None
        if asks_for_opinion(message):
            return None
        if message.author.kind is AuthorKind.BOT and answered.is_general:
            return Place(thread.chat, thread.topic, is_group=True)
        await self._wait(thread, message, answered)
        # Written first, asked after: whoever opens the private chat meanwhile does it the other way
        # round, so one of the two sees the other.
        if await self.is_private(message.conversation) and await self._is_the_outboxs(message):
            return member
        return None

    async def is_private(self, conversation: str) -> bool:
        """Whether it goes on in the private chat."""
        return await self._memory.recall(CHANNEL, f"private:{conversation}") is not None

    async def _is_the_outboxs(self, message: OutboundMessage) -> bool:
        """Whether the outbox has to send it, again too; False: it was shown along the link."""
        key = _shown(message)
        if await self._memory.first(CHANNEL, key, OUTBOX, days=KEPT_DAYS):
            return True
        whose = await self._memory.recall(CHANNEL, key)
        if whose in (SHOWING, None):
            raise RetryLater("it is being shown along the link", seconds=LOOK_AGAIN_SECONDS)
        return whose == OUTBOX

    async def show_once(
        self, message: OutboundMessage, show: Callable[[], Awaitable[None]]
    ) -> bool:
        """What waited, unless it was (False). Raises what `show` does; Busy while another does it.

        Noted as shown only afterwards: what did not arrive is shown the next time.
        """
        key = _shown(message)
        if not await self._memory.first(CHANNEL, key, SHOWING, days=SHOWING_DAYS):
            if await self._memory.recall(CHANNEL, key) in (SHOWING, None):
                raise busy(LOOK_AGAIN_SECONDS)
            return False
        try:
            await show()
        except BaseException:
            await self._memory.forget(CHANNEL, key)
            raise
        await self._memory.keep(CHANNEL, key, SHOWN, days=KEPT_DAYS)
        return True

    async def _wait(self, thread: Thread, message: OutboundMessage, answered: Answered) -> None:
        key = f"waits:{message.conversation}"
        known = await self._memory.recall(CHANNEL, key)
        first = json.loads(known)["first"] if known else message.seq
        kept = {"thread": thread.key, "first": first, "last": message.seq}
        await self._memory.keep(CHANNEL, key, json.dumps(kept), days=KEPT_DAYS)
        about = answered.to or ("agent" if message.author.kind is AuthorKind.AGENT else "")
        if first < message.seq and not about:
            return  # the link to what waited before it leads to it, too
        told = f"told:{message.conversation}:{about}"[:200]
        if await self._memory.recall(CHANNEL, told) is None:
            await self._tell(thread, message, answered)
            await self._memory.keep(CHANNEL, told, "", days=KEPT_DAYS)

    async def _tell(self, thread: Thread, message: OutboundMessage, answered: Answered) -> None:
        """Nothing of what waits, and not even what it is about. Raises RetryLater, Undeliverable:
        then the message itself is delivered once more."""
        status = await self._desk.thread_status(CHANNEL, thread.key)
        language = status.language if status else "en"
        link = Key(
            text("telegram.open_private", language),
            url=link_to(self._me(), f"{LINK}{message.conversation}"),
        )
        quotes = None
        if answered.to:
            quotes = message_in(answered.to, await self._speaker.now_at(thread.chat))
        try:
            await self._speaker.put(
                Place(thread.chat, thread.topic, is_group=True),
                Piece(plain=text("telegram.waits_in_private", language), keys=((link,),)),
                language=language,
                quotes=quotes,
            )
        except TelegramError as error:
            raise faults.outcome(error) from error

    async def open(self, conversation: str, user: int) -> list[OutboundMessage] | None:
        """The customer came along the link: what has waited; None when it is not theirs.

        It is to be shown by `show_once`.
        """
        kept = await self._memory.recall(CHANNEL, f"waits:{conversation}")
        if kept is None:
            return None
        waits = json.loads(kept)
        if Thread.read(waits["thread"]).member != user:
            return None
        await self._memory.keep(CHANNEL, f"private:{conversation}", "", days=KEPT_DAYS)
        waits = json.loads(await self._memory.recall(CHANNEL, f"waits:{conversation}") or kept)
        found = await self._desk.messages_after(
            CHANNEL, waits["thread"], conversation, waits["first"] - 1
        )
        return [
            message
            for message in found
            if message.seq <= waits["last"] and message.author.kind is not AuthorKind.CUSTOMER
        ]

    async def thread_behind(self, conversation: str) -> str | None:
        """The group's thread of a conversation that waits in private."""
        kept = await self._memory.recall(CHANNEL, f"waits:{conversation}")
        return None if kept is None else str(json.loads(kept)["thread"])


def _shown(message: OutboundMessage) -> str:
    return f"shown:{message.conversation}:{message.seq}"


def asks_for_opinion(message: OutboundMessage) -> bool:
    """“Was this helpful?”: a group is spared it."""
    said = [says_helpful(button.payload) for button in message.buttons]
    return bool(said) and None not in said
